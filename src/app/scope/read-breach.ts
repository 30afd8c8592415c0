import type { AccessEvent, EventKind } from '../../core/access-event.ts';
import { messageOf } from '../../core/errors.ts';
import type { Unseen } from '../../core/unseen.ts';
import { endOfDayMs } from '../../evidence/days.ts';
import { RowDecoder } from '../../logs/rows/decode.ts';
import { Belongs, RequestTimes } from '../../scope/belongs.ts';
import type { Breach } from '../../scope/breach.ts';
import { always, extentsOf, slackMs } from '../../scope/event-extents.ts';
import { type Basis, bases, type EvidenceAt } from '../../scope/extent.ts';
import type { ScopePlan } from '../../scope/plan.ts';
import { WebUsers } from '../../scope/web-users.ts';
import type { ParquetFile } from '../../store/parquet/read.ts';
import { KeptLines } from '../events/kept-lines.ts';
import { openAgain, openSegment } from '../events/open-segment.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { AlikeRows } from './alike-rows.ts';
import {
  askedRows,
  columnsIn,
  hasKinds,
  type RowColumns,
  rowsOfKinds,
  textOf,
} from './asked-rows.ts';
import { OpenedRows } from './opened-rows.ts';

export interface ReadBreachRequest {
  readonly breach: Breach;
  readonly segments: readonly StoreSegment[];
  readonly zoneOf: ZoneOf;
  readonly note: (unseen: Unseen) => void;
  readonly plan: ScopePlan;
}

export interface ReadBreach {
  /** Segments whose rows were looked at. */
  readonly segments: number;
  readonly rows: number;
  /** Lines that belong to the breach. */
  readonly events: number;
  /** Lines in these segments that no format understands. */
  readonly unparsed: number;
}

const dayMs = 86_400_000;
/** A line up to so much older than the one before is kept with that one's day. */
const lateMs = 3_600_000;
const pendingMax = 1_000_000;
const wholesMax = 100_000;

/** A read that a web server's log tells of, which does not say whose message it was. */
interface PendingRead {
  readonly event: AccessEvent;
  readonly at: EvidenceAt;
}

/** Goes through what a store keeps for what shows something of one breach. */
class BreachReading {
  private readonly request: ReadBreachRequest;
  private readonly requests = new RequestTimes();
  private readonly belongs: Belongs;
  private readonly users = new WebUsers();
  private readonly pending: PendingRead[] = [];
  private readonly decoder = new RowDecoder();
  private readonly lines = new KeptLines();
  private readonly transit: Basis | undefined;
  private readonly isWeb: boolean;
  private segments = 0;
  private rows = 0;
  private wholes = 0;
  /** Mailboxes in the plan, by code of their user in the segment in hand. */
  private numbers = new Int32Array(0);
  private numbersOf: ParquetFile | undefined;
  private events = 0;
  private unparsed = 0;

  constructor(request: ReadBreachRequest) {
    this.request = request;
    const { component } = request.breach;
    this.belongs = new Belongs(request.breach, this.requests);
    this.isWeb = (component?.behind?.length ?? 0) > 0;
    if (component?.inTransit === true) {
      this.transit = component.controlled === true ? 'in-transit' : 'passed';
    }
  }

  async run(): Promise<ReadBreach> {
    const asked = this.request.segments.filter(each => this.mayHold(each));
    // Which sessions are the attacker's shows once all of his requests are known.
    if (this.isWeb && this.request.breach.isAddress !== undefined) {
      for (const segment of asked) await this.open(segment, each => this.webRequests(each));
    }
    for (const segment of asked) {
      await this.open(segment, each => this.look(each));
      this.segments += 1;
    }
    if (this.pending.length > 0) {
      this.users.ask(this.pending.map(({ event }) => event.time.atMs ?? 0));
      for (const segment of asked) await this.open(segment, each => this.webUsers(each));
      this.settlePending();
    }
    const { segments, rows, events, unparsed } = this;
    return { segments, rows, events, unparsed };
  }

  private mayHold({ day, firstMs, lastMs }: StoreSegment): boolean {
    const { fromMs, toMs } = this.request.breach.window;
    const end = endOfDayMs(day);
    return (firstMs ?? end - dayMs - lateMs) <= toMs && (lastMs ?? end) >= fromMs;
  }

  private async open(segment: StoreSegment, look: (open: OpenedRows) => void): Promise<void> {
    const options = { ...this.request, lines: this.lines };
    try {
      const open = await openSegment(segment, options);
      if (open !== undefined) look(new OpenedRows(open));
    } catch (thrown) {
      const again = await openAgain(segment, options, thrown);
      if (again !== undefined) look(new OpenedRows(again));
    }
  }

  private webRequests({ file }: OpenedRows): void {
    const rest = textOf(file, 'rest');
    const component = textOf(file, 'component');
    const app = textOf(file, 'app');
    const address = textOf(file, 'address');
    const user = textOf(file, 'user');
    const times = file.numbers('time');
    for (let row = 0; row < file.rows; row += 1) {
      if (!(rest.text(rest.code(row)) ?? '').includes('"request":')) continue;
      const from = address.text(address.code(row));
      const atMs = times[row] ?? Number.NaN;
      const name = user.text(user.code(row));
      const appName = app.text(app.code(row));
      const event: AccessEvent = {
        kind: 'web.request',
        time: { original: '', ...(Number.isNaN(atMs) ? {} : { atMs }) },
        outcome: 'success',
        component: component.text(component.code(row)) ?? '',
        request: {},
        ...(from === undefined ? {} : { from: { ip: from } }),
        ...(name === undefined ? {} : { user: { name } }),
        ...(appName === undefined ? {} : { app: { name: appName } }),
      };
      if (this.belongs.isRequest(event)) this.requests.add(event);
    }
  }

  private look(open: OpenedRows): void {
    const { file } = open;
    this.unparsed += Number(file.metadata.get('postern.unparsed') ?? 0);
    this.rows += file.rows;
    const withTransit = this.transit !== undefined;
    if (!hasKinds(file, withTransit)) return;
    const columns = columnsIn(file);
    const needsSession = this.request.breach.sessions !== undefined;
    const asked = askedRows(file, withTransit, columns, this.belongs, needsSession);
    const { plain, whole, isCounted } = asked;
    if (plain.length + whole.length === 0) return;
    const allTimes = file.numbers('time');
    const times = (row: number): number => allTimes[row] ?? Number.NaN;
    // Their lines say how many bodies were read; where there are too many lines to look into, each is one at least.
    const uncounted =
      needsSession || this.wholes < wholesMax ? [] : whole.filter(row => isCounted(row));
    this.plainRows(open, columns, [...plain, ...uncounted], times);
    for (const row of whole) {
      if (uncounted.length === 0 || !isCounted(row)) this.wholeRow(open, row, times(row));
    }
    this.wholes += whole.length - uncounted.length;
  }

  /** Rows that differ in nothing but their times are one: the first and the last of them show all that they do. */
  private plainRows(
    open: OpenedRows,
    columns: RowColumns,
    rows: readonly number[],
    times: (row: number) => number,
  ): void {
    const { window, isAddress, accounts } = this.request.breach;
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
    const { toMs: end } = this.request.breach.window;
    const shown = extentsOf(event, this.belongs, end, undefined, this.transit);
    const isUntil = shown.every(
      ({ extent }) =>
        extent.is === 'mailbox' &&
        extent.span.fromMs === always &&
        extent.span.toMs === firstMs + slackMs &&
        extent.span.lookedMs === firstMs,
    );
    if (!isUntil) return false;
    const { plan } = this.request;
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
    return code => {
      let number = numbers[code] ?? 0;
      if (number === 0) {
        number = this.request.plan.numberOf(user.text(code) ?? '');
        numbers[code] = number;
      }
      return number;
    };
  }

  /** By whom requests of a webmail can be told: who logged in to it, and whose sessions it opened around then. */
  private webUsers({ file }: OpenedRows): void {
    const { kind, outcome, component, user, address } = columnsIn(file);
    const times = file.numbers('time');
    const { belongs, users } = this;
    for (const row of rowsOfKinds(file, false)) {
      const what = kind.text(kind.code(row));
      if (what !== 'login' && what !== 'mailbox.open') continue;
      const name = user.text(user.code(row));
      const ip = address.text(address.code(row));
      const at = times[row] ?? Number.NaN;
      if (name === undefined || ip === undefined || Number.isNaN(at)) continue;
      if (outcome.text(outcome.code(row)) === 'failure') continue;
      const from = component.text(component.code(row));
      if (belongs.isNamedOwn(from)) users.login(ip, name, at);
      else if (belongs.isBehind(from, ip) && users.isAsked(at)) users.session(name, at);
    }
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
    const { fromMs, toMs } = this.request.breach.window;
    if (atMs < fromMs || atMs > toMs) return;
    const at = this.placeOf(open, row, Number.isNaN(atMs) ? undefined : atMs);
    try {
      const texts = open.texts(row);
      const text = open.text(row);
      const { parsed } = this.decoder.decode({ timeMs: at.atMs, texts }, text);
      if ('event' in parsed) this.event(parsed.event, at, 1);
    } catch (thrown) {
      this.request.note({
        what: open.path,
        why: messageOf(thrown),
        how: 'Run postern evidence verify.',
      });
    }
  }

  private event(event: AccessEvent, at: EvidenceAt, lines: number): void {
    const { belongs, transit } = this;
    const how = belongs.of(event);
    if (how === undefined) return;
    this.events += lines;
    const isWhose =
      event.kind === 'message.read' &&
      event.user === undefined &&
      event.request !== undefined &&
      event.messages !== undefined;
    if (isWhose && this.pending.length < pendingMax) {
      this.pending.push({ event, at });
      return;
    }
    this.show(event, at, lines, transit);
  }

  private show(event: AccessEvent, at: EvidenceAt, lines: number, transit?: Basis): void {
    const { toMs } = this.request.breach.window;
    for (const shown of extentsOf(event, this.belongs, toMs, at, transit)) {
      this.request.plan.add(lines === 1 ? shown : { ...shown, lines });
    }
  }

  private settlePending(): void {
    for (const { event, at } of this.pending) {
      const { users, isSure } = this.users.of(event.from?.ip, event.time.atMs ?? 0);
      if (users.length === 0) this.show(event, at, 1);
      for (const name of users) {
        // Of several that it may have been, nobody's reading is evidenced.
        const outcome = isSure ? event.outcome : 'unknown';
        this.show({ ...event, outcome, user: { name } }, at, 1);
      }
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

/** Tells what stored events show of a breach. */
export const readBreach = (request: ReadBreachRequest): Promise<ReadBreach> =>
  new BreachReading(request).run();
