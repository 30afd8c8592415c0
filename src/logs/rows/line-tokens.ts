const ascii = 128;

/** Characters of names, numbers and addresses; whatever else is a token by itself. */
const isWord: Uint8Array = Uint8Array.from({ length: ascii }, (_, code) =>
  /[A-Za-z0-9@._-]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/** The same of one byte, of which the upper half is part of words. */
const isWordByte: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => isWord[code] ?? 1);

/** Tokens of a line at most: what lies behind is in the last one. */
const tokensMax = 4_096;

/** Lines of more are rare, and none is worth so much memory. */
const bytesMax = 8_192;

const wide = /[^\0-\xff]/;

/**
 * A line, taken apart where values in it begin and end: runs of letters and digits, and every other character by
 * itself. Lines of one kind have the same tokens at the same places whatever the lengths of the values are.
 */
export class LineTokens {
  /** Where each token begins, and behind the last one the length of the line. */
  readonly starts: Int32Array = new Int32Array(tokensMax + 1);
  count = 0;
  private readonly bytes = Buffer.alloc(bytesMax);

  read(text: string): void {
    // A look at bytes costs half of one at characters.
    if (text.length <= bytesMax && !wide.test(text)) this.readBytes(text);
    else this.readCharacters(text);
  }

  private readBytes(text: string): void {
    this.readRaw(this.bytes, 0, this.bytes.write(text, 'latin1'));
  }

  /**
   * The same tokens of a line in UTF-8 or Latin-1, as it lies among others: all bytes beyond ASCII are letters. Their
   * places are those of bytes.
   */
  readRaw(bytes: Uint8Array, start: number, end: number): void {
    const { starts } = this;
    let count = 0;
    let at = start;
    while (at < end && count < tokensMax) {
      starts[count] = at;
      count += 1;
      const isOne = isWordByte[bytes[at] ?? 0] === 0;
      at += 1;
      if (isOne) continue;
      while (at < end && isWordByte[bytes[at] ?? 0] === 1) at += 1;
    }
    starts[count] = end;
    this.count = count;
  }

  private readCharacters(text: string): void {
    const { starts } = this;
    const { length } = text;
    let count = 0;
    let at = 0;
    while (at < length && count < tokensMax) {
      starts[count] = at;
      count += 1;
      let code = text.charCodeAt(at);
      at += 1;
      if (code < ascii && isWord[code] === 0) continue;
      while (at < length) {
        code = text.charCodeAt(at);
        if (code < ascii && isWord[code] === 0) break;
        at += 1;
      }
    }
    starts[count] = length;
    this.count = count;
  }

  /** The token that begins at a place; -1 where none does. */
  at(place: number): number {
    const { starts } = this;
    let low = 0;
    let high = this.count;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const start = starts[middle] ?? 0;
      if (start === place) return middle;
      if (start < place) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }
}
