import type { Tenant } from '../../core/answer.ts';
import type { Reach, Resource } from '../../core/component.ts';
import type { PeopleInReach } from '../../core/priority.ts';
import { reachedPeople, reachedWords } from '../../core/reached-people.ts';
import type { StoredPeople } from '../../core/stored-people.ts';

/**
 * Whose data a resource holds: everybody who has or had an account, or those who still exchange mail.
 * Several are reached at once; the widest counts.
 */
const circles: Readonly<Record<Resource, 'all' | 'active'>> = {
  host: 'all',
  'stored-mail': 'all',
  credentials: 'all',
  'customer-records': 'all',
  directory: 'all',
  'mail-in-transit': 'active',
};

const words: Readonly<Record<Resource, string>> = {
  host: 'the whole host',
  'stored-mail': 'stored mail',
  credentials: 'credentials',
  'customer-records': 'customer records',
  directory: 'the directory',
  'mail-in-transit': 'mail in transit',
};

const list = (resources: readonly Resource[]): string =>
  resources
    .map(resource => words[resource])
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' and ');

const grouped = (count: number): string => count.toLocaleString('en-US');

/** The most people whom a flaw in what has this reach may concern, as a scan counted them, else as the organisation counts its tenants. */
export const peopleInReach = (
  reach: readonly Reach[],
  tenants: readonly Tenant[],
  stored?: StoredPeople,
): PeopleInReach => {
  const reached = new Set(reach.map(({ resource }) => resource));
  const resources = (Object.keys(circles) as readonly Resource[]).filter(each => reached.has(each));
  const wide = resources.filter(resource => circles[resource] === 'all');
  if (resources.length === 0) {
    return {
      ...(tenants.length === 0 ? {} : { atMost: 0 }),
      words: 'nothing on the host shows that it reaches anybody’s data',
    };
  }
  // What was found counts more than what was once counted by hand.
  const found = reachedPeople(reach, stored);
  if (found !== undefined && !found.isUncounted && found.people.people > 0) {
    return {
      atMost: found.people.people,
      words: `${reachedWords(found)}: it reaches ${list(wide.length > 0 ? wide : resources)}`,
    };
  }
  if (tenants.length === 0) {
    return { words: `not known: postern.yaml counts no tenants; it reaches ${list(resources)}` };
  }
  const active = tenants.reduce((sum, { people }) => sum + people.active, 0);
  const rest = tenants.reduce((sum, { people }) => sum + people.dormant + people.former, 0);
  const of = `of ${tenants.length === 1 ? '1 tenant' : `${tenants.length} tenants`}`;
  return wide.length > 0
    ? {
        atMost: active + rest,
        words: `at most ${grouped(active + rest)} people ${of}, dormant and former ones included: it reaches ${list(wide)}`,
      }
    : {
        atMost: active,
        words: `at most ${grouped(active)} people ${of}, active ones: it reaches ${list(resources)}`,
      };
};
