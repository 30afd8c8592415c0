import type { AccessEvent, EventKind } from '../../core/access-event.ts';
import { messageOf } from '../../core/errors.ts';
import type { Unseen } from '../../core/unseen.ts';
import { RowDecoder } from '../../logs/rows/decode.ts';
import { Belongs, type RequestTimes } from '../../scope/belongs.ts';
import type { Breach } from '../../scope/breach.ts';
import { always, extentsOf, slackMs } from '../../scope/event-extents.ts';
import { type Basis, bases, type EvidenceAt } from '../../scope/extent.ts';
import type { ScopePlan } from '../../scope/plan.ts';
import type { ParquetFile } from '../../store/parquet/read.ts';
import { AlikeRows } from './alike-rows.ts';
import { type AskedRows, askedRows, columnsIn, hasKinds, type RowColumns } from './asked-rows.ts';
import type { OpenedRows } from './opened-rows.ts';

/** Reads that are put together later, at most. */
export const pendingMax = 1_000_000;

/** A read that a web server's log tells of, which does not say whose message it was. */
export interface PendingRead {
  readonly event: AccessEvent;
  readonly at: EvidenceAt;
  /** Of the segment, among those that are looked at. */
  readonly index: number;
}

export interface BreachRowsOptions {
  readonly breach: Breach;
  readonly plan: ScopePlan;
  readonly note: (unseen: Unseen) => void;
}

/** Rows of a segment that can be of the breach. */
export interface BreachLook {
  readonly open: OpenedRows;
  readonly index: number;
  readonly columns: RowColumns;
  readonly asked: AskedRows;
}

/** Puts into a plan what rows of segments show of one breach. */
export class BreachRows {
  readonly belongs: Belongs;
  readonly pending: PendingRead[] = [];
  rows = 0;
  /** Lines that belong to the breach. */
  events = 0;
  /** Lines that no format understands. */
  unparsed = 0;
  private readonly options: BreachRowsOptions;
  private readonly decoder = new RowDecoder();
  private readonly transit: Basis | undefined;
  private readonly isWeb: boolean;
  /** Mailboxes in the plan, by code of their user in the segment in hand. */
  private numbers = new Int32Array(0);
  private numbersOf: ParquetFile | undefined;
  /** Of the segment in hand. */
  private index = 0;

  constructor(options: BreachRowsOptions, requests: RequestTimes) {
    this.options = options;
    const { component } = options.breach;
    this.belongs = new Belongs(options.breach, requests);
    this.isWeb = (component?.behind?.length ?? 0) > 0;
    if (component?.inTransit === true) {
      this.transit = component.controlled === true ? 'in-transit' : 'passed';
    }
  }

  private get needsSession(): boolean {
    return this.options.breach.sessions !== undefined;
  }

  /** Which rows can be of the breach, by columns alone; undefined for none. @throws where the rows are damaged */
  look(open: OpenedRows, index: number): BreachLook | undefined {
    const { file } = open;
    this.unparsed += Number(file.metadata.get('postern.unparsed') ?? 0);
    this.rows += file.rows;
    const withTransit = this.transit !== undefined;
    if (!hasKinds(file, withTransit)) return undefined;
    const columns = columnsIn(file);
    const asked = askedRows(file, withTransit, columns, this.belongs, this.needsSession);
    return asked.plain.length + asked.whole.length === 0
      ? undefined
      : { open, index, columns, asked };
  }

  /**
   * @param hasMany so many lines were looked into before that each read of these is only counted, as one body at
   *   least. @throws where the rows are damaged
   */
  show({ open, index, columns, asked }: BreachLook, hasMany: boolean): void {
    this.index = index;
    const { plain, whole, isCounted, isThrough } = asked;
    const allTimes = open.file.numbers('time');
    const times = (row: number): number => allTimes[row] ?? Number.NaN;
    const isUncounted = hasMany && !this.needsSession;
    const uncounted = isUncounted ? whole.filter(row => isCounted(row)) : [];
    const through = uncounted.filter(row => isThrough(row));
    this.plainRows(open, columns, [...plain, ...through], times);
    for (const row of whole) {
      if (uncounted.length === 0 || !isCounted(row)) this.wholeRow(open, row, times(row));
    }
  }

  /** A read of which it is known by now whose message it was, if anybody knows. */
  settle(event: AccessEvent, at: EvidenceAt): void {
    this.shown(event, at, 1);
  }

  /** One that there is no room for among those that wait. */
  settleUnknown({ event, at }: PendingRead): void {
    this.shown(event, at, 1, this.transit);
  }

  /** Rows that differ in nothing but their times are one: the first and the last of them show all that they do. */
  private plainRows(
    open: OpenedRows,
    columns: RowColumns,
    rows: readonly number[],
    times: (row: number) => number,
  ): void {
    const { window, isAddress, accounts } = this.options.breach;
    // Of sessions that a webmail opened, only those near a request are the attacker's: each by its own time.
    const isEach = this.isWeb && isAddress !== undefined;
    const alike = new AlikeRows(columns);
    for (const row of rows) {
      const at = times(row);
      if (at < window.fromMs || at > window.toMs) continue;
      // Whose it is decides whether it belongs, or when it was.
      if (isEach || accounts !== undefined || Number.isNaN(at)) {
        this.plainEvent(open, columns, row, at, 1);
      } else alike.add(row);
    }
    alike.each(same => {
      if (!this.mailboxRows(open, columns, same, times)) {
        for (const row of same) this.plainEvent(open, columns, row, times(row), 1);
      }
    });
  }

  /**
   * Rows that differ in nothing but their times and whose mailbox it is: what one of them shows, all do.
   *
   * @returns false where they show something else than all that lay in a mailbox until then.
   */
  private mailboxRows(
    open: OpenedRows,
    columns: RowColumns,
    rows: readonly number[],
    times: (row: number) => number,
  ): boolean {
    const [first = 0] = rows;
    const { user } = columns;
    const firstMs = times(first);
    if (user.code(first) < 0) return false;
    const event = eventOf(columns, first, firstMs);
    if (this.belongs.of(event) === undefined) return true;
    const { toMs: end } = this.options.breach.window;
    const shown = extentsOf(event, this.belongs, end, undefined, this.transit);
    const isUntil = shown.every(
      ({ extent }) =>
        extent.is === 'mailbox' &&
        extent.span.fromMs === always &&
        extent.span.toMs === firstMs + slackMs &&
        extent.span.lookedMs === firstMs,
    );
    if (!isUntil) return false;
    const { plan } = this.options;
    const numbers = this.mailboxNumbers(open, user);
    const users = user.all();
    let [early, late] = [first, first];
    for (const row of rows) {
      if (times(row) < times(early)) early = row;
      if (times(row) > times(late)) late = row;
    }
    for (const { basis, counted } of shown) {
      const ats = [early, late].map(row => this.placeOf(open, row, times(row)));
      plan.restOn(basis, rows.length, (counted ?? 0) * rows.length, ...ats);
      const rule = bases.indexOf(basis);
      for (const row of rows) {
        const at = times(row);
        plan.addMailbox(numbers(users?.[row] ?? -1), rule, always, at + slackMs, at);
      }
    }
    this.events += rows.length;
    return true;
  }

  /** By code of a user in a segment. */
  private mailboxNumbers(open: OpenedRows, user: RowColumns['user']): (code: number) => number {
    if (this.numbersOf !== open.file) {
      this.numbersOf = open.file;
      this.numbers = new Int32Array(user.count);
    }
    const { numbers } = this;
    const { plan } = this.options;
    const { numberOfBytes } = plan;
    return code => {
      let number = numbers[code] ?? 0;
      if (number === 0) {
        number = user.apply(code, numberOfBytes) ?? plan.numberOf('');
        numbers[code] = number;
      }
      return number;
    };
  }

  private plainEvent(
    open: OpenedRows,
    columns: RowColumns,
    row: number,
    atMs: number,
    lines: number,
  ): void {
    const event = eventOf(columns, row, atMs);
    this.event(event, this.placeOf(open, row, event.time.atMs), lines);
  }

  private wholeRow(open: OpenedRows, row: number, atMs: number): void {
    const { fromMs, toMs } = this.options.breach.window;
    if (atMs < fromMs || atMs > toMs) return;
    const at = this.placeOf(open, row, Number.isNaN(atMs) ? undefined : atMs);
    try {
      const texts = open.texts(row);
      const text = open.text(row);
      const { parsed } = this.decoder.decode({ timeMs: at.atMs, texts }, text);
      if ('event' in parsed) this.event(parsed.event, at, 1);
    } catch (thrown) {
      this.options.note({
        what: open.path,
        why: messageOf(thrown),
        how: 'Run postern evidence verify.',
      });
    }
  }

  private event(event: AccessEvent, at: EvidenceAt, lines: number): void {
    if (this.belongs.of(event) === undefined) return;
    this.events += lines;
    const isWhose =
      event.kind === 'message.read' &&
      event.user === undefined &&
      event.request !== undefined &&
      event.messages !== undefined;
    if (isWhose && this.pending.length < pendingMax) {
      this.pending.push({ event, at, index: this.index });
    } else this.shown(event, at, lines, this.transit);
  }

  private shown(event: AccessEvent, at: EvidenceAt, lines: number, transit?: Basis): void {
    const { breach, plan } = this.options;
    for (const shown of extentsOf(event, this.belongs, breach.window.toMs, at, transit)) {
      plan.add(lines === 1 ? shown : { ...shown, lines });
    }
  }

  private placeOf({ source, seq, line }: OpenedRows, row: number, atMs?: number): EvidenceAt {
    return { source, seq, line: line(row), ...(atMs === undefined ? {} : { atMs }) };
  }
}

/** What columns alone tell of an event. @param atMs NaN where nobody knows. */
const eventOf = (columns: RowColumns, row: number, atMs: number): AccessEvent => {
  const text = (column: keyof RowColumns): string | undefined =>
    columns[column].text(columns[column].code(row));
  const [user, actor, app, ip] = [text('user'), text('actor'), text('app'), text('address')];
  const [service, folder] = [text('service'), text('folder')];
  return {
    kind: text('kind') as EventKind,
    time: { original: '', ...(Number.isNaN(atMs) ? {} : { atMs }) },
    outcome: (text('outcome') ?? 'unknown') as AccessEvent['outcome'],
    component: text('component') ?? '',
    ...(user === undefined ? {} : { user: { name: user } }),
    ...(actor === undefined ? {} : { actor: { name: actor } }),
    ...(app === undefined ? {} : { app: { name: app, uid: app } }),
    ...(ip === undefined ? {} : { from: { ip } }),
    ...(service === undefined ? {} : { service }),
    ...(folder === undefined ? {} : { folder }),
  };
};
