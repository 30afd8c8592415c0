import type { Answer, AnsweredComponent } from '../core/answer.ts';
import { type Check, checks, type Verdict } from '../core/verdict.ts';

/** One fault, and every component that has it. */
export interface Finding {
  readonly check: Check;
  readonly verdict: Verdict;
  /** Most important first; the first one stands for the group. */
  readonly components: readonly AnsweredComponent[];
  /** For ordering: weight, then how many components share it. */
  readonly weight: number;
}

const isFinding = ({ state, remedy }: Verdict): boolean =>
  state === 'fail' || (state === 'unknown' && remedy !== undefined);

/** Said of a part that runs inside another program; the fault is that program's. */
const viaHost = / \(in the log of [^()]{0,2000}, which it runs through\)/g;

/** How the sentences of remedies that name their part begin; elsewhere a name is a path or a setting. */
const nameComesAfter = ['# ', '# Find out what ', '# Give '] as const;

const withoutOwnName = (remedy: string, { id, name }: AnsweredComponent): string =>
  remedy
    .replaceAll(`match: ${JSON.stringify(id)}`, 'match: \0id')
    .split('\n')
    .map(line => {
      const start = nameComesAfter.find(each => line.startsWith(`${each}${name} `));
      return start === undefined ? line : `${start}\0name${line.slice(start.length + name.length)}`;
    })
    .join('\n');

/**
 * Faults that are one fault (same check, same reason but for the component's own name, same place to
 * mend) are one finding: forty plug-ins of one webmail whose log is short are not forty things to do.
 */
const groupKey = (check: Check, component: AnsweredComponent, verdict: Verdict): string => {
  const packageName = check === 'patched' ? (component.package?.name ?? '') : '';
  const accepted = verdict.exception === undefined ? '' : verdict.exception.until;
  return [
    check,
    verdict.state,
    accepted,
    packageName,
    verdict.why.replace(viaHost, ''),
    withoutOwnName(verdict.remedy ?? '', component),
  ].join('\0');
};

/** All findings, worst first: what fails before what is unknown, accepted risks last. */
export const findingsOf = (answer: Answer): readonly Finding[] => {
  const groups = new Map<
    string,
    { check: Check; verdict: Verdict; members: AnsweredComponent[] }
  >();
  for (const component of answer.components) {
    for (const check of checks) {
      const verdict = component.checks[check];
      if (!isFinding(verdict)) continue;
      const key = groupKey(check, component, verdict);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { check, verdict, members: [component] });
      else group.members.push(component);
    }
  }
  const rank = ({ verdict, weight }: Finding): number =>
    (verdict.state === 'fail' ? 1_000 : 0) -
    (verdict.exception !== undefined && !verdict.exception.expired ? 2_000 : 0) +
    weight;
  return [...groups.values()]
    .map(
      ({ check, verdict, members }): Finding => ({
        check,
        verdict,
        components: members.sort((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1)),
        weight: (verdict.weight ?? 0) + Math.min(9, members.length - 1) / 10,
      }),
    )
    .sort((a, b) => rank(b) - rank(a));
};

/** The documentation of a check, as a path in the package. */
export const docsOf = (check: Check): string => `docs/checks/${check}.md`;
