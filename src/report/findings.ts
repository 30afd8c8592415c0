import type { Answer, AnsweredComponent } from '../core/answer.ts';
import { type Check, checks, type Verdict } from '../core/verdict.ts';
import { mergeRemedies } from './merge-remedies.ts';

/** One fault, and every component that has it. */
export interface Finding {
  readonly check: Check;
  /** Of the component that stands for the group, with what mends all of them. */
  readonly verdict: Verdict;
  /** The first one stands for the group: the one that the others are parts of, mostly. */
  readonly components: readonly AnsweredComponent[];
  /** For ordering: weight, then how many components share it. */
  readonly weight: number;
}

interface Member {
  readonly component: AnsweredComponent;
  readonly verdict: Verdict;
}

const isFinding = ({ state, remedy }: Verdict): boolean =>
  state === 'fail' || (state === 'unknown' && remedy !== undefined);

/** A verdict that several acts mend is several findings; each keeps that the risk was accepted. */
const partsOf = (verdict: Verdict): readonly Verdict[] => {
  const { parts, exception } = verdict;
  if (parts === undefined || parts.length === 0) return [verdict];
  return parts.map(part => (exception === undefined ? part : { ...part, exception }));
};

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

/** Installed by the same package, or by packages of one source, which are updated together. */
const packageOf = (check: Check, { package: owner }: AnsweredComponent): string =>
  check === 'patched' ? (owner?.source?.name ?? owner?.name ?? '') : '';

/**
 * Faults that the same act mends are one finding, whatever their sentences say: forty plug-ins of one
 * webmail whose log is short are not forty things to do. Where no cause is given, what has the same
 * reason and the same remedy but for the component's own name is one.
 */
const groupKey = (check: Check, component: AnsweredComponent, verdict: Verdict): string => {
  const accepted = verdict.exception === undefined ? '' : verdict.exception.until;
  const what =
    verdict.cause === undefined
      ? [
          packageOf(check, component),
          verdict.why.replace(viaHost, ''),
          withoutOwnName(verdict.remedy ?? '', component),
        ]
      : ['', 'cause', verdict.cause];
  return [check, verdict.state, accepted, ...what].join('\0');
};

const isBefore = (a: AnsweredComponent, b: AnsweredComponent): number =>
  a.id.length - b.id.length || (a.id < b.id ? -1 : 1);

const findingOf = (check: Check, members: readonly Member[]): Finding => {
  const sorted = members.toSorted((a, b) => isBefore(a.component, b.component));
  const [first] = sorted;
  const verdict = first?.verdict ?? { state: 'unknown', why: '', evidence: [] };
  const remedies = sorted.flatMap(member => member.verdict.remedy ?? []);
  return {
    check,
    verdict: remedies.length === 0 ? verdict : { ...verdict, remedy: mergeRemedies(remedies) },
    components: [...new Set(sorted.map(({ component }) => component))],
    weight:
      Math.max(...sorted.map(member => member.verdict.weight ?? 0)) +
      Math.min(9, members.length - 1) / 10,
  };
};

/** What fails comes first, then what is unknown, then what another finding mends, accepted risks last. */
const rank = ({ verdict, weight }: Finding): number =>
  (verdict.state === 'fail' ? 1_000 : 0) -
  (verdict.follows === undefined ? 0 : 1_500) -
  (verdict.exception !== undefined && !verdict.exception.expired ? 5_000 : 0) +
  weight;

/** All findings, worst first; see `rank`. */
export const findingsOf = (answer: Answer): readonly Finding[] => {
  const groups = new Map<string, { readonly check: Check; readonly members: Member[] }>();
  for (const component of answer.components) {
    for (const check of checks) {
      for (const verdict of partsOf(component.checks[check])) {
        if (!isFinding(verdict)) continue;
        const key = groupKey(check, component, verdict);
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { check, members: [{ component, verdict }] });
        else group.members.push({ component, verdict });
      }
    }
  }
  return [...groups.values()]
    .map(({ check, members }) => findingOf(check, members))
    .sort((a, b) => rank(b) - rank(a));
};

/** The documentation of a check, as a path in the package. */
export const docsOf = (check: Check): string => `docs/checks/${check}.md`;
