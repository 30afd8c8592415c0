import { confirm } from '../../src/app/confirm.ts';
import { countStates } from '../../src/confirm/ask.ts';
import type { Answer, AnsweredComponent } from '../../src/core/answer.ts';
import { componentId } from '../../src/core/component.ts';
import type { Finding, FlawFacts, Outcome } from '../../src/core/finding.ts';
import { type Configuration, emptyConfiguration } from '../../src/core/policy.ts';
import type { Priority } from '../../src/core/priority.ts';
import type { Verdict, Verdicts } from '../../src/core/verdict.ts';
import { openRoot } from '../../src/host/view.ts';
import { markers } from '../../src/inventory/take.ts';

/** The day on which every answer of the tests is given. */
const today: Date = new Date('2026-11-25T09:00:00Z');

/** What `postern confirm` answers about a fixture's root. */
export const answerOf = (root: string, configuration: Configuration = emptyConfiguration): Answer =>
  confirm({
    files: openRoot(root, markers),
    configuration,
    target: { root: '/mnt/mail01' },
    now: today,
  });

const pass: Verdict = { state: 'pass', why: 'all is known', evidence: [{ what: 'found here' }] };

export const allPass: Verdicts = {
  inventoried: pass,
  patched: pass,
  logged: pass,
  retained: pass,
  monitored: pass,
  contained: pass,
};

/** A component in perfect order, but for what the test says of it. */
export const component = (
  id: string,
  differently: Partial<AnsweredComponent> = {},
): AnsweredComponent => ({
  id: componentId(id),
  name: id.slice(id.lastIndexOf('/') + 1) || id,
  version: { value: '1.2.3' },
  supplier: 'Example Software',
  kind: 'milter',
  origin: 'upstream',
  thirdParty: true,
  enabled: true,
  platform: id.split('/')[0] ?? id,
  foundAt: [{ path: '/etc/example/example.conf', line: 7 }],
  reach: [
    {
      resource: 'mail-in-transit',
      mode: 'write',
      extent: 'every message that smtpd takes in',
      because: { path: '/etc/postfix/main.cf', line: 12 },
    },
  ],
  logs: [],
  owner: 'Mail Team',
  checks: allPass,
  ...differently,
});

export const answerWith = (
  components: readonly AnsweredComponent[],
  differently: Partial<Answer> = {},
): Answer => ({
  generated: today.toISOString(),
  tool: { name: 'postern', version: '0.1.0' },
  target: { root: '/mnt/mail01' },
  tenants: [],
  sentence: `${components.length} parts of the mail platform found.`,
  counts: countStates(components),
  components,
  unseen: [],
  ...differently,
});

/** What an attacker who may write a configuration file would call things. */
export const hostileNames: readonly string[] = [
  '<script>globalThis.harmed = true</script>',
  '"><img src=x onerror="globalThis.harmed = true">',
  '\u001b[2J\u001b]0;owned\u0007\u001b[31mred',
  '\u009b31m and \u0090 and \u007f',
  '\u202egnp.exe\u202c \u2066hidden\u2069',
  'line one\nrm -rf / # line two\r\nline three',
  ']]> & <!-- --> <?xml ?> <![CDATA[',
  'half a pair \ud800 and \udc00 alone',
  'tab\tnull\0end',
  '日本語のプラグイン名が続くとても長い名前',
  '😀'.repeat(40),
  'x'.repeat(10_000),
];

const bad = (text: string): Verdicts => ({
  inventoried: {
    state: 'unknown',
    why: text,
    evidence: [],
    remedy: `# owner\n${text}`,
    weight: 10,
  },
  patched: {
    state: 'fail',
    why: `overdue: ${text}`,
    evidence: [{ what: text, path: `/etc/${text}`, line: 3 }],
    remedy: `apt install ${text}`,
    weight: 90,
    exception: { reason: text, until: '2026-12-31', expired: false, by: text },
  },
  logged: {
    state: 'fail',
    why: text,
    evidence: [{ what: text, path: 'postern.yaml', line: 1 }],
    remedy: text,
    weight: 70,
    exception: { reason: text, until: '2026-01-31', expired: true },
  },
  retained: { state: 'not-applicable', why: text, evidence: [] },
  monitored: { state: 'fail', why: text, evidence: [{ what: text }], remedy: text, weight: 55 },
  contained: { state: 'pass', why: text, evidence: [] },
});

const hostileFinding = (text: string, outcome: Outcome): Finding => ({
  id: text,
  aliases: [text],
  title: text,
  outcome,
  why: text,
  evidence: [{ what: text, path: `/etc/${text}`, line: 1 }],
  fixedIn: text,
  unmended: text,
  severity: { by: text, word: text },
  exploited: { flaw: text, by: text, on: '2026-11-01' },
  clock: { started: '2026-11-01', sign: 'advisory', basis: text },
  deadline: { days: 3, on: '2026-11-04', why: text, overdueDays: 21, triage: true },
  steps: [{ state: 'mitigated', on: '2026-11-02T00:00:00Z', by: text, why: text }],
  // The feeds let nothing through that is no address.
  references: ['https://example.test/advisory'],
  remedy: text,
});

/** What an advisory, and whoever marks a flaw, may say. */
const hostileFlaws = (text: string): FlawFacts => ({
  findings: [
    hostileFinding(text, 'affected'),
    hostileFinding(`untold ${text}`, 'undetermined'),
    hostileFinding(`no ${text}`, 'not-affected'),
  ],
  judges: [
    { holding: text, asOf: '2026-11-25T00:00:00Z', stale: true, whole: true, statements: 3 },
  ],
  exploitation: 'current',
});

const hostilePriority = (text: string, i: number): Priority => ({
  rank: i + 1,
  what: text,
  components: [componentId(`example/${text}`)],
  flaws: [text],
  exploitation: 'exploited',
  exploited: [text],
  people: { words: text },
  weight: 1,
  why: text,
  remedy: '# ' + text,
});

/** Every text that comes from a file is hostile. */
export const hostileAnswer = (): Answer =>
  answerWith(
    hostileNames.map((text, i) =>
      component(`example/${text}`, {
        name: text,
        version: i % 2 === 0 ? { value: text } : { unknown: text },
        supplier: text,
        kind: i % 3 === 0 ? 'database-link' : 'webmail-plugin',
        partOf: componentId('example'),
        platform: 'example',
        owner: text,
        labels: [text],
        foundAt: [{ path: `/etc/${text}`, line: 1 }],
        runsAs: { user: text },
        exposure: { internet: 'unknown', why: text },
        reach: [{ resource: 'host', mode: 'admin', extent: text, because: { path: `/${text}` } }],
        logs: [
          {
            question: 'who read what',
            emitted: 'partial',
            why: text,
            remedy: text,
            trail: { path: `/var/log/${text}`, unknown: text, shippedTo: text },
          },
        ],
        checks: bad(text),
        flaws: hostileFlaws(text),
      }),
    ),
    {
      advisories: hostileNames.map(source => ({
        source,
        asOf: '2026-11-25T00:00:00Z',
        ageHours: 9,
        maxAgeHours: 1,
        stale: true,
        entries: 1,
        refused: 1,
        failed: { on: '2026-11-25T00:00:00Z', why: source },
      })),
      priorities: hostileNames.map(hostilePriority),
      changes: {
        since: '2026-11-24T00:00:00Z',
        componentsNew: hostileNames,
        componentsGone: hostileNames,
        flawsNew: hostileNames.map(text => ({ component: text, flaw: text })),
        flawsMended: [],
        deadlines: hostileNames.map(text => ({ component: text, flaw: text, why: text })),
        verdicts: [],
      },
      target: { root: `/mnt/${hostileNames[2]}` },
      organisation: hostileNames[0] ?? '',
      sentence: hostileNames.slice(0, 9).join(' '),
      unseen: hostileNames.map(text => ({ what: text, why: text, how: text })),
      tenants: hostileNames.slice(0, 5).map(name => ({
        name,
        domains: [name],
        people: { active: 1, dormant: 2, former: 3 },
        counted: '2026-11-01',
      })),
    },
  );
