const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = 0xfeff;

/** Where the text of a line ends: before its line end. */
export const lineBytesEnd = (raw: Buffer, start: number, end: number): number => {
  const text = end > start && raw[end - 1] === lineFeed ? end - 1 : end;
  return text > start && raw[text - 1] === carriageReturn ? text - 1 : text;
};

/** The text that was read of a line, as `LineSplitter` makes it. @param isFirst of its log. */
export const lineText = (raw: Buffer, start: number, end: number, isFirst: boolean): string => {
  const text = raw.toString('utf8', start, lineBytesEnd(raw, start, end));
  return isFirst && text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text;
};
