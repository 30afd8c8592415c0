import type { Unseen } from '../../core/unseen.ts';
import type { RowFault } from '../../exposure/people/row-reader.ts';
import type { CustomerRows } from './lists/rows.ts';

/** @param column as the list's head names it */
const say = (
  fault: RowFault,
  count: number,
  column: string,
): readonly [why: string, how: string] => {
  const n = count.toLocaleString('en');
  const values = count === 1 ? `1 value in ${column} is` : `${n} values in ${column} are`;
  const correct = 'correct it, or name the right column in exposure.customers[].columns';
  switch (fault) {
    case 'email':
      return [`${values} no e-mail address: nobody is recognised by it`, correct];
    case 'telephone':
      return [
        `${values} no telephone number: nobody is recognised by it`,
        `${correct}; exposure.regions says which country's numbers have no country code`,
      ];
    case 'customer-number':
      return [`${values} no customer number: nobody is recognised by it`, correct];
    case 'birth-date':
      return [
        `${values} no date of birth, or not a certain one: nobody is recognised by it`,
        'write the year first: 1980-01-31',
      ];
    case 'status':
      return [
        `${values} no status that is known: who has it counts as active, or as former where he left`,
        'say what these words mean in exposure.customers[].statuses',
      ];
    case 'left':
      return [
        `${values} no date, or not a certain one: whether data could have been deleted is not known`,
        'write the year first: 2024-03-31',
      ];
    case 'nobody':
      return [
        `${n} ${count === 1 ? 'row names' : 'rows name'} nobody: no name, no address, no number that is known`,
        'name the columns in exposure.customers[].columns',
      ];
  }
};

/** Counts what could not be used of a list, and remembers where each kind of it stood first; never a value. */
export class ListFaults {
  private readonly found = new Map<
    string,
    { fault: RowFault; place: number; line: number; count: number }
  >();

  add(fault: RowFault, place: number, line: number): void {
    const key = `${fault} ${place}`;
    const before = this.found.get(key);
    if (before === undefined) this.found.set(key, { fault, place, line, count: 1 });
    else before.count += 1;
  }

  unseen(list: CustomerRows): readonly Unseen[] {
    return [...this.found.values()].map(({ fault, place, line, count }) => {
      const [why, how] = say(fault, count, list.head[place] ?? `column ${place + 1}`);
      return {
        what: list.place(line, place),
        why: count === 1 ? why : `${why}; the first here`,
        how,
      };
    });
  }
}
