/** What a position says, in so far as rows want to know it: of a stream less than of a file. */
export interface Position {
  readonly generation?: number;
  /** Path of the file, or the name of the stream. */
  readonly file?: string;
  /** Bytes of the file before it. */
  readonly offset?: number;
  /** Lines of the file before it. */
  readonly line?: number;
  /** It lies within a line that is kept in pieces. */
  readonly within?: boolean;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value);

/** Sources write positions as they like; nothing is taken of what is not of its kind. */
export const positionOf = (text: string | undefined): Position => {
  let said: unknown;
  try {
    said = JSON.parse(text ?? '');
  } catch {
    return {};
  }
  if (typeof said !== 'object' || said === null) return {};
  const { generation, file, offset, line, within } = said as Readonly<Record<string, unknown>>;
  return {
    ...(isCount(generation) ? { generation } : {}),
    ...(typeof file === 'string' ? { file } : {}),
    ...(isCount(offset) ? { offset } : {}),
    ...(isCount(line) ? { line } : {}),
    ...(within === true ? { within } : {}),
  };
};
