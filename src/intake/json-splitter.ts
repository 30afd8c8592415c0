import { isUtf8 } from 'node:buffer';
import type {
  JsonPiece,
  PieceFault,
  PieceFaultKind,
  PieceLimits,
  PiecesReport,
} from './json-piece.ts';
import { brackets, isOfScalar, isSpace, quote, type Scanned, ValueScan } from './json-scan.ts';

/** What the next value is: on the way to the pieces, a piece, a member that is kept, or none of these. */
type Role = 'way' | 'piece' | 'member' | 'skipped';

type Expecting =
  | 'value'
  | 'element or end'
  | 'key or end'
  | 'key'
  | 'colon'
  | 'comma or end'
  | 'nothing';

/** What is being read at this byte, where it is not the grammar between values. */
type Inside = 'none' | 'key' | Scanned;

const faultsMax = 100;
/** Of the top-level values that are kept; feeds have ten. */
const membersMax = 1_000;

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isScalar = (value: unknown): value is string | number | boolean | null =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

/** The grammar of the document down to the pieces; see `jsonPieces`. */
export class Splitter implements PiecesReport {
  pieces = 0;
  leftOut = 0;
  whole = false;
  readonly members: Map<string, string | number | boolean | null> = new Map();
  readonly faults: PieceFault[] = [];

  private readonly path: readonly string[];
  private readonly limits: PieceLimits;

  /** Bytes in front of the chunk that is read. */
  private offset = 0;
  private failed = false;
  private incomplete = false;
  private found = false;
  private expecting: Expecting = 'value';
  private readonly scan: ValueScan;
  private inside: Inside = 'none';
  private role: Role = 'way';
  /** Containers on the way that are open, the pieces' own among them: true for an object. */
  private readonly open: boolean[] = [];
  private readonly keys: Set<string>[] = [];
  private key: string | undefined;
  private index = 0;

  /** The value's bytes from earlier chunks. */
  private parts: Buffer[] = [];
  private partsBytes = 0;
  private from = 0;
  private valueOffset = 0;

  constructor(path: readonly string[], limits: PieceLimits) {
    this.path = path;
    this.limits = limits;
    this.scan = new ValueScan(limits.depthMax);
  }

  *push(chunk: Buffer): Generator<JsonPiece> {
    let at = 0;
    this.from = 0;
    while (at < chunk.length && !this.failed) {
      if (this.inside === 'none') {
        at = this.between(chunk, at);
        continue;
      }
      const piece = this.within(chunk, at);
      at = this.scan.at;
      if (piece !== undefined) yield piece;
    }
    if (this.inside !== 'none' && !this.failed) this.keep(chunk, chunk.length);
    this.offset += chunk.length;
  }

  end(): void {
    // A number at the top level ends with the document.
    const stands = this.inside === 'scalar' && this.open.length === 0 && this.role !== 'piece';
    if (this.failed) return;
    if (!stands && (this.expecting !== 'nothing' || this.inside !== 'none')) {
      this.fail('truncated', 0, this.offset === 0 ? 'it is empty' : 'the document is cut off');
      return;
    }
    if (!this.found && !this.incomplete) {
      this.note('missing', 0, `it holds nothing at ${JSON.stringify(this.path)}`);
    }
    this.whole = this.found && !this.incomplete;
  }

  private note(kind: PieceFaultKind, at: number, why: string): void {
    if (this.faults.length < faultsMax) this.faults.push({ kind, offset: this.offset + at, why });
  }

  private fail(kind: PieceFaultKind, at: number, why: string): void {
    this.failed = true;
    this.parts = [];
    this.note(kind, at, why);
  }

  /** One step of the grammar between values; answers where the next one begins. */
  private between(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    if (isSpace(byte)) return at + 1;
    // A byte order mark, which some programs put in front.
    const order = [0xef, 0xbb, 0xbf][this.offset + at];
    if (order !== undefined && byte === order && this.open.length === 0) return at + 1;
    switch (this.expecting) {
      case 'value':
        return this.begin(byte, at);
      case 'element or end':
        return byte === brackets.arrayClose ? this.close(byte, at) : this.begin(byte, at);
      case 'key or end':
      case 'key':
        if (byte === brackets.objectClose && this.expecting === 'key or end') {
          return this.close(byte, at);
        }
        if (byte !== quote) return this.unexpected(at, 'a key');
        this.start('key', at);
        return at + 1;
      case 'colon':
        if (byte !== 0x3a) return this.unexpected(at, 'a colon');
        this.expecting = 'value';
        return at + 1;
      case 'comma or end':
        if (byte !== 0x2c) return this.close(byte, at);
        this.expecting = this.open.at(-1) === true ? 'key' : 'value';
        this.role = this.roleOf();
        return at + 1;
      case 'nothing':
        this.fail('trailing', at, 'something follows the end of the document');
        return at;
    }
  }

  private unexpected(at: number, wanted: string): number {
    this.fail('syntax', at, `${wanted} should stand here`);
    return at;
  }

  /** Of an element of the innermost open container; a member's is known with its key. */
  private roleOf(): Role {
    return this.open.length === this.path.length + 1 ? 'piece' : 'skipped';
  }

  private start(inside: Inside, at: number): void {
    this.inside = inside;
    this.scan.begin();
    this.from = at;
    this.valueOffset = this.offset + at;
    this.parts = [];
    this.partsBytes = 0;
  }

  private begin(byte: number, at: number): number {
    const isObject = byte === brackets.objectOpen;
    const isArray = byte === brackets.arrayOpen;
    if (this.role === 'way' && (isObject || (isArray && this.open.length === this.path.length))) {
      this.open.push(isObject);
      this.keys.push(new Set());
      this.found ||= this.open.length === this.path.length + 1;
      this.expecting = isObject ? 'key or end' : 'element or end';
      this.role = this.roleOf();
      return at + 1;
    }
    if (this.role === 'way') this.role = 'skipped';
    if (isObject || isArray) {
      if (this.role === 'member') this.role = 'skipped';
      this.start('brackets', at);
      return at;
    }
    if (byte === quote) {
      this.start('text', at);
      return at + 1;
    }
    if (!isOfScalar(byte)) return this.unexpected(at, 'a value');
    this.start('scalar', at);
    return at;
  }

  private close(byte: number, at: number): number {
    const isObject = this.open.at(-1);
    if (byte !== (isObject === true ? brackets.objectClose : brackets.arrayClose)) {
      return this.unexpected(at, 'a comma or the end');
    }
    this.open.pop();
    this.keys.pop();
    this.expecting = this.open.length === 0 ? 'nothing' : 'comma or end';
    return at + 1;
  }

  /** Reads on in a key or value. */
  private within(chunk: Buffer, at: number): JsonPiece | undefined {
    const scanned = this.inside === 'key' || this.inside === 'none' ? 'text' : this.inside;
    const state = this.scan.read(scanned, chunk, at);
    if (state === 'goes on') return undefined;
    if (state !== 'ended') {
      const { depthMax } = this.limits;
      if (state === 'too deep') this.fail('depth', at, `brackets lie deeper than ${depthMax}`);
      else this.fail('syntax', at, 'another bracket is closed than was opened');
      return undefined;
    }
    if (this.inside === 'key') this.expecting = 'colon';
    else this.expecting = this.open.length === 0 ? 'nothing' : 'comma or end';
    this.inside = 'none';
    return this.ended(chunk, this.scan.at);
  }

  private bytesMax(): number {
    if (this.inside === 'key' || this.expecting === 'colon') return this.limits.memberBytesMax;
    if (this.role === 'piece') return this.limits.pieceBytesMax;
    return this.role === 'member' ? this.limits.memberBytesMax : 0;
  }

  /** Keeps what the value has in this chunk, as long as it is no longer than anybody wants. */
  private keep(chunk: Buffer, to: number): void {
    this.partsBytes += to - this.from;
    if (this.partsBytes > this.bytesMax()) this.parts = [];
    else this.parts.push(Buffer.from(chunk.subarray(this.from, to)));
  }

  /** A key or value is complete: its bytes, unless it was too long. */
  private taken(chunk: Buffer, to: number): Buffer | undefined {
    const bytes = this.partsBytes + to - this.from;
    if (bytes > this.bytesMax()) return undefined;
    const last = chunk.subarray(this.from, to);
    return this.parts.length === 0 ? last : Buffer.concat([...this.parts, last]);
  }

  private ended(chunk: Buffer, to: number): JsonPiece | undefined {
    const bytes = this.taken(chunk, to);
    this.parts = [];
    if (this.expecting === 'colon') {
      this.keyEnded(bytes, to);
      return undefined;
    }
    if (this.role === 'member') this.memberEnded(bytes, to);
    return this.role === 'piece' ? this.pieceEnded(bytes) : undefined;
  }

  private keyEnded(bytes: Buffer | undefined, to: number): void {
    const key = bytes === undefined ? undefined : parsed(bytes.toString('utf8'));
    if (bytes === undefined || typeof key !== 'string') {
      this.fail('syntax', to, bytes === undefined ? 'a key is far too long' : 'a key is damaged');
      return;
    }
    this.key = key;
    const seen = this.keys.at(-1);
    const isNew = seen?.has(key) !== true;
    seen?.add(key);
    if (seen !== undefined && seen.size > this.limits.piecesMax) {
      this.fail('too-many', to, `an object has more than ${this.limits.piecesMax} members`);
      return;
    }
    const level = this.open.length;
    const isWay = level <= this.path.length && this.path[level - 1] === key;
    if (isWay) this.role = 'way';
    else this.role = level === 1 && this.path.length > 0 ? 'member' : this.roleOf();
    const bad = !isUtf8(bytes) ? 'utf8' : isNew ? undefined : 'duplicate';
    if (bad === undefined) return;
    const shown = JSON.stringify(key.slice(0, 60));
    this.note(
      bad,
      to,
      bad === 'utf8' ? `the key ${shown} is not UTF-8` : `${shown} is there twice`,
    );
    if (this.role === 'piece') {
      this.leftOut += 1;
      this.index += 1;
    }
    // Pieces that nobody can count are behind the second one.
    if (isWay) this.incomplete = true;
    this.role = 'skipped';
  }

  private memberEnded(bytes: Buffer | undefined, to: number): void {
    if (bytes === undefined) return;
    const value = parsed(bytes.toString('utf8'));
    if (!isScalar(value)) this.fail('syntax', to, 'a value is damaged');
    else if (this.members.size < membersMax) this.members.set(this.key ?? '', value);
  }

  private pieceEnded(bytes: Buffer | undefined): JsonPiece | undefined {
    const { index } = this;
    this.index += 1;
    const at = this.valueOffset - this.offset;
    if (this.index > this.limits.piecesMax) {
      this.fail('too-many', at, `there are more than ${this.limits.piecesMax} pieces`);
      return undefined;
    }
    if (bytes === undefined || !isUtf8(bytes)) {
      this.leftOut += 1;
      if (bytes !== undefined) this.note('utf8', at, 'a piece is not UTF-8');
      else this.note('too-large', at, `a piece is longer than ${this.limits.pieceBytesMax} bytes`);
      return undefined;
    }
    this.pieces += 1;
    const text = bytes.toString('utf8');
    return this.open.at(-1) === true ? { key: this.key ?? '', index, text } : { index, text };
  }
}
