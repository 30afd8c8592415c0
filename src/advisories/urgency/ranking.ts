import type { Tenant } from '../../core/answer.ts';
import type { ComponentId } from '../../core/component.ts';
import { type Placed, reachOf } from '../../core/exposed.ts';
import type { Clock, Deadline, Finding, MoveTo } from '../../core/finding.ts';
import { mendedWith } from '../../core/mending.ts';
import type { PatchFacts } from '../../core/patch.ts';
import {
  type Exploitation,
  exploitations,
  type PeopleInReach,
  type Priority,
} from '../../core/priority.ts';
import type { StoredPeople } from '../../core/stored-people.ts';
import { holdsFix } from './holds-fix.ts';
import { peopleInReach } from './people.ts';
import { traitsOf } from './traits.ts';

/** From this EPSS score on exploitation counts as likely: one in ten within thirty days. */
const likelyMin = 0.1;

/** A component with its findings and their deadlines. */
export interface RankedPart extends Placed {
  readonly findings: readonly Finding[];
  /** The version that mends all of them, where one does. */
  readonly moveTo?: MoveTo;
  readonly patch?: PatchFacts;
  /** Of a security update that waits, where no finding says what it mends. */
  readonly waitingDeadline?: Deadline;
}

/** One act of mending, while it is gathered. */
interface Act {
  readonly parts: RankedPart[];
  readonly findings: Map<string, Finding>;
  readonly mendable: boolean;
}

const exploitationOf = (finding: Finding): Exploitation => {
  if (traitsOf(finding).exploited) return 'exploited';
  return (finding.likelihood?.score ?? 0) >= likelyMin ? 'likely' : 'other';
};

const rankOf = (exploitation: Exploitation): number => exploitations.indexOf(exploitation);

const byDanger = (a: Finding, b: Finding): number =>
  rankOf(exploitationOf(a)) - rankOf(exploitationOf(b)) ||
  (b.likelihood?.score ?? 0) - (a.likelihood?.score ?? 0) ||
  (b.severity?.score ?? 0) - (a.severity?.score ?? 0) ||
  (a.id < b.id ? -1 : 1);

/** Whether anything is known that mends it. A fix for somebody else's build of it is none. */
const isMendable = ({ fixedIn, remedy }: Finding): boolean =>
  fixedIn !== undefined || remedy !== undefined;

const openFindings = ({ findings }: RankedPart): readonly Finding[] =>
  findings.filter(({ outcome }) => outcome === 'affected');

const waits = ({ patch }: RankedPart): boolean =>
  patch?.waiting.state === 'update' && patch.waiting.security === true;

/**
 * Components of one package are mended by one act. So are those of one copy that share a flaw: what was
 * unpacked together. What has no fix yet is an act of its own.
 */
const actsOf = (parts: readonly RankedPart[]): readonly Act[] => {
  const acts = new Map<string, Act[]>();
  for (const part of parts) {
    const group = mendedWith(part.component, part.ancestors);
    const packaged = part.component.package !== undefined;
    const open = openFindings(part);
    for (const mendable of [true, false]) {
      const mine = open.filter(finding => isMendable(finding) === mendable);
      if (mine.length === 0 && !(mendable && waits(part))) continue;
      const list = acts.get(group) ?? [];
      const act = list.find(
        each =>
          each.mendable === mendable && (packaged || mine.some(({ id }) => each.findings.has(id))),
      );
      if (act === undefined) {
        list.push({
          parts: [part],
          findings: new Map(mine.map(each => [each.id, each])),
          mendable,
        });
      } else {
        act.parts.push(part);
        for (const finding of mine)
          if (!act.findings.has(finding.id)) act.findings.set(finding.id, finding);
      }
      acts.set(group, list);
    }
  }
  return [...acts.values()].flat();
};

const oldest = (clocks: readonly Clock[]): Clock | undefined =>
  [...clocks].sort((a, b) => Date.parse(a.started) - Date.parse(b.started))[0];

/** The one that ends first; one without a day comes last. */
const firstToEnd = (deadlines: readonly Deadline[]): Deadline | undefined =>
  [...deadlines].sort((a, b) => ((a.on ?? '9999') < (b.on ?? '9999') ? -1 : 1))[0];

/** A day over counts one more; a day left, one less; without a day, as if a year were left. */
const daysFactor = (overdueDays: number | undefined): number => {
  if (overdueDays === undefined) return 1 / 366;
  return overdueDays > 0 ? 1 + overdueDays : 1 / (1 - overdueDays);
};

const daysWords = (overdueDays: number | undefined): string => {
  if (overdueDays === undefined) return 'no day is set';
  const days = Math.abs(overdueDays);
  const count = `${days} day${days === 1 ? '' : 's'}`;
  return overdueDays > 0 ? `${count} overdue` : `${count} left`;
};

const versionOf = ({ component }: RankedPart): string =>
  component.package?.version ??
  ('value' in component.version ? component.version.value : 'of unknown version');

/** Versions that mend something; one that mends all of it, where it is known. */
const versionsOf = (act: Act, flaws: readonly Finding[]): readonly string[] => {
  const move = act.parts.map(({ moveTo }) => moveTo).find(each => each !== undefined);
  if (move !== undefined) return [move.version];
  return [...new Set(flaws.flatMap(({ fixedIn }) => fixedIn ?? []))];
};

/** The update that waits, if it holds what mends each of the flaws. */
const waitingFor = (
  act: Act,
  flaws: readonly Finding[],
): Extract<PatchFacts['waiting'], { state: 'update' }> | undefined => {
  for (const { component, patch } of act.parts) {
    const { package: owner } = component;
    if (owner === undefined || patch?.waiting.state !== 'update') continue;
    const { waiting } = patch;
    const holds = ({ fixedIn }: Finding): boolean =>
      fixedIn === undefined || holdsFix(owner, waiting.version, fixedIn);
    if (flaws.every(holds)) return waiting;
  }
  return undefined;
};

const targetOf = (act: Act, flaws: readonly Finding[]): string | undefined => {
  if (!act.mendable) return undefined;
  const waiting = waitingFor(act, flaws);
  if (waiting !== undefined) return waiting.version;
  const versions = versionsOf(act, flaws);
  return versions.length === 1 ? versions[0] : undefined;
};

const upgrades = {
  deb: 'apt update && apt install --only-upgrade',
  rpm: 'dnf upgrade',
  apk: 'apk upgrade',
};

/** Names come from files: what is to be pasted stays one line. */
const inCommand = (text: string): string => text.replace(/[\s\p{C}]+/gu, ' ').trim();

const remedyOf = (act: Act, flaws: readonly Finding[], name: string): string => {
  const link = flaws.flatMap(({ references }) => references)[0];
  const more = link === undefined ? '' : `\n#   ${inCommand(link)}`;
  if (!act.mendable) {
    return `# Nothing mends ${name} yet. Take it off the internet or switch it off, and watch for a fix.${more}`;
  }
  const waiting = waitingFor(act, flaws);
  if (waiting !== undefined) return waiting.remedy;
  const owners = act.parts.flatMap(({ component }) => component.package ?? []);
  const ecosystem = owners[0]?.ecosystem;
  if (ecosystem === 'deb' || ecosystem === 'rpm' || ecosystem === 'apk') {
    const names = [...new Set(owners.map(each => inCommand(each.name)))].sort().join(' ');
    const command = `${upgrades[ecosystem]} ${names}`;
    return act.parts.some(({ patch }) => patch?.waiting.state === 'none')
      ? `${command}\n# If nothing newer comes, this release is not mended: take ${name} off the internet or switch it off.${more}`
      : command;
  }
  const versions = versionsOf(act, flaws).map(inCommand);
  return versions.length === 1
    ? `# Move ${name} to ${versions.join('')}, or later.${more}`
    : `# Move ${name} to a version that mends all of them; each of these mends some: ${versions.join(', ')}.${more}`;
};

/** The act that is about the host of the others: its name is the act's. */
const headOf = ({ parts }: Act): RankedPart | undefined =>
  [...parts].sort(
    (a, b) =>
      a.component.id.length - b.component.id.length || (a.component.id < b.component.id ? -1 : 1),
  )[0];

/** A copy beside the packaged one is told apart by its folder, which its id holds. */
const nameOf = ({ component: { id, name, package: owner } }: RankedPart): string =>
  inCommand(owner?.source?.name ?? owner?.name ?? (id.includes('@') ? id : name));

const priorityOf = (
  act: Act,
  tenants: readonly Tenant[],
  stored: StoredPeople | undefined,
): Omit<Priority, 'rank'> | undefined => {
  const head = headOf(act);
  if (head === undefined) return undefined;
  const flaws = [...act.findings.values()].sort(byDanger);
  const exploited = flaws.filter(each => exploitationOf(each) === 'exploited').map(({ id }) => id);
  const exploitation = flaws[0] === undefined ? 'other' : exploitationOf(flaws[0]);
  const likelihood = Math.max(0, ...flaws.map(each => each.likelihood?.score ?? 0));
  const score = Math.max(0, ...flaws.map(each => each.severity?.score ?? 0));
  const clock = oldest(flaws.flatMap(each => each.clock ?? []));
  const deadline = firstToEnd([
    ...flaws.flatMap(each => each.deadline ?? []),
    ...(flaws.length > 0 ? [] : act.parts.flatMap(({ waitingDeadline }) => waitingDeadline ?? [])),
  ]);
  const overdueDays = deadline?.overdueDays;
  const people = peopleInReach(
    act.parts.flatMap(part => reachOf(part)),
    tenants,
    stored,
  );
  const name = nameOf(head);
  const target = targetOf(act, flaws);
  return {
    what: `${name} ${versionOf(head)}${target === undefined ? '' : ` → ${target}`}`,
    components: act.parts.map(({ component }): ComponentId => component.id).sort(),
    flaws: flaws.map(({ id }) => id),
    exploitation,
    exploited,
    ...(likelihood > 0 ? { likelihood } : {}),
    ...(score > 0 ? { score } : {}),
    ...(clock === undefined ? {} : { clock }),
    ...(deadline === undefined ? {} : { deadline }),
    ...(overdueDays === undefined ? {} : { overdueDays }),
    people,
    weight: (people.atMost ?? 1) * daysFactor(overdueDays),
    why: whyOf(exploited, exploitation, people, likelihood, overdueDays),
    remedy: remedyOf(act, flaws, name),
  };
};

const whyOf = (
  exploited: readonly string[],
  exploitation: Exploitation,
  people: PeopleInReach,
  likelihood: number,
  overdueDays: number | undefined,
): string => {
  const danger: Readonly<Record<Exploitation, string>> = {
    exploited: `${exploited.length === 1 ? '1 flaw is' : `${exploited.length} flaws are`} used by attackers`,
    likely: `exploitation is likely (EPSS ${likelihood.toFixed(2)})`,
    other: 'exploitation is neither known nor likely',
  };
  return `${danger[exploitation]}; ${daysWords(overdueDays)}; people within reach: ${people.words}`;
};

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const dueOf = ({ deadline }: Omit<Priority, 'rank'>): string => deadline?.on ?? '9999';

/**
 * What to mend first: by exploitation, then by people within reach × days overdue, both as
 * `docs/urgency.md` says them.
 */
export const rank = (
  parts: readonly RankedPart[],
  tenants: readonly Tenant[],
  stored?: StoredPeople,
): readonly Priority[] =>
  actsOf(parts)
    .flatMap(act => {
      const priority = priorityOf(act, tenants, stored);
      return priority === undefined ? [] : [{ priority, mendable: act.mendable }];
    })
    .sort(
      (a, b) =>
        rankOf(a.priority.exploitation) - rankOf(b.priority.exploitation) ||
        b.priority.weight - a.priority.weight ||
        Number(b.mendable) - Number(a.mendable) ||
        compare(dueOf(a.priority), dueOf(b.priority)) ||
        compare(a.priority.what, b.priority.what),
    )
    .map(({ priority }, i) => ({ rank: i + 1, ...priority }));
