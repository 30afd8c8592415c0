/** What became of a stream of the journal. */
export interface JournalReport {
  /** Entries that were handed on. */
  entries: number;
  /** Fields that were longer than is kept, and are named in their entry instead. */
  fieldsCut: number;
  /** Where it stopped being an export of the journal: byte and why. The rest was not read. */
  damage?: { readonly offset: number; readonly why: string };
}

/** One entry on one line. */
export interface JournalEntry {
  /** JSON, as `journalctl -o json --all` writes it. */
  readonly text: string;
  /** Bytes of the stream behind it. */
  readonly end: number;
}

/** Of all values of an entry: core dumps are in the journal, too. */
const entryBytesMax = 1 << 20;
const fieldsMax = 4_096;
/** systemd takes no longer name than 64 bytes. */
const nameBytesMax = 256;

const lineFeed = 0x0a;
const equals = 0x3d;
const lengthBytes = 8;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what journalctl writes as bytes.
const control = /[\0-\x08\x0b-\x1f\x7f-\x9f]/;

/** journalctl(1), `-o json`: a text, or its bytes as numbers where it is no UTF-8 or holds controls. */
const valueOf = (bytes: Buffer): string | readonly number[] => {
  try {
    const text = decoder.decode(bytes);
    if (!control.test(text)) return text;
  } catch {
    // No UTF-8.
  }
  return [...bytes];
};

type Values = (string | readonly number[])[];

/** A field that is given again has a list of values. */
const jsonOf = (fields: ReadonlyMap<string, Values>): string =>
  `{${[...fields]
    .map(([name, values]) => {
      const [only] = values;
      return `${JSON.stringify(name)}:${JSON.stringify(values.length === 1 ? only : values)}`;
    })
    .join(',')}}`;

/** Name of the field that says what is not kept of an entry. */
const leftAway = 'POSTERN_LEFT_AWAY';

/**
 * Reads the Journal Export Format (systemd.io/JOURNAL_EXPORT_FORMATS) as it comes: `NAME=text`, or a name, a length of
 * 64 bits and as many bytes. Every field of an entry is kept, in its order; what is longer than 1 MiB is named
 * in the entry instead. Memory: one entry. Never throws.
 */
export class JournalExport {
  readonly report: JournalReport = { entries: 0, fieldsCut: 0 };
  private readonly take: (entry: JournalEntry) => void;
  private rest: Buffer = Buffer.alloc(0);
  /** Bytes of the stream before `rest`. */
  private passed = 0;
  private fields = new Map<string, Values>();
  private count = 0;
  private bytes = 0;
  /** Bytes of a value that is too long that are yet to be passed over, its line feed included. */
  private skip = 0n;
  /** A text that is too long goes on up to the next line feed. */
  private isLong = false;

  constructor(take: (entry: JournalEntry) => void) {
    this.take = take;
  }

  push(chunk: Uint8Array): void {
    if (this.report.damage !== undefined) return;
    this.rest = Buffer.concat([this.rest, chunk]);
    let at = 0;
    while (this.report.damage === undefined) {
      const next = this.step(at);
      if (next === undefined) break;
      at = next;
    }
    this.rest = this.rest.subarray(at);
    this.passed += at;
  }

  /** No more comes: the last entry needs no empty line behind it. */
  end(): void {
    if (this.report.damage !== undefined) return;
    if (this.rest.length > 0 || this.skip > 0n || this.isLong)
      this.damaged(0, 'it ends within an entry');
    this.finish(this.passed);
  }

  /** @returns where the next field begins; `undefined` where more must come first. */
  private step(at: number): number | undefined {
    if (this.skip > 0n) return this.pass(at);
    if (this.isLong) return this.passText(at);
    const end = this.rest.indexOf(lineFeed, at);
    if (end < 0) {
      const isName =
        this.rest.length - at > nameBytesMax && this.equalsBefore(at, this.rest.length) < 0;
      if (isName) this.damaged(at, 'this is no field of the journal');
      else if (this.rest.length - at > entryBytesMax) return this.longText(at);
      return undefined;
    }
    if (end === at) {
      this.finish(this.passed + end + 1);
      return end + 1;
    }
    const sign = this.equalsBefore(at, end);
    if (sign >= 0) {
      this.add(this.name(at, sign), this.rest.subarray(sign + 1, end));
      return end + 1;
    }
    return this.binary(at, end);
  }

  private equalsBefore(at: number, end: number): number {
    const sign = this.rest.subarray(at, Math.min(end, at + nameBytesMax + 1)).indexOf(equals);
    return sign < 0 ? -1 : at + sign;
  }

  private name(at: number, end: number): string {
    return this.rest.toString('latin1', at, end);
  }

  /** The name ends at `end`; length and bytes follow. */
  private binary(at: number, end: number): number | undefined {
    if (end - at > nameBytesMax || !/^[A-Za-z0-9_]+$/.test(this.name(at, end))) {
      this.damaged(at, 'this is no field of the journal');
      return undefined;
    }
    const from = end + 1 + lengthBytes;
    if (this.rest.length < from) return undefined;
    const length = this.rest.readBigUInt64LE(end + 1);
    if (length > BigInt(entryBytesMax)) {
      this.leave(this.name(at, end), `${length} bytes`);
      this.skip = length + 1n;
      return from;
    }
    const to = from + Number(length);
    if (this.rest.length <= to) return undefined;
    if (this.rest[to] !== lineFeed) {
      this.damaged(to, 'a field of the journal does not end where it says');
      return undefined;
    }
    this.add(this.name(at, end), this.rest.subarray(from, to));
    return to + 1;
  }

  private pass(at: number): number | undefined {
    const have = this.rest.length - at;
    if (have === 0) return undefined;
    const step = this.skip < BigInt(have) ? Number(this.skip) : have;
    this.skip -= BigInt(step);
    return at + step;
  }

  /** A text that does not end within what is kept of an entry. */
  private longText(at: number): number {
    this.leave(
      this.name(at, this.equalsBefore(at, this.rest.length)),
      `more than ${entryBytesMax} bytes`,
    );
    this.isLong = true;
    return this.rest.length;
  }

  private passText(at: number): number | undefined {
    const end = this.rest.indexOf(lineFeed, at);
    this.isLong = end < 0;
    if (end >= 0) return end + 1;
    return this.rest.length > at ? this.rest.length : undefined;
  }

  private add(name: string, value: Buffer): void {
    this.bytes += name.length + value.length;
    this.count += 1;
    if (this.bytes > entryBytesMax || this.count > fieldsMax) {
      this.leave(name, `${value.length} bytes`);
      return;
    }
    const known = this.fields.get(name);
    if (known === undefined) this.fields.set(name, [valueOf(value)]);
    else known.push(valueOf(value));
  }

  private leave(name: string, size: string): void {
    this.report.fieldsCut += 1;
    const known = this.fields.get(leftAway) ?? [];
    if (known.length < 100) known.push(`${name}: ${size}`);
    this.fields.set(leftAway, known);
  }

  private finish(end: number): void {
    const { fields } = this;
    if (fields.size === 0) return;
    this.fields = new Map();
    this.count = 0;
    this.bytes = 0;
    this.report.entries += 1;
    this.take({ text: jsonOf(fields), end });
  }

  private damaged(at: number, why: string): void {
    this.report.damage = { offset: this.passed + at, why };
  }
}

/** Whether a log's first bytes are an export of the journal: journalctl writes the cursor first. */
export const isJournalExport = (head: string): boolean =>
  /^\n{0,4}__CURSOR=[^\n]{1,500}\n__/.test(head);
