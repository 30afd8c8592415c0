import type { CustomerList } from '../../core/customer-index.ts';
import { UsageError } from '../../core/errors.ts';
import type { CustomerSource } from '../../core/exposure-policy.ts';
import { mapColumns } from '../../exposure/people/columns.ts';
import { openList } from './lists/open-list.ts';
import type { Cell } from './lists/rows.ts';

/** Who stands in a row of the list, as the list writes it; empty where it says nothing. */
export interface NamedRow {
  /** As in `MembershipColumns.row`. */
  readonly row: number;
  readonly name: string;
  readonly kana: string;
  /** Several are cut by `;`. */
  readonly email: string;
  readonly telephone: string;
  readonly customerNumber: string;
  readonly postcode: string;
  readonly address: string;
  readonly birthDate: string;
}

export interface NamedRowsRequest {
  /** As they were when the list was read. */
  readonly sources: readonly CustomerSource[];
  /** Folder that paths in the sources are relative to. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly list: CustomerList;
  /** Whether somebody wants to know who stands in a row. */
  readonly wants: (row: number) => boolean;
}

const joined = (cells: readonly Cell[], places: readonly number[], between: string): string =>
  places
    .map(place => (cells[place] ?? '').trim())
    .filter(text => text !== '')
    .join(between);

const isJapanese = /[\p{sc=Han}\p{sc=Katakana}\p{sc=Hiragana}]/u;

/**
 * Reads the list again, for the names that the store does not keep: whom to write to. Rows come in their order.
 *
 * @throws UsageError where the list is another one than was read, which is known for sure at its end only: what came
 *   before is of no use then
 */
export async function* namedRows({
  sources,
  folder,
  environment,
  list,
  wants,
}: NamedRowsRequest): AsyncGenerator<readonly NamedRow[], undefined> {
  let before = 0;
  for (const [i, source] of sources.entries()) {
    const open = await openList(source, folder, environment);
    const expected = list.lists[i];
    const changed = (): UsageError =>
      new UsageError(
        `${expected?.name ?? source.file ?? 'the customer list'}: not the list that was read on ${list.read.slice(0, 10)}: rows cannot be told apart any more; scan with this list first`,
      );
    try {
      const { places } = mapColumns(open.head, source.columns);
      const first = before;
      for await (const { rows } of open.batches()) {
        const named: NamedRow[] = [];
        for (const cells of rows) {
          before += 1;
          if (!wants(before)) continue;
          const address = joined(cells, places.address, ' ');
          named.push({
            row: before,
            name: joined(cells, places.name, ' '),
            kana: joined(cells, places.kana, ' '),
            email: joined(cells, places.email, ';'),
            telephone: joined(cells, places.telephone, ';'),
            customerNumber: joined(cells, places.customerNumber, ';'),
            postcode: joined(cells, places.postcode === undefined ? [] : [places.postcode], ' '),
            address: isJapanese.test(address) ? joined(cells, places.address, '') : address,
            birthDate: joined(cells, places.birthDate === undefined ? [] : [places.birthDate], ' '),
          });
        }
        if (named.length > 0) yield named;
      }
      if (open.digest() !== expected?.digest || before - first !== expected.rows) throw changed();
    } finally {
      await open.close();
    }
  }
  if (sources.length !== list.lists.length) {
    throw new UsageError(
      `the customer list: ${list.lists.length} lists were read on ${list.read.slice(0, 10)}, and now there are ${sources.length}`,
    );
  }
  return undefined;
}
