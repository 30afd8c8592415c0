/** What an object of JSON says of itself in plain members: texts and numbers, by key. */
export interface JsonObject {
  /** Short ones, as they stand, escapes and all. */
  readonly members: ReadonlyMap<string, string>;
  /** Where the longest text that was asked for stands, without its quotes. */
  readonly long?: { readonly key: string; readonly from: number; readonly end: number };
}

const depthMax = 64;
const memberBytesMax = 1_024;
const membersMax = 64;

interface Frame {
  readonly isObject: boolean;
  readonly members: Map<string, string>;
  long?: { readonly key: string; readonly from: number; readonly end: number };
  key: string | undefined;
}

const quote = 0x22;
const backslash = 0x5c;

/**
 * Finds the objects in JSON of any size, however they are put together: one after the other on lines, in an
 * array, within a page of answers. Long texts are not held: only where they stand is told.
 *
 * @param wanted keys whose texts may be long.
 */
export class JsonObjects {
  private readonly wanted: ReadonlySet<string>;
  private readonly frames: Frame[] = [];
  private offset = 0;
  /** Of the text that is being read; -1 outside of one. */
  private start = -1;
  private isEscaped = false;
  private held: Buffer[] = [];
  private heldBytes = 0;
  private skipped = 0;
  private bare = '';

  constructor(wanted: ReadonlySet<string>) {
    this.wanted = wanted;
  }

  /** Objects that end in this piece. */
  *feed(piece: Buffer): Generator<JsonObject> {
    for (let i = 0; i < piece.length; ) {
      if (this.start >= 0) {
        i = this.inText(piece, i);
        continue;
      }
      const byte = piece[i] ?? 0;
      i += 1;
      if (byte === quote) this.begin(this.offset + i);
      else {
        const done = this.structure(byte);
        if (done !== undefined) yield done;
      }
    }
    this.offset += piece.length;
  }

  private begin(start: number): void {
    this.start = start;
    this.held = [];
    this.heldBytes = 0;
  }

  /** @returns behind what was taken of the text. */
  private inText(piece: Buffer, from: number): number {
    if (this.isEscaped) {
      this.isEscaped = false;
      this.hold(piece.subarray(from, from + 1));
      return from + 1;
    }
    const end = piece.indexOf(quote, from);
    const stop = end < 0 ? piece.length : end;
    const slash = piece.subarray(from, stop).indexOf(backslash);
    if (slash >= 0) {
      this.hold(piece.subarray(from, from + slash + 1));
      this.isEscaped = true;
      return from + slash + 1;
    }
    this.hold(piece.subarray(from, stop));
    if (end < 0) return piece.length;
    this.endText(this.offset + end);
    return end + 1;
  }

  private hold(bytes: Buffer): void {
    this.heldBytes += bytes.length;
    // A copy: the piece is read into again.
    if (this.heldBytes <= memberBytesMax) this.held.push(Buffer.from(bytes));
  }

  private endText(end: number): void {
    const { start } = this;
    this.start = -1;
    const frame = this.frames.at(-1);
    if (frame === undefined || !frame.isObject) return;
    const isShort = this.heldBytes <= memberBytesMax;
    const text = isShort ? Buffer.concat(this.held).toString('utf8') : '';
    if (frame.key === undefined) {
      frame.key = isShort ? text : '';
      return;
    }
    const { key } = frame;
    if (this.wanted.has(key)) {
      const before = frame.long;
      if (before === undefined || before.end - before.from < end - start) {
        frame.long = { key, from: start, end };
      }
    } else if (isShort) this.member(frame, text);
  }

  private member(frame: Frame, text: string): void {
    if (frame.key !== undefined && frame.members.size < membersMax) {
      frame.members.set(frame.key, text);
    }
  }

  private structure(byte: number): JsonObject | undefined {
    switch (byte) {
      case 0x7b: // {
      case 0x5b: // [
        this.bare = '';
        if (this.frames.length >= depthMax) this.skipped += 1;
        else this.frames.push({ isObject: byte === 0x7b, members: new Map(), key: undefined });
        return undefined;
      case 0x7d: // }
      case 0x5d: // ]
        return this.endFrame();
      case 0x2c: // ,
        this.endMember();
        return undefined;
      case 0x3a: // :
        return undefined;
      default:
        if (byte > 0x20 && this.bare.length < 32) this.bare += String.fromCharCode(byte);
        return undefined;
    }
  }

  private endMember(): void {
    const frame = this.frames.at(-1);
    if (frame !== undefined && this.bare !== '') this.member(frame, this.bare);
    this.bare = '';
    if (frame !== undefined) frame.key = undefined;
  }

  private endFrame(): JsonObject | undefined {
    this.endMember();
    if (this.skipped > 0) {
      this.skipped -= 1;
      return undefined;
    }
    const frame = this.frames.pop();
    if (frame === undefined || !frame.isObject) return undefined;
    const { members, long } = frame;
    return long === undefined ? { members } : { members, long };
  }
}
