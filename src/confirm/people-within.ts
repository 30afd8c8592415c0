import { type ReachedPeople, reachedWords } from '../core/reached-people.ts';
import type { PeopleOfType } from '../core/stored-people.ts';
import type { Verdict } from '../core/verdict.ts';

const shownMax = 20;

const grouped = (count: number): string => count.toLocaleString('en-US');

/** Theirs for sure, and as many as it may be. */
const typeCount = ({ type, own, shared }: PeopleOfType): string =>
  own === shared ? `${type} ${grouped(own)}` : `${type} ${grouped(own)} to ${grouped(shared)}`;

const list = (all: readonly string[]): string =>
  all.length <= shownMax
    ? all.join(', ')
    : `${all.slice(0, shownMax).join(', ')} and ${all.length - shownMax} more`;

/** How many people are within reach, by data type and by tenant, in lines of evidence. */
export const peopleEvidence = (reached: ReachedPeople | undefined): Verdict['evidence'] => {
  if (reached === undefined) return [];
  const { people } = reached;
  const types = people.byType.toSorted((a, b) => b.shared - a.shared).map(typeCount);
  const tenants = people.byTenant.map(
    ({ tenant, people: count, byStatus, deletable }) =>
      `${tenant === '' ? 'no tenant' : tenant} ${grouped(count)}${byStatus.former === 0 ? '' : ` (${grouped(byStatus.former)} former, ${grouped(deletable)} could have been deleted)`}`,
  );
  return [
    { what: `within its reach: ${reachedWords(reached)}` },
    ...(types.length === 0 ? [] : [{ what: `in mail, people by data type: ${list(types)}` }]),
    ...(tenants.length === 0 ? [] : [{ what: `people by tenant: ${list(tenants)}` }]),
  ];
};
