import type { AccessLog, LogSink, LogTrail } from '../../src/core/access-log.ts';
import type { Answer, AnsweredComponent } from '../../src/core/answer.ts';
import { type Component, componentId } from '../../src/core/component.ts';
import type { Finding, Judge } from '../../src/core/finding.ts';
import type { PatchFacts } from '../../src/core/patch.ts';
import type { Place } from '../../src/core/place.ts';
import type { CountedPeople, StoredPeople } from '../../src/core/stored-people.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { allPass, answerWith } from './answers.ts';

const because: Required<Place> = { path: '/etc/example.conf', line: 4 };
const stamp = '2026-11-01T00:00:00.000Z';

const sinks: readonly LogSink[] = [
  { to: 'file', path: '/var/log/x.log' },
  { to: 'syslog', facility: 'mail', program: 'x' },
  { to: 'journal', unit: 'x.service' },
  { to: 'network', address: '192.0.2.1:514' },
  { to: 'nowhere' },
];

const trail: Required<LogTrail> = {
  path: '/var/log/mail.log',
  oldest: stamp,
  newest: stamp,
  rotation: { keepsDays: null, why: 'nothing rotates it', because },
  retainedDays: 27.5,
  shippedTo: 'tls://loghost.example.jp:6514',
  shippedBecause: because,
  level: 'info',
  unknown: 'the rest',
};

const logs: readonly Required<AccessLog>[] = sinks.map((sink, i) => ({
  question: 'who read what',
  emitted: (['on', 'off', 'partial', 'unknown'] as const)[i % 4] ?? 'on',
  why: 'so it says',
  because,
  remedy: 'on = yes',
  sink,
  trail: i === 0 ? { ...trail, rotation: { why: 'by size' } } : trail,
}));

const component: Required<Component> = {
  id: componentId('example'),
  name: 'example',
  version: { value: '1.0' },
  supplier: 'Example Software',
  purl: 'pkg:deb/debian/example@1.0?arch=amd64',
  kind: 'milter',
  origin: 'distribution',
  thirdParty: true,
  enabled: null,
  platform: 'example',
  partOf: componentId('postfix'),
  foundAt: [because, { path: '/usr/sbin/example' }],
  package: {
    ecosystem: 'deb',
    name: 'example',
    version: '1.0',
    source: { name: 'example-src', version: '1.0' },
    arch: 'amd64',
  },
  runsAs: { user: 'example', because },
  exposure: { internet: 'unknown', why: 'it listens on a name', because },
  reach: [{ resource: 'stored-mail', mode: 'admin', extent: 'all of it', because }],
  logs,
  owner: 'Mail Team',
  labels: ['customer-facing'],
};

const waitings: readonly PatchFacts['waiting'][] = [
  { state: 'none', why: 'the index is fresh', because },
  {
    state: 'update',
    version: '1.1',
    security: null,
    since: { notBefore: stamp, notAfter: stamp, basis: 'the Release file' },
    because,
    held: 'apt-mark hold',
    remedy: 'apt install example',
  },
  { state: 'unknown', why: 'no index', how: 'apt update' },
];

const supports: readonly PatchFacts['support'][] = [
  { state: 'supported', until: '2028-06-30', why: 'the release says so', because },
  { state: 'ended', since: '2024-06-30', why: 'the release says so', because },
  { state: 'unknown', why: 'nothing says so', how: 'Look it up.' },
];

const failing: Required<Verdict> = {
  state: 'fail',
  why: 'it is so',
  evidence: [{ what: 'said here', path: '/etc/x', line: 1 }, { what: 'plainly' }],
  remedy: 'on = yes',
  weight: 50,
  cause: 'it is so',
  follows: 'logged',
  parts: [{ state: 'fail', why: 'it is so', evidence: [], remedy: 'on = yes' }],
  exception: { reason: 'known', until: '2027-01-31', expired: false, by: 'CISO' },
};

const finding: Required<Finding> = {
  id: 'CVE-2026-0001',
  aliases: ['GHSA-aaaa-bbbb-cccc'],
  title: 'Something is not checked',
  outcome: 'affected',
  why: '1.0 lies before 1.1',
  evidence: [{ what: 'osv/Debian: CVE-2026-0001' }],
  fixedIn: '1.1',
  unmended: 'no-dsa: minor issue',
  severity: { by: 'NVD', score: 9.8, vector: 'CVSS:3.1/AV:N', word: 'critical' },
  exploited: {
    flaw: 'CVE-2026-0001',
    by: 'CISA KEV',
    on: '2026-06-01',
    due: '2026-06-04',
    ransomware: false,
  },
  likelihood: { flaw: 'CVE-2026-0001', score: 0.5, percentile: 0.9, on: '2026-06-01' },
  ssvc: { exploitation: 'active', automatable: true, impact: 'total' },
  clock: {
    started: '2026-05-30',
    sign: 'vendor note',
    basis: 'example-1.1 of 2026-05-30',
    atLatest: true,
  },
  deadline: {
    days: 3,
    on: '2026-06-02',
    why: 'exploited; it faces the internet',
    overdueDays: 27,
    triage: true,
  },
  earlierDeadlines: [{ on: '2026-07-29', why: 'not known to be exploited', computed: stamp }],
  steps: [{ state: 'mitigated', on: stamp, by: 'Mail Team', why: 'the page is switched off' }],
  byCpe: true,
  references: ['https://example.test/advisory'],
  remedy: 'apt install example',
  firstSeen: stamp,
  isNew: true,
};

const judge: Required<Judge> = {
  holding: 'osv/Debian',
  asOf: stamp,
  stale: false,
  whole: true,
  statements: 1,
};

const counted: CountedPeople = {
  people: 12,
  customers: 9,
  others: 3,
  probable: 1,
  byStatus: { active: 5, dormant: 1, former: 3 },
  deletable: 2,
  byType: [{ type: 'my-number', own: 2, shared: 3, weak: 4 }],
  byTenant: [
    {
      tenant: 'Example Internet',
      people: 9,
      byStatus: { active: 5, dormant: 1, former: 3 },
      deletable: 2,
      byType: [{ type: 'my-number', own: 2, shared: 2, weak: 2 }],
    },
  ],
};

const storedPeople: Required<StoredPeople> = {
  format: 1,
  scanned: stamp,
  listed: stamp,
  messages: 40,
  mailboxes: 4,
  sets: { stored: counted, listed: counted, both: counted },
  doubts: [{ what: 'messages hold an encrypted part', count: 2 }],
};

/** Whatever an answer can say is said once: a key that the nouns gain is missing here at once. */
export const fullAnswer = (): Answer =>
  answerWith(
    waitings.map(
      (waiting, i): Required<AnsweredComponent> => ({
        ...component,
        id: componentId(`example${i}`),
        patch: {
          indexAsOf: stamp,
          waiting,
          history: [
            {
              from: '0.8',
              to: '0.9',
              released: stamp,
              installed: stamp,
              days: 3,
              security: true,
              because,
            },
          ],
          support: supports[i] ?? { state: 'unknown', why: 'x', how: 'y' },
          repository: { origin: 'Debian', label: 'Debian-Security', suite: 'stable-security' },
        },
        flaws: {
          findings: [finding],
          judges: [judge],
          exploitation: 'current',
          moveTo: { software: 'example', version: '1.1', mends: 1, of: 1 },
          silence: 'nobody speaks',
          how: 'Ask.',
        },
        people: {
          set: 'both',
          isPassing: false,
          isPart: false,
          isUncounted: false,
          atLeast: true,
          counted: stamp.slice(0, 10),
          people: counted,
        },
        checks: { ...allPass, logged: failing },
      }),
    ),
    {
      organisation: 'Example Mail KK',
      target: { sample: true },
      tenants: [
        {
          name: 'Example Internet',
          domains: ['example.jp'],
          people: { active: 1, dormant: 2, former: 3 },
          counted: '2026-11-01',
        },
      ],
      people: storedPeople,
      advisories: [
        {
          source: 'osv/Debian',
          asOf: stamp,
          ageHours: 12,
          maxAgeHours: 48,
          stale: false,
          entries: 1,
          refused: 0,
          failed: { on: stamp, why: 'it did not answer' },
        },
        {
          source: 'notes/example',
          asOf: stamp,
          ageHours: 9_000,
          maxAgeHours: 720,
          stale: true,
          partial: true,
          entries: 1,
          refused: 0,
        },
      ],
      changes: {
        since: stamp,
        componentsNew: ['example0'],
        componentsGone: ['example9'],
        flawsNew: [{ component: 'example0', flaw: 'CVE-2026-0001' }],
        flawsMended: [{ component: 'example1', flaw: 'CVE-2026-0002' }],
        deadlines: [
          {
            component: 'example0',
            flaw: 'CVE-2026-0001',
            from: '2026-06-13',
            to: '2026-06-02',
            why: 'exploited',
          },
        ],
        verdicts: [{ component: 'example0', check: 'patched', from: 'pass', to: 'fail' }],
      },
      unseen: [{ what: '/etc/x', why: 'no right to read', how: 'be root' }],
    },
  );
