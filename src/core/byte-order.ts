/** As SQLite orders texts: by their bytes in UTF-8, which UTF-16 does not order alike. */
export const byBytes = (a: string, b: string): number =>
  a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
