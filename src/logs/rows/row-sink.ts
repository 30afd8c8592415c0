import type { AccessEvent } from '../../core/access-event.ts';
import type { ReadLine } from '../read-log.ts';
import { absent, type TextColumn, textColumns, unparsedKind } from './columns.ts';
import { RestEncoder } from './encode.ts';
import { Interner } from './interner.ts';
import { lineCheck } from './line-check.ts';
import type { Template } from './template.ts';

type Interners = Readonly<Record<TextColumn, Interner>>;

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
const roomMin = 512;
/** Values of more characters, all of one row's, are hardly those of another row. */
const sharedCharsMax = 40;

const forEachColumn = <T>(make: () => T): Record<TextColumn, T> =>
  Object.fromEntries(textColumns.map(column => [column, make()])) as Record<TextColumn, T>;

const grownInts = (old: Int32Array, room: number): Int32Array => {
  const grown = new Int32Array(room).fill(absent);
  grown.set(old);
  return grown;
};

const grownFloats = (old: Float64Array, room: number): Float64Array => {
  const grown = new Float64Array(room);
  grown.set(old);
  return grown;
};

/** One column of texts: the numbers of a part, and what they stand for. */
class Column {
  codes: Int32Array = new Int32Array(roomMin).fill(absent);
  interner = new Interner();

  /** @returns whether the column gives back the very text. */
  set(at: number, text: string): boolean {
    const code = this.interner.code(text);
    this.codes[at] = code;
    return this.interner.isExact(code);
  }

  /** The same of a text of which there are few. */
  setWord(at: number, text: string): boolean {
    const code = this.interner.word(text);
    this.codes[at] = code;
    return this.interner.isExact(code);
  }

  /** A text that is of this row, unless it is a short one. */
  setOwn(at: number, text: string): void {
    const { interner } = this;
    this.codes[at] = text.length < sharedCharsMax ? interner.code(text) : interner.next(text);
  }

  setTemplate(at: number, template: Template): void {
    const { interner } = this;
    if (template.numberedBy !== interner) {
      template.numberedBy = interner;
      template.code = interner.code(template.text);
    }
    this.codes[at] = template.code;
  }
}

/** Gathers what became of the lines of one source, part by part; a part is what one append keeps. */
export class RowSink {
  private readonly encoder = new RestEncoder();
  private readonly columns: Readonly<Record<TextColumn, Column>> = forEachColumn(
    () => new Column(),
  );
  private count = 0;
  private room = roomMin;
  private lineInPart: Int32Array = new Int32Array(roomMin);
  private sequence: Float64Array = new Float64Array(roomMin);
  private timeMs: Float64Array = new Float64Array(roomMin);
  private check: Int32Array = new Int32Array(roomMin);

  /**
   * @param lineInPart 0-based place of the line, among the lines (ended by LF each) of the bytes that are appended
   *   with this part; of a record that lies over several lines, that of its first.
   * @param log what `metadata.log_name` says: the path of the file, the name of the feed.
   */
  add(lineInPart: number, log: string, read: ReadLine): void {
    const { parsed, line, format, repeated } = read;
    // Quiet lines say nothing of access: their bytes are kept, and that is all.
    if ('quiet' in parsed) return;
    if (this.count === this.room) this.grow();
    const at = this.count;
    this.count += 1;
    const { columns, encoder } = this;
    const isVerbatim = line.truncated !== true && line.joined === undefined;
    this.lineInPart[at] = lineInPart;
    this.sequence[at] = line.number;
    this.check[at] = isVerbatim ? lineCheck(line.text) : absent;
    columns.log.set(at, log);
    if (format !== undefined) columns.format.setWord(at, format);
    const kind = 'event' in parsed ? parsed.event.kind : unparsedKind;
    const isKindExact = columns.kind.setWord(at, kind);
    encoder.begin(isVerbatim ? line.text : undefined, columns.kind.codes[at] ?? 0);
    if (!isKindExact) encoder.put('kind', kind);
    if ('event' in parsed) {
      this.event(at, parsed.event);
      if (repeated !== undefined) encoder.put('@repeated', repeated);
    } else {
      this.timeMs[at] = Number.NaN;
      encoder.put('@unparsed', parsed.unparsed);
      if (line.truncated === true) encoder.put('@truncated', true);
    }
    if (line.joined !== undefined) encoder.put('@lines', line.joined);
    const { rest, more } = encoder.end();
    columns.rest.setTemplate(at, rest);
    if (more !== undefined) columns.more.setOwn(at, more);
  }

  /** What came since it was last taken. */
  take(): RowPart {
    const { count, columns } = this;
    const codes = forEachColumn((): Int32Array => new Int32Array(0));
    const interners: Partial<Record<TextColumn, Interner>> = {};
    let texts = 0;
    let chars = 0;
    for (const column of textColumns) {
      const { interner } = columns[column];
      codes[column] = columns[column].codes.slice(0, count);
      columns[column].codes.fill(absent, 0, count);
      interners[column] = interner;
      texts += interner.texts.length;
      chars += interner.chars;
    }
    if (texts > textsMax || chars > textCharsMax) {
      for (const column of textColumns) columns[column].interner = new Interner();
    }
    this.count = 0;
    return {
      count,
      lineInPart: this.lineInPart.slice(0, count),
      sequence: this.sequence.slice(0, count),
      timeMs: this.timeMs.slice(0, count),
      check: this.check.slice(0, count),
      codes,
      interners: interners as Interners,
    };
  }

  private grow(): void {
    this.room *= 2;
    const { room } = this;
    this.lineInPart = grownInts(this.lineInPart, room);
    this.check = grownInts(this.check, room);
    this.sequence = grownFloats(this.sequence, room);
    this.timeMs = grownFloats(this.timeMs, room);
    for (const column of textColumns) {
      this.columns[column].codes = grownInts(this.columns[column].codes, room);
    }
  }

  private event(at: number, event: AccessEvent): void {
    const { columns, encoder } = this;
    const { outcome, component, service, host, folder } = event;
    if (!columns.outcome.setWord(at, outcome)) encoder.put('outcome', outcome);
    if (!columns.component.setWord(at, component)) encoder.put('component', component);
    if (service !== undefined && !columns.service.setWord(at, service))
      encoder.put('service', service);
    if (host !== undefined && !columns.host.setWord(at, host)) encoder.put('host', host);
    if (folder !== undefined && !columns.folder.set(at, folder)) encoder.put('folder', folder);
    this.time(at, event.time);
    if (event.user !== undefined) this.person(at, 'user', event.user);
    if (event.actor !== undefined) this.person(at, 'actor', event.actor);
    if (event.from !== undefined) this.address(at, event.from);
    if (event.app !== undefined) this.app(at, event.app);
    encoder.putRest(event);
  }

  private time(at: number, time: AccessEvent['time']): void {
    const { atMs } = time;
    const isExact = Number.isInteger(atMs) && Math.abs(atMs ?? 0) <= timeMsMax;
    this.timeMs[at] = isExact ? (atMs ?? 0) : Number.NaN;
    if (isExact) this.encoder.putWithout('time', time, 'atMs');
    else this.encoder.put('time', time);
  }

  private person(
    at: number,
    key: 'user' | 'actor',
    person: NonNullable<AccessEvent['user']>,
  ): void {
    if (!this.columns[key].set(at, person.name)) this.encoder.put(key, person);
    else if (person.uid !== undefined) this.encoder.putWithout(key, person, 'name');
  }

  private address(at: number, from: NonNullable<AccessEvent['from']>): void {
    const { ip, port, host } = from;
    if (ip === undefined || !this.columns.address.set(at, ip)) this.encoder.put('from', from);
    else if (port !== undefined || host !== undefined) this.encoder.putWithout('from', from, 'ip');
  }

  private app(at: number, app: NonNullable<AccessEvent['app']>): void {
    const { name, uid } = app;
    const text = uid ?? name;
    if (text === undefined || !this.columns.app.set(at, text)) this.encoder.put('app', app);
    else if (name !== undefined && uid !== undefined) this.encoder.put('app', app);
    else this.encoder.put('app', uid === undefined ? 'name' : 'uid');
  }
}
