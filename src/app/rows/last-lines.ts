/** Bytes before some lines that are read again for what they began. */
export const contextBytes: number = 1 << 20;
const newline = 0x0a;

/** The last lines of what came before, whole ones. */
export const lastLines = (raw: Buffer): Buffer =>
  raw.length <= contextBytes
    ? raw
    : raw.subarray(raw.indexOf(newline, raw.length - contextBytes) + 1);
