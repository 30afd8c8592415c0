import { type DeletableState } from '../../core/customer-index.ts';
import type { PersonStatus } from '../../core/personal.ts';
import { birthDateText } from './birth-date.ts';
import type { ColumnPlaces } from './columns.ts';
import { emailText } from './email-text.ts';
import { customerNumberText, type IdentifierSettings } from './normalise.ts';
import { nameText } from './person-name.ts';
import { addressText } from './postal-address.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { aboutRecord, nameMark, type RecordKind } from './record.ts';
import { dayOf, deletableOf, statusOf } from './status.ts';
import { telephoneText } from './telephone-text.ts';

export interface RowSettings extends IdentifierSettings {
  readonly statuses: ReadonlyMap<string, PersonStatus>;
  /** Tenant of rows that name none. */
  readonly tenant?: string;
  /** By domain of e-mail addresses, where neither a column nor `tenant` says it. */
  readonly tenantOfDomain: ReadonlyMap<string, string>;
  readonly deletableAfterDays: number;
  /** Days since 1970. */
  readonly today: number;
}

/** What could not be used of a row, and in which column. */
export type RowFault =
  | 'email'
  | 'telephone'
  | 'customer-number'
  | 'birth-date'
  | 'status'
  | 'left'
  | 'nobody';

/** Where what a row says goes to; called while the row is read. */
export interface RowSink {
  /** @param about `aboutRecord` */
  identifier(first: number, second: number, third: number, about: number): void;
  /** @param place of the column, from 0 */
  fault(fault: RowFault, place: number): void;
}

/** What a row says of its membership. */
export interface RowFacts {
  readonly tenant: string;
  readonly status: PersonStatus;
  readonly deletable: DeletableState;
  /** It names the person by number. */
  readonly isNumbered: boolean;
  /** Nobody can be told from it: no name, no identifier. */
  readonly isBlank: boolean;
}

type Cells = readonly (string | undefined)[];

/** Who is written to in an office, whoever sits there. */
const roles: ReadonlySet<string> = new Set(
  (
    'info information office contact mail email inquiry inquiries toiawase otoiawase support help helpdesk desk service customer customers ' +
    'sales eigyo order orders shop store reservation yoyaku reception uketsuke soumu somu jinji keiri kanri koho pr press hr jobs recruit saiyo ' +
    'billing accounting accounts invoice payment finance legal privacy security abuse admin administrator root webmaster postmaster hostmaster ' +
    'master web system noreply no-reply donotreply team staff all everyone group ml news newsletter magazine member members'
  ).split(' '),
);

/** What databases and spreadsheets write where nobody said a date. */
const emptyDates: ReadonlySet<string> = new Set(['1899-12-30', '1899-12-31', '1900-01-01']);

const cellsMax = 20;
const wordsMax = 1_000;

/** Reads rows of one list. Whoever is named by it leaves as pseudonyms. */
export class RowReader {
  private readonly places: ColumnPlaces;
  private readonly settings: RowSettings;
  private readonly pseudonyms: Pseudonyms;
  private readonly sink: RowSink;
  private readonly statuses = new Map<string, PersonStatus | undefined>();
  private emits = 0;
  private name = 0;

  constructor(places: ColumnPlaces, settings: RowSettings, pseudonyms: Pseudonyms, sink: RowSink) {
    this.places = places;
    this.settings = settings;
    this.pseudonyms = pseudonyms;
    this.sink = sink;
  }

  read(cells: Cells): RowFacts {
    const { places, settings } = this;
    const names = [joined(cells, places.name), joined(cells, places.kana)].flatMap(
      written => nameText(written) ?? [],
    );
    this.emits = 0;
    this.name = nameMark(names[0]);
    const isNumbered = this.person(cells);
    const domain = this.emails(cells);
    this.telephones(cells);
    const tenant = this.tenant(cells, domain);
    this.customerNumbers(cells, `${tenant}\n${names[0] ?? ''}`, names.length > 0);
    this.pairs(cells, names);
    const isBlank = this.emits === 0 && names.length === 0;
    const status = this.status(cells);
    const left = this.left(cells);
    const counts = status ?? (left !== undefined && left <= settings.today ? 'former' : 'active');
    if (isBlank && cells.some(cell => cell !== undefined && cell.trim() !== '')) {
      this.sink.fault('nobody', 0);
    }
    return {
      tenant,
      status: counts,
      deletable: deletableOf(counts, left, this.afterDays(cells), settings.today),
      isNumbered,
      isBlank,
    };
  }

  private emit(kind: RecordKind, text: string, isShared = false): void {
    const mac = this.pseudonyms.mac(kind);
    mac.update(text);
    this.emits += 1;
    this.sink.identifier(mac.first, mac.second, mac.third, aboutRecord(kind, isShared, this.name));
  }

  private person(cells: Cells): boolean {
    const { person } = this.places;
    const text = person === undefined ? '' : (cells[person] ?? '').normalize('NFKC').trim();
    if (text === '' || text.length > 200) return false;
    this.emit('person-id', text);
    return true;
  }

  /** @returns the domain of the first address */
  private emails(cells: Cells): string | undefined {
    let domain: string | undefined;
    for (const place of this.places.email) {
      for (const written of several(bracketed(cells[place]), /[;,、，\s|]+/)) {
        const text = emailText(written);
        if (text === undefined) this.sink.fault('email', place);
        else {
          const at = text.lastIndexOf('@');
          domain ??= text.slice(at + 1);
          this.emit('email', text, roles.has(text.slice(0, at)));
        }
      }
    }
    return domain;
  }

  private telephones(cells: Cells): void {
    for (const place of this.places.telephone) {
      for (const written of several(cells[place], /[;,、，|/\n]+/)) {
        const text = telephoneText(written, this.settings.regions);
        if (text === undefined) this.sink.fault('telephone', place);
        else this.emit('telephone', text);
      }
    }
  }

  private customerNumbers(cells: Cells, owner: string, hasName: boolean): void {
    for (const place of this.places.customerNumber) {
      for (const written of several(cells[place], /[;、，|\n]+/)) {
        const text = customerNumberText(written, this.settings.separators);
        if (text === undefined) this.sink.fault('customer-number', place);
        else {
          this.emit('customer-number', text);
          if (hasName) this.emit('name-and-customer-number', `${owner}\n${text}`);
        }
      }
    }
  }

  /** A name alone is many people's; with an address or a birth date it is somebody's, probably. */
  private pairs(cells: Cells, names: readonly string[]): void {
    const { birthDate, address } = this.places;
    if (birthDate !== undefined) {
      const written = (cells[birthDate] ?? '').trim();
      const day = written === '' ? undefined : birthDateText(written);
      if (day === undefined && written !== '') this.sink.fault('birth-date', birthDate);
      if (day !== undefined && !emptyDates.has(day)) this.named('name-and-birth-date', names, day);
    }
    const place = names.length === 0 ? undefined : addressText(joined(cells, address));
    if (place !== undefined) this.named('name-and-address', names, place);
  }

  /** The second of the names is a reading. */
  private named(kind: RecordKind, names: readonly string[], other: string): void {
    for (const [i, name] of names.entries()) this.emit(kind, `${name}\n${other}`, i > 0);
  }

  private tenant(cells: Cells, domain: string | undefined): string {
    const { tenant } = this.places;
    const { settings } = this;
    const said = tenant === undefined ? '' : (cells[tenant] ?? '').trim();
    return said !== ''
      ? said.slice(0, 1_000)
      : (settings.tenant ?? settings.tenantOfDomain.get(domain ?? '') ?? '');
  }

  private status(cells: Cells): PersonStatus | undefined {
    const { status } = this.places;
    const written = status === undefined ? '' : (cells[status] ?? '').trim();
    if (status === undefined || written === '') return undefined;
    let found = this.statuses.get(written);
    if (found === undefined && !this.statuses.has(written)) {
      found = statusOf(written, this.settings.statuses);
      // There are few words for it; where there are many, the column is the wrong one.
      if (this.statuses.size < wordsMax) this.statuses.set(written, found);
    }
    if (found === undefined) this.sink.fault('status', status);
    return found;
  }

  private left(cells: Cells): number | undefined {
    const { left } = this.places;
    const written = left === undefined ? '' : (cells[left] ?? '').trim();
    if (left === undefined || written === '') return undefined;
    const day = dayOf(written);
    if (day === undefined) this.sink.fault('left', left);
    return day;
  }

  private afterDays(cells: Cells): number {
    const { deletableAfter } = this.places;
    const written = deletableAfter === undefined ? '' : (cells[deletableAfter] ?? '').trim();
    return /^\d{1,5}$/.test(written) ? Number(written) : this.settings.deletableAfterDays;
  }
}

const joined = (cells: Cells, places: readonly number[]): string => {
  const [only] = places;
  if (places.length === 1 && only !== undefined) return cells[only] ?? '';
  return places
    .map(place => (cells[place] ?? '').trim())
    .filter(text => text !== '')
    .join(' ');
};

/** `Taro Yamada <taro@example.jp>` as mail programs export it: what stands in the brackets. */
const bracketed = (cell: string | undefined): string | undefined =>
  cell?.includes('<') === true
    ? [...cell.slice(0, 10_000).matchAll(/<([^<>]{1,320})>/g)].map(found => found[1]).join(' ')
    : cell;

/** Values of a cell; lists write several into one. */
const several = (cell: string | undefined, between: RegExp): readonly string[] => {
  const text = cell?.trim() ?? '';
  if (text === '' || text.length > 10_000) return [];
  if (!between.test(text)) return [text];
  return text
    .split(between)
    .map(part => part.trim())
    .filter(part => part !== '')
    .slice(0, cellsMax);
};
