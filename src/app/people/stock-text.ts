import type { CountedPeople, StoredPeople } from '../../core/stored-people.ts';

const number = (value: number): string => value.toLocaleString('en-US');

const tenantsShown = 10;

const people = ({ people: all, customers, others }: CountedPeople): string =>
  `${number(all)} ${all === 1 ? 'person' : 'people'}: ${number(customers)} ${customers === 1 ? 'customer' : 'customers'}, ${number(others)} on no list`;

/** Of customers: which of them are no more, and need not be there. */
const statuses = ({ byStatus, deletable }: CountedPeople): string =>
  `${number(byStatus.active)} active, ${number(byStatus.dormant)} dormant, ${number(byStatus.former)} former (data of ${number(deletable)} could have been deleted)`;

/** Whose data the platform holds, in lines for a terminal. */
export const stockLines = ({ sets, scanned, listed, doubts }: StoredPeople): readonly string[] => {
  const atLeast = doubts.length > 0 ? 'at least ' : '';
  if (listed === undefined) {
    return [
      `in mail    ${atLeast}${number(sets.stored.people)} identifiers of people; a customer list tells who they are (--customers)`,
    ];
  }
  const { byTenant } = sets.stored;
  const named = byTenant.filter(({ tenant }) => tenant !== '');
  const inMail =
    scanned === undefined
      ? []
      : [
          `in mail    ${atLeast}${people(sets.stored)}`,
          `customers  in mail: ${statuses(sets.stored)}`,
        ];
  return [
    ...inMail,
    `${scanned === undefined ? 'customers ' : '          '} on the list of ${listed.slice(0, 10)}: ${number(sets.listed.people)}; ${statuses(sets.listed)}`,
    ...(named.length < 2
      ? []
      : named
          .slice(0, tenantsShown)
          .map(
            ({ tenant, people: count, byStatus }) =>
              `           ${tenant}: ${number(count)} in mail, ${number(byStatus.former)} of them former`,
          )),
    ...(named.length > tenantsShown
      ? [`           and ${named.length - tenantsShown} more tenants`]
      : []),
  ];
};
