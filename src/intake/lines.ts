export interface LineLimits {
  readonly lineBytesMax: number;
}

export interface LinesReport {
  readonly lines: number;
  /** Lines that are too long or not UTF-8. */
  readonly leftOut: number;
  /** 1-based numbers of the first hundred left out, with the reason. */
  readonly faults: readonly { readonly line: number; readonly why: string }[];
  /** Whether the last line ended with a line feed; one that did not may be half. */
  readonly ended: boolean;
}

export interface Line {
  /** 1-based. */
  readonly number: number;
  /** Without line feed, carriage return and, in the first line, byte order mark. */
  readonly text: string;
}

export interface Lines extends AsyncIterable<Line> {
  /** Complete when the iteration has ended. */
  readonly report: LinesReport;
}

/** The lines of CSV or NDJSON. What `chunks` throws is passed on. */
export const lines = (
  chunks: AsyncIterable<Uint8Array>,
  limits: Partial<LineLimits> = {},
): Lines => {
  throw new Error(`nothing is read yet: ${Object.keys(limits).length} ${typeof chunks}`);
};
