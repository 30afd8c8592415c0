import type { Component, Reach } from '../core/component.ts';
import { reachOf } from '../core/exposed.ts';
import { baseOf } from '../core/paths.ts';
import { reachedPeople, reachedWords } from '../core/reached-people.ts';
import type { Verdict } from '../core/verdict.ts';
import { peopleEvidence } from './people-within.ts';
import {
  evidenceOf,
  inRemedy,
  isOff,
  notApplicable,
  pass,
  type Question,
  yamlMatch,
  yamlName,
} from './question.ts';

/** Kinds that need root to start (ports, mailboxes of many users); the rest never does. */
const mayBeRoot: ReadonlySet<Component['kind']> = new Set(['mta', 'imap', 'web-front', 'library']);

const isRoot = (component: Component): boolean =>
  component.runsAs?.user === 'root' || component.runsAs?.user === '0';

const show = ({ resource, mode, extent }: Reach): string => `${mode} ${resource}: ${extent}`;

const evidenceOfReach = (reach: readonly Reach[]): Verdict['evidence'] =>
  reach.map(each => evidenceOf(show(each), each.because));

/**
 * Advice, not lines to paste: which user it needs, and what that one must be let read, is not written
 * in any file, and a program that starts as root for a port or for other users' files stops otherwise.
 */
const ownUserRemedy = ({ name, runsAs }: Component): string => {
  const place = runsAs?.because;
  const shown = inRemedy(name);
  if (place?.path.endsWith('.service') === true) {
    const unit = inRemedy(baseOf(place.path));
    return [
      `# Give ${shown} a user of its own (adduser --system --group NAME), let that user read what`,
      `# it needs and no more, and name it in /etc/systemd/system/${unit}.d/user.conf, below`,
      '# [Service]: User=NAME. Or have the program itself change to it, where it has an option',
      '# for that. Try it first: what opens a port below 1024 or mail of several users needs more.',
    ].join('\n');
  }
  const where =
    place === undefined
      ? 'where it is started'
      : `in ${inRemedy(place.path)}${place.line === undefined ? '' : `, line ${place.line}`}`;
  return `# Give ${shown} a user of its own that may read no more than it needs: set it ${where}.`;
};

/** Can it reach no more than it needs, and is it known how many people's data that is? */
export const contained: Question = (subject, setting): Verdict => {
  const { component, note } = subject;
  if (isOff(component)) return notApplicable('it is switched off: it reaches nothing');
  const reach = reachOf(subject);
  const reached = reachedPeople(reach, setting.stored);
  const counted = peopleEvidence(reached);
  const evidence = [...evidenceOfReach(reach), ...counted];
  if (isRoot(component) && !mayBeRoot.has(component.kind)) {
    return {
      state: 'fail',
      why: 'its code runs as root, so a flaw in it reaches everything on the host',
      evidence: [evidenceOf('runs as root', component.runsAs?.because), ...evidence],
      remedy: ownUserRemedy(component),
      weight: 65,
    };
  }
  const needs = note?.needs;
  const beyond =
    needs === undefined ? [] : reach.filter(({ resource }) => !needs.includes(resource));
  if (beyond.length > 0) {
    return {
      state: 'fail',
      why: `it reaches more than ${setting.configurationPath} says it needs: ${beyond.map(show).join('; ')}`,
      evidence: [
        evidenceOf(`needs only ${needs?.join(', ') || 'nothing'}`, {
          path: setting.configurationPath,
          ...(note?.line === undefined ? {} : { line: note.line }),
        }),
        ...evidenceOfReach(beyond),
        ...counted,
      ],
      remedy: [
        '# Take that access away where the evidence says it is granted; or, if it is needed,',
        yamlName(setting.configurationPath),
        'components:',
        `  - match: ${yamlMatch(component.id)}`,
        `    needs: [${[...new Set(reach.map(({ resource }) => resource))].join(', ')}]`,
      ].join('\n'),
      weight: 62,
    };
  }
  const { tenants } = setting;
  // Of a scan that saw no mail, nobody is no answer.
  const isCounted = reached !== undefined && !reached.isUncounted && reached.people.people > 0;
  const people = tenants.reduce(
    (sum, { people: { active, dormant, former } }) => sum + active + dormant + former,
    0,
  );
  const open: string[] = [];
  const lines: string[] = [];
  const ofComponent = (comment: string, line: string): readonly string[] => [
    'components:',
    `  - match: ${yamlMatch(component.id)}`,
    `    # ${comment}:`,
    `    ${line}`,
  ];
  if (reach.length === 0) {
    open.push('what it can reach is not known');
    lines.push(
      ...ofComponent(
        'once you have looked, what it can lay its hands on',
        'reaches: [{ resource: mail-in-transit, mode: read, extent: "<how much of it>" }]',
      ),
    );
  } else if (needs === undefined) {
    open.push('what it needs to reach is not stated');
    const resources = [...new Set(reach.map(({ resource }) => resource))];
    lines.push(
      ...ofComponent(
        'what it reaches today; strike out what it does not need',
        `needs: [${resources.join(', ')}]`,
      ),
    );
  }
  if (people === 0 && !isCounted) {
    open.push('how many people’s data that is has not been counted');
    lines.push(
      'tenants:',
      '  - name: <customer or company>',
      '    domains: [example.jp]',
      '    people: { active: 0, dormant: 0, former: 0 }',
      `    counted: ${setting.now.toISOString().slice(0, 10)}`,
    );
  }
  if (open.length === 0) {
    const whose =
      reached === undefined || !isCounted
        ? `at most ${people.toLocaleString('en')} people, as ${setting.configurationPath} counts them`
        : reachedWords(reached);
    return pass(`it reaches what it needs and no more: data of ${whose}`, evidence);
  }
  return {
    state: 'unknown',
    why: open.join('; '),
    evidence,
    remedy: [yamlName(setting.configurationPath), ...lines].join('\n'),
    weight: reach.some(({ mode }) => mode === 'admin') ? 22 : 12,
    cause: open[0] ?? '',
  };
};
