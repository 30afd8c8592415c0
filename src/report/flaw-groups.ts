import type { Answer, AnsweredComponent } from '../core/answer.ts';
import { isClosed } from '../core/closed.ts';
import type { Finding, Judge } from '../core/finding.ts';
import { softwareOf } from './software.ts';

/** A flaw in one piece of software, and the parts of it that it is said of. */
export interface GroupedFlaw {
  readonly finding: Finding;
  readonly components: readonly AnsweredComponent[];
}

/**
 * One piece of software as it is mended: a source package with all that comes from it, or a copy that was
 * unpacked by hand. Dozens of plug-ins share its flaws; a report says each of them once.
 */
export interface FlawGroup {
  /** `roundcube 1.4.11`. */
  readonly name: string;
  readonly version: string;
  /** The first one stands for the group. */
  readonly components: readonly AnsweredComponent[];
  /** Applies: most overdue first. */
  readonly open: readonly GroupedFlaw[];
  /** Could not be told, and somebody decided that nothing is left to do. */
  readonly closed: readonly GroupedFlaw[];
  readonly undetermined: readonly GroupedFlaw[];
  readonly notAffected: readonly GroupedFlaw[];
  readonly judges: readonly Judge[];
}

export const overdueOf = ({ deadline }: Finding): number => Math.max(0, deadline?.overdueDays ?? 0);

const outcomes = { affected: 0, undetermined: 1, 'not-affected': 2 } as const;

/** Parts of one copy need not be judged alike: what is worse stands for it. */
const isWorse = (a: Finding, b: Finding): boolean =>
  outcomes[a.outcome] - outcomes[b.outcome] < 0 ||
  (a.outcome === b.outcome && overdueOf(a) > overdueOf(b));

const joined = (components: readonly AnsweredComponent[]): readonly GroupedFlaw[] => {
  const flaws = new Map<string, { finding: Finding; readonly components: AnsweredComponent[] }>();
  for (const component of components) {
    for (const finding of component.flaws?.findings ?? []) {
      const known = flaws.get(finding.id);
      if (known === undefined) flaws.set(finding.id, { finding, components: [component] });
      else {
        known.components.push(component);
        if (isWorse(finding, known.finding)) known.finding = finding;
      }
    }
  }
  return [...flaws.values()];
};

const worstFirst = (a: GroupedFlaw, b: GroupedFlaw): number =>
  overdueOf(b.finding) - overdueOf(a.finding) ||
  Number(b.finding.exploited !== undefined) - Number(a.finding.exploited !== undefined) ||
  (a.finding.deadline?.on ?? '9999').localeCompare(b.finding.deadline?.on ?? '9999') ||
  (a.finding.id < b.finding.id ? -1 : 1);

const versionText = ({ version, package: owner }: AnsweredComponent): string =>
  owner?.source?.version ?? owner?.version ?? ('value' in version ? version.value : 'unknown');

const groupOf = (members: readonly AnsweredComponent[]): FlawGroup | undefined => {
  const components = members.toSorted(
    (a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1),
  );
  const [first] = components;
  if (first === undefined) return undefined;
  const flaws = joined(components);
  const open = flaws.filter(({ finding }) => finding.outcome === 'affected').sort(worstFirst);
  const untold = flaws.filter(({ finding }) => finding.outcome === 'undetermined').sort(worstFirst);
  const judges = new Map(
    components.flatMap(({ flaws: facts }) =>
      (facts?.judges ?? []).map(each => [each.holding, each]),
    ),
  );
  return {
    name: first.package?.source?.name ?? first.package?.name ?? first.id,
    version: versionText(first),
    components,
    open,
    closed: untold.filter(({ finding }) => isClosed(finding)),
    undetermined: untold.filter(({ finding }) => !isClosed(finding)),
    notAffected: flaws.filter(({ finding }) => finding.outcome === 'not-affected'),
    judges: [...judges.values()],
  };
};

const urgency = ({ open, undetermined }: FlawGroup): number => {
  const [worst] = open;
  if (worst === undefined) return undetermined.length > 0 ? 1 : 0;
  const exploited = open.some(({ finding }) => finding.exploited !== undefined);
  return 2 + overdueOf(worst.finding) + (exploited ? 100_000 : 0);
};

/** Every piece of software that a source of advisories speaks of, the most urgent first. */
export const flawGroups = (answer: Pick<Answer, 'components'>): readonly FlawGroup[] => {
  const softwareFor = softwareOf(answer.components);
  const members = new Map<string, AnsweredComponent[]>();
  for (const component of answer.components) {
    if ((component.flaws?.findings ?? []).length === 0) continue;
    const key = softwareFor(component);
    const known = members.get(key);
    if (known === undefined) members.set(key, [component]);
    else known.push(component);
  }
  return [...members.values()]
    .flatMap(each => groupOf(each) ?? [])
    .sort((a, b) => urgency(b) - urgency(a) || (a.name < b.name ? -1 : 1));
};

/** What all groups together come to. */
export interface FlawCounts {
  readonly open: number;
  /** Pieces of software with one that is open. */
  readonly groups: number;
  readonly overdue: number;
  readonly exploited: number;
  readonly undetermined: number;
  readonly closed: number;
  readonly notAffected: number;
}

export const flawCounts = (groups: readonly FlawGroup[]): FlawCounts => {
  const open = groups.flatMap(each => each.open.map(({ finding }) => finding));
  const sum = (pick: (group: FlawGroup) => readonly GroupedFlaw[]): number =>
    groups.reduce((total, group) => total + pick(group).length, 0);
  return {
    open: open.length,
    groups: groups.filter(each => each.open.length > 0).length,
    overdue: open.filter(each => overdueOf(each) > 0).length,
    exploited: open.filter(({ exploited }) => exploited !== undefined).length,
    undetermined: sum(group => group.undetermined),
    closed: sum(group => group.closed),
    notAffected: sum(group => group.notAffected),
  };
};

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** `9 open in 5 pieces of software: 8 past their deadline, 7 exploited; 17 do not apply`. */
export const countsSentence = (counts: FlawCounts): string => {
  const { open, groups, overdue, exploited, undetermined, closed, notAffected } = counts;
  const worst = [
    ...(overdue === 0
      ? []
      : [`${overdue.toLocaleString('en')} past ${overdue === 1 ? 'its' : 'their'} deadline`]),
    ...(exploited === 0 ? [] : [`${exploited.toLocaleString('en')} exploited`]),
  ];
  return [
    `${open.toLocaleString('en')} open${open === 0 ? '' : ` in ${plural(groups, 'piece')} of software`}${worst.length === 0 ? '' : `: ${worst.join(', ')}`}`,
    ...(undetermined === 0 ? [] : [`${undetermined.toLocaleString('en')} undetermined`]),
    ...(closed === 0 ? [] : [`${closed.toLocaleString('en')} decided by somebody`]),
    ...(notAffected === 0
      ? []
      : [`${notAffected.toLocaleString('en')} ${notAffected === 1 ? 'does' : 'do'} not apply`]),
  ].join('; ');
};

/** Nothing told of an age: imported files without a date in them count from 1970. */
const undatedHours = 40 * 365 * 24;

export const ageText = (hours: number): string => {
  if (hours > undatedHours) return 'of unknown age';
  return `${hours < 48 ? plural(hours, 'hour') : plural(Math.floor(hours / 24), 'day')} old`;
};

const noDatabase = 'No advisory database: postern advisories update';

/**
 * How old the database is, in a line: what is too old by name, the rest by its span. What names single
 * flaws only is counted: its age means nothing.
 */
export const advisoriesSentence = ({ advisories }: Pick<Answer, 'advisories'>): string => {
  const whole = (advisories ?? []).filter(({ partial }) => partial !== true);
  const partial = (advisories ?? []).length - whole.length;
  if (advisories === undefined || advisories.length === 0) return noDatabase;
  if (whole.length === 0) {
    return `No advisory database, only ${partial} sources that name single flaws: postern advisories update`;
  }
  const stale = whole.filter(each => each.stale);
  const ages = whole.filter(each => !each.stale).map(({ ageHours }) => ageHours);
  const failed = whole.filter(each => each.failed !== undefined);
  const [newest, oldest] = [Math.min(...ages), Math.max(...ages)];
  return [
    `Advisories: ${plural(whole.length, 'source')}`,
    ...(ages.length === 0
      ? []
      : [
          ageText(newest) === ageText(oldest)
            ? ageText(newest)
            : `${ageText(newest).replace(/ old$/, '')} to ${ageText(oldest)}`,
        ]),
    ...(partial === 0
      ? []
      : [
          `${plural(partial, 'more', 'more')} ${partial === 1 ? 'names' : 'name'} single flaws only`,
        ]),
    ...(stale.length === 0
      ? []
      : [
          `too old: ${stale
            .slice(0, 6)
            .map(({ source, ageHours }) => `${source} (${ageText(ageHours).replace(/ old$/, '')})`)
            .join(', ')}${stale.length > 6 ? ', …' : ''}; postern advisories update`,
        ]),
    ...(failed.length === 0
      ? []
      : [
          `the last fetch failed: ${failed
            .slice(0, 6)
            .map(({ source }) => source)
            .join(', ')}`,
        ]),
  ].join(', ');
};
