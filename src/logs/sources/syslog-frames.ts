import type { MessagePiece } from './message-line.ts';

/** What ends a message that is not counted. RFC 6587, 3.4.2: a line feed nearly always, seldom NUL. */
export type Trailer = 'lf' | 'nul';

export interface FramerOptions {
  readonly take: (piece: MessagePiece) => void;
  /** Longer messages are handed on in pieces of so many bytes. */
  readonly pieceBytesMax: number;
  readonly trailer?: Trailer;
}

const zero = 0x30;
const space = 0x20;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const lessThan = 0x3c;

/** A count of more digits is no count. */
const countDigitsMax = 8;
/** A message of more bytes is none: whoever counts so would have everything that follows taken for it. */
const countMax = 16 << 20;
const partsMax = 64;

type State =
  /** Before a message: what comes shows how it is framed. */
  | { readonly kind: 'between' }
  /** Digits that may be the count of a message. */
  | { readonly kind: 'count' }
  /** So many bytes of a counted message are yet to come. */
  | { readonly kind: 'counted'; left: number }
  /** Up to the trailer. */
  | { readonly kind: 'trailed' };

/** A line feed, or NUL, that a message itself ends in: many senders write one, and its line has one. */
export const withoutEnd = (message: Buffer): Buffer => {
  const last = message.at(-1);
  return last === lineFeed || last === 0 ? message.subarray(0, -1) : message;
};

/**
 * Takes a stream of syslog messages apart, RFC 6587: each is counted (`42 <22>1 …`) or ends in a trailer, and
 * senders of both are understood message by message. A count is believed where `<` follows it or where the
 * stream had one that was followed by `<`: a line that begins with a number is a line. Nothing is left away but
 * counts, trailers, line ends and NULs between messages, and one of these at a counted message's own end. Memory: one piece. Never throws.
 */
export class SyslogFramer {
  private readonly options: FramerOptions;
  private readonly trailer: number;
  private state: State = { kind: 'between' };
  private held: Buffer[] = [];
  private heldBytes = 0;
  /** A piece of this message was handed on before. */
  private isContinued = false;
  private hasCounted = false;

  constructor(options: FramerOptions) {
    this.options = options;
    this.trailer = options.trailer === 'nul' ? 0 : lineFeed;
  }

  /** A message has begun and is not at its end. */
  get isWithin(): boolean {
    return this.state.kind !== 'between';
  }

  push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    while (at < chunk.length) at = this.step(chunk, at);
  }

  /**
   * The stream is over. What has no trailer is a message; what was counted and did not come is cut, and so is
   * whatever a stream that broke off was in the midst of.
   */
  end(isBroken = false): void {
    const { kind } = this.state;
    if (kind !== 'between') this.hand(isBroken || kind === 'counted');
    this.next();
  }

  /** @returns where reading goes on. */
  private step(chunk: Buffer, at: number): number {
    const { state } = this;
    switch (state.kind) {
      case 'between':
        return this.begin(chunk, at);
      case 'count':
        return this.count(chunk, at);
      case 'counted': {
        const end = Math.min(chunk.length, at + state.left);
        this.keep(chunk.subarray(at, end));
        state.left -= end - at;
        if (state.left === 0) this.finish();
        return end;
      }
      case 'trailed': {
        const found = chunk.indexOf(this.trailer, at);
        const end = found < 0 ? chunk.length : found;
        this.keep(chunk.subarray(at, end));
        if (found < 0) return end;
        this.finish();
        return end + 1;
      }
    }
  }

  private begin(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    // Trailers behind counted messages, and empty lines: messages of no bytes.
    if (byte === lineFeed || byte === 0 || byte === carriageReturn) return at + 1;
    const isDigit = byte > zero && byte <= zero + 9;
    const whole = isDigit ? this.counted(chunk, at) : undefined;
    if (whole !== undefined) return whole;
    this.state = isDigit ? { kind: 'count' } : { kind: 'trailed' };
    return at;
  }

  /** Most messages lie in one chunk with their count. @returns where reading goes on behind one that does. */
  private counted(chunk: Buffer, at: number): number | undefined {
    let count = 0;
    let next = at;
    for (; next < chunk.length && next - at <= countDigitsMax; next += 1) {
      const digit = (chunk[next] ?? 0) - zero;
      if (digit < 0 || digit > 9) break;
      count = count * 10 + digit;
    }
    const from = next + 1;
    const end = from + count;
    const isCount = chunk[next] === space && next - at <= countDigitsMax && end <= chunk.length;
    if (!isCount || count === 0 || count > this.options.pieceBytesMax) return undefined;
    if (chunk[from] !== lessThan && !this.hasCounted) return undefined;
    this.hasCounted = true;
    const bytes = Buffer.from(withoutEnd(chunk.subarray(from, end)));
    if (bytes.length > 0) this.options.take({ bytes });
    return end;
  }

  /** What is held is the beginning: digits, and the space behind them. */
  private count(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    const isDigit = byte >= zero && byte <= zero + 9;
    const text = Buffer.concat(this.held).toString('latin1');
    if (text.endsWith(' ')) {
      const count = Number(text);
      if (count <= countMax && (byte === lessThan || this.hasCounted)) {
        this.hasCounted = true;
        this.drop();
        this.state = { kind: 'counted', left: count };
      } else this.state = { kind: 'trailed' };
      return at;
    }
    if ((isDigit && text.length < countDigitsMax) || (byte === space && text !== '')) {
      this.hold(chunk.subarray(at, at + 1));
      return at + 1;
    }
    this.state = { kind: 'trailed' };
    return at;
  }

  private keep(bytes: Buffer): void {
    let rest = bytes;
    while (this.heldBytes + rest.length > this.options.pieceBytesMax) {
      const room = this.options.pieceBytesMax - this.heldBytes;
      this.hold(rest.subarray(0, room));
      this.hand(true);
      this.isContinued = true;
      rest = rest.subarray(room);
    }
    if (rest.length > 0) this.hold(rest);
  }

  private hold(bytes: Buffer): void {
    // The chunk's memory is its owner's, and may be written over.
    this.held.push(Buffer.from(bytes));
    this.heldBytes += bytes.length;
    // Whoever sends byte by byte must not make us hold an object for each.
    if (this.held.length > partsMax) this.held = [Buffer.concat(this.held)];
  }

  private drop(): void {
    this.held = [];
    this.heldBytes = 0;
  }

  private hand(isCut: boolean): void {
    const bytes = Buffer.concat(this.held);
    const { isContinued } = this;
    this.drop();
    if (bytes.length === 0) return;
    this.options.take({
      bytes,
      ...(isContinued ? { isContinued } : {}),
      ...(isCut ? { isCut } : {}),
    });
  }

  private finish(): void {
    // rsyslog counts the line feed that its templates end in.
    if (this.state.kind === 'counted') this.held = [withoutEnd(Buffer.concat(this.held))];
    this.hand(false);
    this.next();
  }

  private next(): void {
    this.drop();
    this.isContinued = false;
    this.state = { kind: 'between' };
  }
}
