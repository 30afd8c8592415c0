import type { Answer } from '../../core/answer.ts';
import type { CountedPeople, PeopleSet, StoredPeople } from '../../core/stored-people.ts';
import { type Markup, html as markup } from './markup.ts';

const rowsMax = 200;

const number = (count: number): Markup =>
  markup`<td class="number">${count.toLocaleString('en')}</td>`;

const titles: Readonly<Record<PeopleSet, string>> = {
  stored: 'In stored mail',
  listed: 'On the customer list',
  both: 'Either',
};

const setRow = (set: PeopleSet, people: CountedPeople): Markup => {
  const { customers, others, byStatus, deletable } = people;
  return markup`<tr><th scope="row">${titles[set]}</th>${number(people.people)}${number(customers)}${number(others)}${number(byStatus.active)}${number(byStatus.dormant)}${number(byStatus.former)}${number(deletable)}</tr>`;
};

const typeTable = ({ byType }: CountedPeople): Markup =>
  byType.length === 0
    ? markup``
    : markup`<h3>By data type, in stored mail</h3><div class="scroll"><table><thead><tr><th scope="col">Data</th><th scope="col" class="number">People whose it is</th><th scope="col" class="number">People named beside it</th><th scope="col" class="number">With what is doubtful</th></tr></thead><tbody>${byType
        .toSorted((a, b) => b.shared - a.shared)
        .map(
          ({ type, own, shared, weak }) =>
            markup`<tr><th scope="row">${type}</th>${number(own)}${number(shared)}${number(weak)}</tr>`,
        )}</tbody></table></div>`;

const tenantTable = ({ byTenant }: CountedPeople): Markup =>
  byTenant.length === 0
    ? markup``
    : markup`<h3>By tenant, in stored mail</h3><div class="scroll"><table><thead><tr><th scope="col">Tenant</th><th scope="col" class="number">People</th><th scope="col" class="number">Active</th><th scope="col" class="number">Dormant</th><th scope="col" class="number">Former</th><th scope="col" class="number">Could have been deleted</th></tr></thead><tbody>${byTenant
        .slice(0, rowsMax)
        .map(
          ({ tenant, people, byStatus, deletable }) =>
            markup`<tr><th scope="row">${tenant === '' ? '–' : tenant}</th>${number(people)}${number(byStatus.active)}${number(byStatus.dormant)}${number(byStatus.former)}${number(deletable)}</tr>`,
        )}</tbody></table></div>${byTenant.length > rowsMax ? markup`<p class="small">The ${rowsMax} with most people of ${byTenant.length}; --format json has all.</p>` : ''}`;

const coverage = ({ scanned, listed, messages, mailboxes, doubts }: StoredPeople): Markup =>
  markup`<p class="small">${
    scanned === undefined
      ? 'No scan of the mail came to its end.'
      : `${messages.toLocaleString('en')} messages in ${mailboxes.toLocaleString('en')} mailboxes, as of ${scanned.slice(0, 10)}.`
  } ${listed === undefined ? 'No customer list was read: people are identifiers.' : `The customer list was read on ${listed.slice(0, 10)}.`}${
    doubts.length === 0 ? '' : ' There may be more:'
  }</p>${
    doubts.length === 0
      ? ''
      : markup`<ul class="small">${doubts.map(({ what, count }) => markup`<li>${count.toLocaleString('en')} ${what}</li>`)}</ul>`
  }`;

/** Whose data the platform holds, as the last scan counted it. */
export const peopleSection = ({ people }: Answer): Markup => {
  if (people === undefined) return markup``;
  const { sets, listed } = people;
  const shown: readonly PeopleSet[] =
    listed === undefined ? ['stored'] : ['stored', 'listed', 'both'];
  return markup`<section><h2 id="people">Whose data lies here</h2><div class="scroll"><table><thead><tr><th scope="col"></th><th scope="col" class="number">People</th><th scope="col" class="number">Customers</th><th scope="col" class="number">Others</th><th scope="col" class="number">Active</th><th scope="col" class="number">Dormant</th><th scope="col" class="number">Former</th><th scope="col" class="number">Could have been deleted</th></tr></thead><tbody>${shown.map(
    set => setRow(set, sets[set]),
  )}</tbody></table></div>${coverage(people)}${typeTable(sets.stored)}${tenantTable(sets.stored)}</section>`;
};
