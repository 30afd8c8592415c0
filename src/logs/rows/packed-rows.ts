/**
 * What was read of the lines of one append, in few blocks of memory that can be handed to another thread: `RowPacker`
 * fills them while lines are read, `unpackRows` gives them to a `RowSink`. Travels as `AppendedLines.rows`.
 */
export interface PackedRows {
  /** Lines that have rows. */
  readonly count: number;
  /**
   * For each row its line in the part, `lineCheck`, the place of what it has in common with others, `has`, and what
   * that says is there, in the order of the bits. A text is its number of characters, a number itself. Whatever has no
   * fixed form is values, each a number of `packedOps`, name and payload.
   */
  readonly numbers: Int32Array<ArrayBuffer>;
  /** What is no small whole number, in its order. */
  readonly decimals: Float64Array<ArrayBuffer>;
  /** The texts, one behind the other: in UTF-8, or in UTF-16 where that cannot say them. */
  readonly texts: Uint8Array<ArrayBuffer>;
  readonly isUtf16: boolean;
  readonly common: readonly CommonOfRows[];
  /** By number of a name. */
  readonly names: readonly string[];
  /** What is rare. */
  readonly others: readonly unknown[];
}

/** Words that few rows differ in. */
export interface CommonOfRows {
  /** Among those of the part. */
  readonly place: number;
  readonly log: string;
  readonly format: string | undefined;
  /** Absent where no format understood the line. */
  readonly kind: string | undefined;
  readonly outcome: string | undefined;
  readonly component: string | undefined;
  readonly service: string | undefined;
  readonly host: string | undefined;
  readonly authMethod: string | undefined;
  readonly direction: string | undefined;
}

/** What a row has. */
export const has = {
  repeated: 0x1,
  truncated: 0x2,
  joined: 0x4,
  unparsed: 0x8,
  /** Another time than the row before. */
  time: 0x10,
  userName: 0x20,
  user: 0x40,
  actor: 0x80,
  app: 0x100,
  fromIp: 0x200,
  from: 0x400,
  through: 0x800,
  to: 0x1000,
  pid: 0x2000,
  session: 0x4000,
  tls: 0x8000,
  notTls: 0x10000,
  folder: 0x20000,
  messages: 0x40000,
  count: 0x80000,
  bytes: 0x100000,
  detail: 0x200000,
  request: 0x400000,
  change: 0x800000,
  eventUid: 0x1000000,
  flags: 0x2000000,
} as const;

/** Stands in place of a number that is among the decimals. */
export const isDecimal = 0x7fff_ffff;

/** In the lowest four bits; eight of a name and twenty of a payload follow. */
export const packedOps = {
  end: 0,
  object: 1,
  array: 2,
  true: 3,
  false: 4,
  null: 5,
  /** The payload itself. */
  whole: 6,
  decimal: 7,
  /** So many characters. */
  text: 8,
  other: 9,
} as const;

export const nameShift = 4;
export const nameMask = 0xff;
export const payloadShift = 12;
