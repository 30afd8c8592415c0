import type { AccessEvent } from '../../core/access-event.ts';
import type { ReadLine } from '../read-log.ts';
import { absent, type TextColumn, textColumns, unparsedKind } from './columns.ts';
import { RestEncoder } from './encode.ts';
import { Interner } from './interner.ts';
import { lineCheck } from './line-check.ts';

export type Interners = Readonly<Record<TextColumn, Interner>>;

/**
 * What was made of the lines of one append: travels as `AppendedLines.rows` with their bytes. Nobody but the maker
 * of rows looks into it. One number a row in each list, in the order of the lines.
 */
export interface RowPart {
  readonly count: number;
  /** 0-based place among the lines of the part. */
  readonly lineInPart: Int32Array;
  /** 1-based line or record in its log. */
  readonly sequence: Float64Array;
  /** Milliseconds since 1970; NaN where no time can be told. */
  readonly timeMs: Float64Array;
  /** What the bytes of the line must show, so that nothing refers to another line; -1 where nothing refers to it. */
  readonly check: Int32Array;
  readonly codes: Readonly<Record<TextColumn, Int32Array>>;
  /** The texts that the codes stand for; shared by the parts of a sink. */
  readonly interners: Interners;
}

/** Texts of one sink: beyond these, it begins anew. */
const textsMax = 200_000;
const textCharsMax = 8 << 20;

/** Beyond the year 37,000 a time is no time of a log, and kept with the rest. */
const timeMsMax = 2 ** 50;

const newInterners = (): Interners => {
  const interners: Partial<Record<TextColumn, Interner>> = {};
  for (const column of textColumns) interners[column] = new Interner();
  return interners as Interners;
};

/** Lists that grow together. */
class Rows {
  count = 0;
  private room = 512;
  lineInPart: Int32Array = new Int32Array(512);
  sequence: Float64Array = new Float64Array(512);
  timeMs: Float64Array = new Float64Array(512);
  check: Int32Array = new Int32Array(512);
  readonly codes: Record<TextColumn, Int32Array>;

  constructor() {
    const codes: Partial<Record<TextColumn, Int32Array>> = {};
    for (const column of textColumns) codes[column] = new Int32Array(this.room).fill(absent);
    this.codes = codes as Record<TextColumn, Int32Array>;
  }

  /** Place for one more. */
  next(): number {
    if (this.count === this.room) this.grow();
    this.count += 1;
    return this.count - 1;
  }

  private grow(): void {
    this.room *= 2;
    const ints = (old: Int32Array): Int32Array => {
      const grown = new Int32Array(this.room).fill(absent);
      grown.set(old);
      return grown;
    };
    const floats = (old: Float64Array): Float64Array => {
      const grown = new Float64Array(this.room);
      grown.set(old);
      return grown;
    };
    this.lineInPart = ints(this.lineInPart);
    this.check = ints(this.check);
    this.sequence = floats(this.sequence);
    this.timeMs = floats(this.timeMs);
    for (const column of textColumns) this.codes[column] = ints(this.codes[column]);
  }
}

/** Gathers what became of the lines of one source, part by part; a part is what one append keeps. */
export class RowSink {
  private interners = newInterners();
  private readonly encoder = new RestEncoder();
  private rows = new Rows();

  /**
   * @param lineInPart 0-based place of the line, among the lines (ended by LF each) of the bytes that are appended
   *   with this part; of a record that lies over several lines, that of its first.
   * @param log what `metadata.log_name` says: the path of the file, the name of the feed.
   */
  add(lineInPart: number, log: string, read: ReadLine): void {
    const { parsed, line, format, repeated } = read;
    // Quiet lines say nothing of access: their bytes are kept, and that is all.
    if ('quiet' in parsed) return;
    const at = this.rows.next();
    const { rows, encoder } = this;
    const isVerbatim = line.truncated !== true && line.joined === undefined;
    rows.lineInPart[at] = lineInPart;
    rows.sequence[at] = line.number;
    rows.check[at] = isVerbatim ? lineCheck(line.text) : absent;
    this.set('log', at, log);
    if (format !== undefined) this.set('format', at, format);
    encoder.begin(isVerbatim ? line.text : undefined);
    if ('event' in parsed) {
      this.event(at, parsed.event);
      if (repeated !== undefined) encoder.put('@repeated', repeated);
    } else {
      rows.timeMs[at] = Number.NaN;
      this.set('kind', at, unparsedKind);
      encoder.put('@unparsed', parsed.unparsed);
      if (line.truncated === true) encoder.put('@truncated', true);
    }
    if (line.joined !== undefined) encoder.put('@lines', line.joined);
    const { rest, more } = encoder.end();
    this.set('rest', at, rest);
    if (more !== undefined) this.set('more', at, more);
  }

  /** What came since it was last taken. */
  take(): RowPart {
    const { rows, interners } = this;
    this.rows = new Rows();
    if (isFull(interners)) this.interners = newInterners();
    const { count, lineInPart, sequence, timeMs, check, codes } = rows;
    return { count, lineInPart, sequence, timeMs, check, codes, interners };
  }

  /** @returns whether the column gives back the very text. */
  private set(column: TextColumn, at: number, text: string): boolean {
    const interner = this.interners[column];
    const code = interner.code(text);
    this.rows.codes[column][at] = code;
    return interner.isExact(code);
  }

  private event(at: number, event: AccessEvent): void {
    const { encoder } = this;
    for (const key of Object.keys(event) as (keyof AccessEvent)[]) {
      const value = event[key];
      if (value !== undefined && !this.column(at, key, event)) encoder.put(key, value);
    }
  }

  /** What has a column of its own goes there. @returns whether nothing of it is left. */
  private column(at: number, key: keyof AccessEvent, event: AccessEvent): boolean {
    if (isPlain(key)) {
      const value = event[key];
      return value === undefined || this.set(key, at, value);
    }
    if (key === 'time') this.time(at, event.time);
    else if (key === 'user' || key === 'actor') return this.person(at, key, event[key]);
    else if (key === 'from') return this.address(at, event.from);
    else if (key === 'app') return this.app(at, event.app);
    else return false;
    return true;
  }

  private time(at: number, time: AccessEvent['time']): void {
    const { atMs, ...rest } = time;
    const isExact = Number.isInteger(atMs) && Math.abs(atMs ?? 0) <= timeMsMax;
    this.rows.timeMs[at] = isExact ? (atMs ?? 0) : Number.NaN;
    this.encoder.put('time', isExact ? rest : time);
  }

  private person(at: number, key: 'user' | 'actor', person: AccessEvent['user']): boolean {
    if (person === undefined) return true;
    if (!this.set(key, at, person.name)) return false;
    if (person.uid !== undefined) this.encoder.put(key, { uid: person.uid });
    return true;
  }

  private address(at: number, from: AccessEvent['from']): boolean {
    if (from === undefined) return true;
    const { ip, ...rest } = from;
    if (ip === undefined || !this.set('address', at, ip)) return false;
    if (Object.keys(rest).length > 0) this.encoder.put('from', rest);
    return true;
  }

  private app(at: number, app: AccessEvent['app']): boolean {
    const { name, uid } = app ?? {};
    const text = uid ?? name;
    if (text === undefined || !this.set('app', at, text)) return false;
    if (name !== undefined && uid !== undefined) return false;
    this.encoder.put('app', uid === undefined ? 'name' : 'uid');
    return true;
  }
}

const plainKeys = ['kind', 'outcome', 'component', 'service', 'host', 'folder'] as const;
const plain: ReadonlySet<string> = new Set(plainKeys);
const isPlain = (key: string): key is (typeof plainKeys)[number] => plain.has(key);

const isFull = (interners: Interners): boolean => {
  let texts = 0;
  let chars = 0;
  for (const column of textColumns) {
    texts += interners[column].texts.length;
    chars += interners[column].chars;
  }
  return texts > textsMax || chars > textCharsMax;
};
