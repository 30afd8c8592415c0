import type { CustomerList } from '../../core/customer-index.ts';
import { UsageError } from '../../core/errors.ts';
import type { CustomerSource } from '../../core/exposure-policy.ts';
import type { Unseen } from '../../core/unseen.ts';
import { type ColumnPlaces, mapColumns, typesOf } from '../../exposure/people/columns.ts';
import { emailText } from '../../exposure/people/email-text.ts';
import { type RowFault, RowReader, type RowSettings } from '../../exposure/people/row-reader.ts';
import { statusWords } from '../../exposure/people/status.ts';
import type { Buckets } from './buckets.ts';
import { sourceName } from './customer-sources.ts';
import { ListFaults } from './list-faults.ts';
import { openList } from './lists/open-list.ts';
import type { CustomerRows } from './lists/rows.ts';
import type { CustomersRequest } from './read-customers.ts';
import type { RowColumns } from './row-columns.ts';

export interface ListSettings extends Omit<CustomersRequest, 'store' | 'sources'> {
  readonly buckets: Buckets;
  readonly columns: RowColumns;
}

const rowsMax = 0xffff_fffe;

/** Columns of a list; where none is known, the list is not read at all. */
const placesOf = (
  list: CustomerRows,
  source: CustomerSource,
): { readonly places: ColumnPlaces; readonly unseen: readonly Unseen[] } => {
  const { places, missing } = mapColumns(list.head, source.columns);
  const name = sourceName(source);
  if (missing.length > 0) {
    throw new UsageError(
      `${list.place(1, 0)}: there is no column ${missing.map(each => `"${each}"`).join(', ')}; there are ${namesShown(list.head)}`,
    );
  }
  const { person, email, telephone, customerNumber, name: names, kana, status } = places;
  const hasNames = names.length + kana.length > 0;
  const hasPairs = hasNames && (places.birthDate !== undefined || places.address.length > 0);
  if (email.length + telephone.length + customerNumber.length === 0 && !hasPairs) {
    throw new UsageError(
      `${list.place(1, 0)}: no column is known that somebody is recognised by${person === undefined && !hasNames ? '; is this the line that names the columns?' : ''}; exposure.customers[].columns names them`,
    );
  }
  const unseen =
    status === undefined && places.left === undefined
      ? [
          {
            what: name,
            why: 'no column says who is a customer still: everybody counts as active',
            how: 'name the column in exposure.customers[].columns.status',
          },
        ]
      : [];
  return { places, unseen };
};

/** Without a head, what stands in its place is somebody's data. */
const namesShown = (head: readonly string[]): string =>
  head.some(name => name.includes('@') || /\d{5}/.test(name))
    ? `${head.length} columns`
    : head
        .slice(0, 30)
        .map(name => `"${name.slice(0, 40)}"`)
        .join(', ');

const tenantOfDomain = ({ tenants = [] }: ListSettings): ReadonlyMap<string, string> =>
  new Map(
    tenants.flatMap(({ name, domains }) =>
      domains.flatMap(domain => {
        const text = emailText(`a@${domain}`);
        return text === undefined ? [] : [[text.slice(2), name] as const];
      }),
    ),
  );

const rowSettings = (source: CustomerSource, settings: ListSettings): RowSettings => ({
  regions: settings.regions,
  ...(settings.separators === undefined ? {} : { separators: settings.separators }),
  statuses: statusWords(source.statuses),
  ...(source.tenant === undefined ? {} : { tenant: source.tenant }),
  tenantOfDomain: tenantOfDomain(settings),
  deletableAfterDays: source.deletableAfterDays ?? 0,
  today: Math.floor(settings.now.getTime() / 86_400_000),
});

/** Rows with more cells than there are columns: what stands in which of them cannot be told. */
class Shifted {
  count = 0;
  line = 0;

  has(cells: readonly (string | undefined)[], columns: number, line: number): boolean {
    if (cells.length <= columns) return false;
    if (cells.slice(columns).every(cell => cell === undefined || cell.trim() === '')) return false;
    this.count += 1;
    if (this.count === 1) this.line = line;
    return true;
  }

  unseen(list: CustomerRows): readonly Unseen[] {
    if (this.count === 0) return [];
    return [
      {
        what: list.place(this.line, 0),
        why: `${this.count.toLocaleString('en')} ${this.count === 1 ? 'row has' : 'rows have, the first here,'} more cells than there are columns: which cell is what cannot be told, so nothing of them is used`,
        how: 'put cells that have the delimiter in them between quotation marks',
      },
    ];
  }
}

const blank = {
  tenant: '',
  status: 'active',
  deletable: 'no',
  isNumbered: false,
  isBlank: true,
} as const;

export interface ReadList {
  readonly list: CustomerList['lists'][number];
  readonly types: CustomerList['types'];
  readonly unseen: readonly Unseen[];
}

/** Reads one list; what it says goes into the buckets and columns. */
export const readList = async (
  source: CustomerSource,
  settings: ListSettings,
): Promise<ReadList> => {
  const { buckets, columns, pseudonyms, progress, folder, environment } = settings;
  const list = await openList(source, folder, environment);
  try {
    const { places, unseen } = placesOf(list, source);
    const faults = new ListFaults();
    const shifted = new Shifted();
    const firstRow = columns.rows;
    let line = 0;
    const reader = new RowReader(places, rowSettings(source, settings), pseudonyms, {
      identifier: (first, second, third, about) =>
        buckets.add(first, second, third, columns.rows, about),
      fault: (fault: RowFault, place) => faults.add(fault, place, line),
    });
    const name = sourceName(source);
    for await (const batch of list.batches()) {
      for (const [i, cells] of batch.rows.entries()) {
        line = batch.lines[i] ?? 0;
        const isShifted = shifted.has(cells, list.head.length, line);
        columns.add(isShifted ? blank : reader.read(cells));
      }
      if (columns.rows > rowsMax) throw new UsageError(`${name}: more than ${rowsMax} rows`);
      progress?.({
        list: name,
        rows: columns.rows - firstRow,
        ...(batch.share === undefined ? {} : { share: batch.share }),
      });
    }
    const unreadable = list.unreadable();
    const characters: readonly Unseen[] =
      unreadable === 0
        ? []
        : [
            {
              what: name,
              why: `${unreadable.toLocaleString('en')} characters could not be read: names with them are not recognised`,
              how: 'say the charset in exposure.customers[].charset',
            },
          ];
    return {
      list: { name, digest: list.digest(), rows: columns.rows - firstRow },
      types: typesOf(places),
      unseen: [...unseen, ...faults.unseen(list), ...shifted.unseen(list), ...characters],
    };
  } finally {
    await list.close();
  }
};
