import type { AccessEvent } from '../../core/access-event.ts';
import type { Unseen } from '../../core/unseen.ts';
import { endOfDayMs } from '../../evidence/days.ts';
import { RequestTimes } from '../../scope/belongs.ts';
import type { Breach } from '../../scope/breach.ts';
import type { ScopePlan } from '../../scope/plan.ts';
import { WebUsers } from '../../scope/web-users.ts';
import { KeptLines } from '../events/kept-lines.ts';
import { openAgain, openSegment } from '../events/open-segment.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { columnsIn, rowsOfKinds, textOf } from './asked-rows.ts';
import { BreachHelper } from './breach-helper.ts';
import { BreachRows, pendingMax } from './breach-rows.ts';
import type { BreachShare } from './breach-thread.ts';
import { BreachTurns, sharedTurns } from './breach-turns.ts';
import { OpenedRows } from './opened-rows.ts';

export interface ReadBreachRequest {
  readonly breach: Breach;
  readonly segments: readonly StoreSegment[];
  readonly zoneOf: ZoneOf;
  readonly note: (unseen: Unseen) => void;
  readonly plan: ScopePlan;
  /** For a second thread; undefined: this one alone. */
  readonly help?: BreachHelp | undefined;
  /** For tests: segments from which on a second thread is of help, lines that are looked into. */
  readonly tuning?: { readonly segmentsMin?: number; readonly wholesMax?: number };
}

interface BreachHelp {
  /** Of the pseudonyms of Message-IDs; undefined where there is none: such messages cannot be looked for. */
  readonly key: Uint8Array | undefined;
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
/** Lines that are looked into; where there are more, each read is one body at least. */
const wholesMax = 100_000;
/** A segment takes some ten milliseconds, starting a thread a hundred. */
const helpedSegments = 48;

type Look = (open: OpenedRows, index: number) => Promise<void> | void;

/** Goes through what a store keeps for what shows something of one breach. */
class BreachReading {
  private readonly request: ReadBreachRequest;
  private readonly asked: readonly StoreSegment[];
  private readonly requests = new RequestTimes();
  private readonly read: BreachRows;
  private readonly users = new WebUsers();
  private readonly lines = new KeptLines();
  /** By segment, in the order of which they are told. */
  private readonly notes: (readonly [index: number, note: Unseen])[] = [];
  private index = 0;

  constructor(request: ReadBreachRequest) {
    this.request = request;
    this.asked = request.segments.filter(each => this.mayHold(each));
    const note = (unseen: Unseen): void => void this.notes.push([this.index, unseen]);
    this.read = new BreachRows({ ...request, note }, this.requests);
  }

  async run(): Promise<ReadBreach> {
    const { asked } = this;
    const { component, isAddress } = this.request.breach;
    // Which sessions are the attacker's shows once all of his requests are known.
    if ((component?.behind?.length ?? 0) > 0 && isAddress !== undefined) {
      await this.eachOf(each => this.webRequests(each));
    }
    await this.look();
    const { read } = this;
    if (read.pending.length > 0) {
      this.users.ask(read.pending.map(({ event }) => event.time.atMs ?? 0));
      await this.eachOf(each => this.webUsers(each));
      this.settlePending();
    }
    const { rows, events, unparsed } = read;
    return { segments: asked.length, rows, events, unparsed };
  }

  private mayHold({ day, firstMs, lastMs }: StoreSegment): boolean {
    const { fromMs, toMs } = this.request.breach.window;
    const end = endOfDayMs(day);
    return (firstMs ?? end - dayMs - lateMs) <= toMs && (lastMs ?? end) >= fromMs;
  }

  private async eachOf(look: Look): Promise<void> {
    for (let index = 0; index < this.asked.length; index += 1) await this.open(index, look);
    this.tellNotes();
  }

  private get opening(): Pick<ReadBreachRequest, 'zoneOf' | 'note'> & {
    readonly lines: KeptLines;
  } {
    const note = (unseen: Unseen): void => void this.notes.push([this.index, unseen]);
    return { zoneOf: this.request.zoneOf, note, lines: this.lines };
  }

  private async open(index: number, look: Look): Promise<void> {
    const segment = this.asked[index];
    if (segment === undefined) return;
    this.index = index;
    try {
      const open = await openSegment(segment, this.opening);
      if (open !== undefined) await look(new OpenedRows(open), index);
    } catch (thrown) {
      await this.again(index, thrown, look);
    }
  }

  /** Where rows are damaged. */
  private async again(index: number, thrown: unknown, look: Look): Promise<void> {
    const segment = this.asked[index];
    if (segment === undefined) return;
    this.index = index;
    const again = await openAgain(segment, this.opening, thrown);
    if (again !== undefined) await look(new OpenedRows(again), index);
  }

  /** All segments, the first of them with another thread where that is of help. */
  private async look(): Promise<void> {
    const { asked, request } = this;
    const { breach, help, tuning } = request;
    // Lines without rows are read here: the other thread does not know their zone, and has no file of them.
    const bare = asked.findIndex(each => !each.hasRows || each.spool !== undefined);
    const count = bare < 0 ? asked.length : bare;
    const isHelped =
      help !== undefined &&
      breach.isAddress === undefined &&
      count >= (tuning?.segmentsMin ?? helpedSegments);
    const wholes = isHelped ? await this.lookTogether(asked.slice(0, count), help) : 0;
    await this.lookAlone(isHelped ? count : 0, wholes);
    this.tellNotes();
  }

  /** @param wholes lines of the segments before that were looked into */
  private async lookAlone(from: number, wholes: number): Promise<void> {
    let before = wholes;
    for (let index = from; index < this.asked.length; index += 1) {
      let own = 0;
      await this.open(index, opened => {
        const found = this.read.look(opened, index);
        if (found === undefined) return;
        this.read.show(found, before >= this.wholesMax);
        own = found.asked.whole.length;
      });
      before += own;
    }
  }

  /** @returns how many lines have to be looked into */
  private async lookTogether(
    segments: readonly StoreSegment[],
    { key }: BreachHelp,
  ): Promise<number> {
    const { breach } = this.request;
    const turns = sharedTurns(segments.length);
    const helper = new BreachHelper({ breach, segments, turns, wholesMax: this.wholesMax, key });
    const own = new BreachTurns(turns);
    const stillThere = async (): Promise<void> => await helper.stillThere();
    const lookAt = async (index: number): Promise<void> => {
      await this.open(index, async opened => {
        const found = this.read.look(opened, index);
        if (!own.isTold(index)) own.tell(index, found?.asked.whole.length ?? 0);
        const wholes = await own.before(index, lookAt, stillThere);
        this.index = index;
        if (found !== undefined) this.read.show(found, wholes >= this.wholesMax);
      });
      // There is no reading it.
      if (!own.isTold(index)) own.tell(index, 0);
    };
    try {
      for (let index = own.take(); index !== undefined; index = own.take()) await lookAt(index);
      const wholes = await own.before(segments.length, lookAt, stillThere);
      const share = await helper.share();
      this.join(share);
      for (const { index, why } of share.failed) {
        await this.again(index, new Error(why), opened => {
          const found = this.read.look(opened, index);
          if (found !== undefined) this.read.show(found, own.sumTo(index) >= this.wholesMax);
        });
      }
      return wholes;
    } finally {
      await helper.close();
    }
  }

  private get wholesMax(): number {
    return this.request.tuning?.wholesMax ?? wholesMax;
  }

  /** Takes over what another thread found. */
  private join({ plan, pending, rows, events, unparsed, notes }: BreachShare): void {
    const { read } = this;
    this.request.plan.addAll(plan);
    read.rows += rows;
    read.events += events;
    read.unparsed += unparsed;
    this.notes.push(...notes);
    const all = [...read.pending, ...pending].toSorted((a, b) => a.index - b.index);
    read.pending.splice(0, read.pending.length, ...all.slice(0, pendingMax));
    for (const each of all.slice(pendingMax)) read.settleUnknown(each);
  }

  /** In the order of the segments that they are about, whoever read which. */
  private tellNotes(): void {
    const notes = this.notes.toSorted(([a], [b]) => a - b);
    this.notes.length = 0;
    for (const [, note] of notes) this.request.note(note);
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
      if (this.read.belongs.isRequest(event)) this.requests.add(event);
    }
  }

  /** By whom requests of a webmail can be told: who logged in to it, and whose sessions it opened around then. */
  private webUsers({ file }: OpenedRows): void {
    const { kind, outcome, component, user, address } = columnsIn(file);
    const times = file.numbers('time');
    const { users } = this;
    const { belongs } = this.read;
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

  private settlePending(): void {
    for (const { event, at } of this.read.pending) {
      const { users, isSure } = this.users.of(event.from?.ip, event.time.atMs ?? 0);
      if (users.length === 0) this.read.settle(event, at);
      for (const name of users) {
        // Of several that it may have been, nobody's reading is evidenced.
        const outcome = isSure ? event.outcome : 'unknown';
        this.read.settle({ ...event, outcome, user: { name } }, at);
      }
    }
  }
}

/** Tells what stored events show of a breach. */
export const readBreach = (request: ReadBreachRequest): Promise<ReadBreach> =>
  new BreachReading(request).run();
