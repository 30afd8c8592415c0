import type { AccessEvent } from '../../core/access-event.ts';
import type { LogLine } from '../../core/log-line.ts';
import type { Draft } from '../draft.ts';
import type { ReadLine } from '../read-log.ts';
import { absent } from './columns.ts';
import { lineCheck } from './line-check.ts';
import {
  type CommonOfRows,
  has,
  isDecimal,
  nameMask,
  nameShift,
  type PackedRows,
  packedOps,
  payloadShift,
} from './packed-rows.ts';
import type { RowSink } from './row-sink.ts';

/** All that an event can have, so that nothing that is added to it is forgotten here. */
type Whole = { readonly [Key in keyof AccessEvent]-?: AccessEvent[Key] | undefined };

/** Reads what `RowPacker` wrote, from its beginning to its end. */
class Unpacking {
  private readonly packed: PackedRows;
  private readonly text: string;
  private time: unknown;
  private at = 0;
  private decimalsRead = 0;
  private charactersRead = 0;
  private othersRead = 0;

  constructor(packed: PackedRows) {
    this.packed = packed;
    const { buffer, byteOffset, byteLength } = packed.texts;
    const texts = Buffer.from(buffer, byteOffset, byteLength);
    this.text = texts.toString(packed.isUtf16 ? 'utf16le' : 'utf8');
  }

  next(): number {
    const number = this.packed.numbers[this.at] ?? 0;
    this.at += 1;
    return number;
  }

  number(): number {
    const number = this.next();
    return number === isDecimal ? this.decimal() : number;
  }

  string(): string {
    return this.textOf(this.next());
  }

  event(what: number, common: CommonOfRows): AccessEvent {
    if ((what & has.time) !== 0) this.time = this.object();
    const { kind, outcome, component, service, host, authMethod, direction } = common;
    // Members are read in the order in which they were packed.
    const event: Whole = {
      kind: kind as AccessEvent['kind'],
      time: this.time as AccessEvent['time'],
      outcome: outcome as AccessEvent['outcome'],
      user: this.user(what),
      actor: this.objectIf(what & has.actor) as AccessEvent['actor'],
      app: this.objectIf(what & has.app),
      from: this.from(what),
      through: this.objectIf(what & has.through),
      to: this.objectIf(what & has.to),
      component: component ?? '',
      service,
      host,
      pid: this.numberIf(what & has.pid),
      session: this.stringIf(what & has.session),
      authMethod,
      tls: (what & has.tls) !== 0 ? true : (what & has.notTls) !== 0 ? false : undefined,
      folder: this.stringIf(what & has.folder),
      messages: this.arrayIf(what & has.messages) as AccessEvent['messages'],
      count: this.numberIf(what & has.count),
      bytes: this.numberIf(what & has.bytes),
      direction: direction as AccessEvent['direction'],
      detail: this.stringIf(what & has.detail),
      request: this.objectIf(what & has.request),
      change: (what & has.change) !== 0 ? (this.other() as AccessEvent['change']) : undefined,
      eventUid: this.stringIf(what & has.eventUid),
      flags: this.arrayIf(what & has.flags) as AccessEvent['flags'],
    };
    return event as AccessEvent;
  }

  private user(what: number): AccessEvent['user'] {
    if ((what & has.userName) !== 0) return { name: this.string() };
    return this.objectIf(what & has.user) as AccessEvent['user'];
  }

  private from(what: number): AccessEvent['from'] {
    if ((what & has.fromIp) !== 0) return { ip: this.string() };
    return this.objectIf(what & has.from);
  }

  private numberIf(bit: number): number | undefined {
    return bit === 0 ? undefined : this.number();
  }

  private stringIf(bit: number): string | undefined {
    return bit === 0 ? undefined : this.string();
  }

  private objectIf(bit: number): Record<string, unknown> | undefined {
    return bit === 0 ? undefined : this.object();
  }

  private arrayIf(bit: number): readonly unknown[] | undefined {
    return bit === 0 ? undefined : this.array();
  }

  private textOf(length: number): string {
    const to = this.charactersRead + length;
    const value = this.text.slice(this.charactersRead, to);
    this.charactersRead = to;
    return value;
  }

  private decimal(): number {
    const decimal = this.packed.decimals[this.decimalsRead] ?? Number.NaN;
    this.decimalsRead += 1;
    return decimal;
  }

  private other(): unknown {
    const other = this.packed.others[this.othersRead];
    this.othersRead += 1;
    return other;
  }

  private object(): Record<string, unknown> {
    const { names } = this.packed;
    const members: Record<string, unknown> = {};
    for (let number = this.next(); number !== packedOps.end; number = this.next()) {
      const name = (number >>> nameShift) & nameMask;
      if (name > 0) members[names[name] ?? ''] = this.value(number);
      else {
        // A name that a log chose.
        const key = String(this.other());
        const value = this.other();
        Object.defineProperty(members, key, {
          value,
          configurable: true,
          enumerable: true,
          writable: true,
        });
      }
    }
    return members;
  }

  private array(): unknown[] {
    const items: unknown[] = [];
    for (let number = this.next(); number !== packedOps.end; number = this.next()) {
      items.push(this.value(number));
    }
    return items;
  }

  private value(number: number): unknown {
    switch (number & ((1 << nameShift) - 1)) {
      case packedOps.text:
        return this.textOf(number >> payloadShift);
      case packedOps.whole:
        return number >> payloadShift;
      case packedOps.object:
        return this.object();
      case packedOps.array:
        return this.array();
      case packedOps.true:
        return true;
      case packedOps.false:
        return false;
      case packedOps.decimal:
        return this.decimal();
      case packedOps.other:
        return this.other();
      default:
        return null;
    }
  }
}

/**
 * Gives a sink what was packed, as if the lines had just been read.
 *
 * @param textOf text of a line of the part, by its place there; undefined where there is no such line.
 * @returns whether the rows are of these lines.
 */
export const unpackRows = (
  packed: PackedRows,
  sink: RowSink,
  textOf: (lineInPart: number, isFirst: boolean) => string | undefined,
): boolean => {
  const unpacking = new Unpacking(packed);
  for (let row = 0; row < packed.count; row += 1) {
    const lineInPart = unpacking.next();
    const check = unpacking.next();
    const common = packed.common[unpacking.next()];
    const what = unpacking.next();
    const number = unpacking.number();
    const text = check === absent ? '' : textOf(lineInPart, number === 1);
    if (common === undefined || text === undefined) return false;
    if (check !== absent && lineCheck(text) !== check) return false;
    const line: Draft<LogLine> = { text, number };
    const repeated = (what & has.repeated) === 0 ? undefined : unpacking.number();
    if ((what & has.truncated) !== 0) line.truncated = true;
    if ((what & has.joined) !== 0) line.joined = unpacking.number();
    const read: Draft<ReadLine> = {
      line,
      parsed:
        (what & has.unparsed) === 0
          ? { event: unpacking.event(what, common) }
          : { unparsed: unpacking.string() },
    };
    if (common.format !== undefined) read.format = common.format;
    if (repeated !== undefined) read.repeated = repeated;
    sink.add(lineInPart, common.log, read);
  }
  return true;
};
