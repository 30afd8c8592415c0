import type { Answer } from '../core/answer.ts';
import { reachedWords } from '../core/reached-people.ts';
import type { CountedPeople, PeopleOfType } from '../core/stored-people.ts';

const typesShown = 8;
const tenantsShown = 10;
const partsShown = 12;

const grouped = (count: number): string => count.toLocaleString('en-US');

const typeWords = ({ type, own, shared }: PeopleOfType): string =>
  `${type} ${own === shared ? grouped(own) : `${grouped(own)} to ${grouped(shared)}`}`;

const few = (all: readonly string[], most: number): string =>
  all.length <= most
    ? all.join(', ')
    : `${all.slice(0, most).join(', ')} and ${all.length - most} more`;

const details = ({ byType, byTenant }: CountedPeople): readonly string[] => {
  const types = byType.toSorted((a, b) => b.shared - a.shared).map(typeWords);
  const tenants = byTenant
    .filter(({ tenant }) => tenant !== '')
    .map(
      ({ tenant, people, byStatus }) =>
        `${tenant} ${grouped(people)}${byStatus.former === 0 ? '' : ` (${grouped(byStatus.former)} former)`}`,
    );
  return [
    ...(types.length === 0 ? [] : [`in mail, by data type: ${few(types, typesShown)}`]),
    ...(tenants.length === 0 ? [] : [`by tenant: ${few(tenants, tenantsShown)}`]),
  ];
};

/** Whose data is within whose reach: each count once, and the parts that it holds for. */
export const peopleLines = ({ people, components }: Answer): readonly string[] => {
  if (people === undefined) return [];
  const groups = new Map<string, { readonly lines: readonly string[]; readonly ids: string[] }>();
  const uncounted: string[] = [];
  for (const { id, people: reached, reach, enabled } of components) {
    if (reached === undefined) {
      if (enabled !== false && reach.length > 0) uncounted.push(id);
      continue;
    }
    const heading = reachedWords(reached);
    const group = groups.get(heading);
    if (group !== undefined) group.ids.push(id);
    else {
      const lines = [heading, ...details(reached.people)];
      groups.set(heading, { lines, ids: [id] });
    }
  }
  return [
    ...[...groups.values()].flatMap(({ lines, ids }) => [...lines, `for ${few(ids, partsShown)}`]),
    ...(uncounted.length === 0 ? [] : [`not counted: ${few(uncounted, partsShown)}`]),
    ...people.doubts.map(({ what, count }) => `there may be more: ${grouped(count)} ${what}`),
  ];
};
