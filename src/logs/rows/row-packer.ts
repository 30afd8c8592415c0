import type { AccessEvent } from '../../core/access-event.ts';
import type { ReadLine } from '../read-log.ts';
import { absent } from './columns.ts';
import { lineCheck } from './line-check.ts';
import {
  type CommonOfRows,
  has,
  isDecimal,
  nameShift,
  type PackedRows,
  packedOps,
  payloadShift,
} from './packed-rows.ts';

const namesMax = 250;
const wholeMax = 1 << 18;
const textMax = 1 << 18;
const roomMin = 1 << 14;
/** Numbers of a row that have a fixed form: there is always room for them. */
const fixedMax = 64;
const keyPattern = /^[A-Za-z0-9]{1,40}$/;
/** Of rows of one kind, so many that had other words are looked at. */
const recentMax = 4;

/** What is known of a name. */
class Name {
  readonly key: string;
  /** The number, where it stands. */
  readonly bits: number;
  /** The name that came behind it when it was last looked at. */
  follower: Name | undefined;

  constructor(key: string, number: number) {
    this.key = key;
    this.bits = number << nameShift;
  }
}

const loneSurrogate = /\p{Surrogate}/u;
const encoder = new TextEncoder();

/** Packs what was read of lines, so that another thread makes rows of it; the sink of whoever keeps a log. */
export class RowPacker {
  private count = 0;
  private numbers: Int32Array<ArrayBuffer> = new Int32Array(roomMin);
  private at = 0;
  private decimals: number[] = [];
  private text = '';
  private others: unknown[] = [];
  private time: AccessEvent['time'] | undefined;
  private common: CommonOfRows[] = [];
  private readonly commonByText = new Map<string, CommonOfRows>();
  /** By kind, those that came last. */
  private readonly recent = new Map<string | undefined, CommonOfRows[]>();
  private names: Name[] = [];
  private readonly byKey = new Map<string, Name>();
  private before: Name;

  constructor() {
    this.before = this.forget();
  }

  /** As `RowSink.add`. */
  add(lineInPart: number, log: string, { parsed, line, format, repeated }: ReadLine): void {
    if ('quiet' in parsed) return;
    if (this.at + fixedMax > this.numbers.length) this.grow();
    this.count += 1;
    const { truncated, joined } = line;
    const start = this.at;
    const { numbers } = this;
    numbers[start] = lineInPart;
    numbers[start + 1] = truncated === true || joined !== undefined ? absent : lineCheck(line.text);
    this.at = start + 4;
    this.number(line.number);
    let what = 0;
    if (repeated !== undefined) {
      what |= has.repeated;
      this.number(repeated);
    }
    if (truncated === true) what |= has.truncated;
    if (joined !== undefined) {
      what |= has.joined;
      this.number(joined);
    }
    if ('event' in parsed) {
      const { event } = parsed;
      numbers[start + 2] = this.commonOf(log, format, event);
      what |= this.event(event);
    } else {
      numbers[start + 2] = this.commonOf(log, format, undefined);
      what |= has.unparsed;
      this.string(parsed.unparsed);
    }
    // What has no fixed form may have taken other room.
    this.numbers[start + 3] = what;
  }

  /** What came since it was last taken. */
  take(): PackedRows {
    const { text } = this;
    const utf8 = encoder.encode(text);
    const isUtf16 = utf8.length !== text.length && loneSurrogate.test(text);
    const packed: PackedRows = {
      count: this.count,
      numbers: this.numbers.slice(0, this.at),
      decimals: Float64Array.from(this.decimals),
      texts: isUtf16 ? Uint8Array.from(Buffer.from(text, 'utf16le')) : utf8,
      isUtf16,
      common: this.common,
      names: this.names.map(({ key }) => key),
      others: this.others,
    };
    // Each part is read by itself.
    this.count = 0;
    this.at = 0;
    this.decimals = [];
    this.text = '';
    this.others = [];
    this.time = undefined;
    this.common = [];
    this.commonByText.clear();
    this.recent.clear();
    if (this.names.length >= namesMax) this.before = this.forget();
    return packed;
  }

  private event(event: AccessEvent): number {
    const { time, user, from, pid, session, tls, folder, count, bytes, detail, eventUid } = event;
    let what = 0;
    if (time !== this.time) {
      this.time = time;
      what |= has.time;
      this.composed(time);
    }
    if (user !== undefined) {
      if (user.uid === undefined) {
        what |= has.userName;
        this.string(user.name);
      } else {
        what |= has.user;
        this.composed(user);
      }
    }
    what |= this.ifAny(has.actor, event.actor) | this.ifAny(has.app, event.app);
    if (from !== undefined) {
      if (from.ip !== undefined && from.port === undefined && from.host === undefined) {
        what |= has.fromIp;
        this.string(from.ip);
      } else {
        what |= has.from;
        this.composed(from);
      }
    }
    what |= this.ifAny(has.through, event.through) | this.ifAny(has.to, event.to);
    if (pid !== undefined) {
      what |= has.pid;
      this.number(pid);
    }
    what |= this.ifText(has.session, session);
    if (tls !== undefined) what |= tls ? has.tls : has.notTls;
    what |= this.ifText(has.folder, folder) | this.ifAny(has.messages, event.messages);
    if (count !== undefined) {
      what |= has.count;
      this.number(count);
    }
    if (bytes !== undefined) {
      what |= has.bytes;
      this.number(bytes);
    }
    what |= this.ifText(has.detail, detail) | this.ifAny(has.request, event.request);
    if (event.change !== undefined) {
      what |= has.change;
      // Its names are a log's own.
      this.others.push(event.change);
    }
    return what | this.ifText(has.eventUid, eventUid) | this.ifAny(has.flags, event.flags);
  }

  private ifAny(bit: number, value: object | undefined): number {
    if (value === undefined) return 0;
    this.composed(value);
    return bit;
  }

  private ifText(bit: number, value: string | undefined): number {
    if (value === undefined) return 0;
    this.string(value);
    return bit;
  }

  /** Of a fixed form. */
  private string(value: string): void {
    this.text += value;
    this.numbers[this.at] = value.length;
    this.at += 1;
  }

  /** Of a fixed form. */
  private number(value: number): void {
    const whole = value | 0;
    if (whole === value && whole !== isDecimal && !Object.is(value, -0)) {
      this.numbers[this.at] = whole;
    } else {
      this.numbers[this.at] = isDecimal;
      this.decimals.push(value);
    }
    this.at += 1;
  }

  private commonOf(
    log: string,
    format: string | undefined,
    event: AccessEvent | undefined,
  ): number {
    const { kind, outcome, component, service, host, authMethod, direction } =
      event ?? ({} as Partial<AccessEvent>);
    let recent = this.recent.get(kind);
    if (recent === undefined) {
      recent = [];
      this.recent.set(kind, recent);
    }
    for (const known of recent) {
      if (
        known.outcome === outcome &&
        known.component === component &&
        known.service === service &&
        known.host === host &&
        known.authMethod === authMethod &&
        known.direction === direction &&
        known.format === format &&
        known.log === log
      ) {
        return known.place;
      }
    }
    const found = this.commonNamed({
      log,
      format,
      kind,
      outcome,
      component,
      service,
      host,
      authMethod,
      direction,
    });
    if (recent.length >= recentMax) recent.shift();
    recent.push(found);
    return found.place;
  }

  private commonNamed(words: Omit<CommonOfRows, 'place'>): CommonOfRows {
    const text = JSON.stringify(words);
    const known = this.commonByText.get(text);
    if (known !== undefined) return known;
    const common = { ...words, place: this.common.length };
    this.common.push(common);
    this.commonByText.set(text, common);
    return common;
  }

  private forget(): Name {
    const none = new Name('', 0);
    this.names = [none];
    this.byKey.clear();
    return none;
  }

  private grow(): void {
    const grown = new Int32Array(this.numbers.length * 2);
    grown.set(this.numbers);
    this.numbers = grown;
  }

  private put(number: number): void {
    if (this.at + fixedMax > this.numbers.length) this.grow();
    this.numbers[this.at] = number;
    this.at += 1;
  }

  /** @returns undefined for a key that gets no number. */
  private name(key: string): Name | undefined {
    const { before } = this;
    const { follower } = before;
    // Objects of one kind have their members in one order.
    if (follower?.key === key) {
      this.before = follower;
      return follower;
    }
    const name = this.byKey.get(key) ?? this.learn(key);
    if (name === undefined) return undefined;
    before.follower = name;
    this.before = name;
    return name;
  }

  private learn(key: string): Name | undefined {
    if (this.names.length >= namesMax || !keyPattern.test(key)) return undefined;
    const name = new Name(key, this.names.length);
    this.names.push(name);
    this.byKey.set(key, name);
    return name;
  }

  private composed(value: object): void {
    if (Array.isArray(value)) {
      for (const each of value as readonly unknown[]) this.value(0, each);
    } else this.members(value);
    this.put(packedOps.end);
  }

  private members(value: object): void {
    const members = value as Readonly<Record<string, unknown>>;
    for (const key in members) {
      const each = members[key];
      if (each === undefined) continue;
      const name = this.name(key);
      if (name !== undefined) this.value(name.bits, each);
      else {
        // The member's name is among the others, too.
        this.put(packedOps.other);
        this.others.push(key, each);
      }
    }
  }

  private value(bits: number, value: unknown): void {
    if (typeof value === 'string' && value.length < textMax) {
      this.text += value;
      this.put(packedOps.text | bits | (value.length << payloadShift));
    } else if (typeof value === 'number') this.anyNumber(bits, value);
    else if (typeof value === 'boolean')
      this.put((value ? packedOps.true : packedOps.false) | bits);
    else if (value === null) this.put(packedOps.null | bits);
    else if (typeof value === 'object') {
      this.put((Array.isArray(value) ? packedOps.array : packedOps.object) | bits);
      this.composed(value);
    } else {
      this.put(packedOps.other | bits);
      this.others.push(value);
    }
  }

  private anyNumber(bits: number, value: number): void {
    if (Math.abs(value) < wholeMax && Number.isInteger(value) && !Object.is(value, -0)) {
      this.put(packedOps.whole | bits | (value << payloadShift));
    } else {
      this.put(packedOps.decimal | bits);
      this.decimals.push(value);
    }
  }
}
