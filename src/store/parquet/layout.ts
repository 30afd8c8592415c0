/** Numbers of Parquet's own Thrift definitions (parquet.thrift of the format's repository). */
export const physical = { int32: 1, int64: 2, bytes: 6 } as const;
export const encodings = { plain: 0, rle: 3, deltas: 5, dictionary: 8 } as const;
export const codecs = { none: 0, zstd: 6 } as const;
export const pageTypes = { data: 0, dictionary: 2 } as const;
export const repetition = { required: 0, optional: 1 } as const;
export const converted = { text: 0, timestampMs: 9, uint32: 13 } as const;

/** At both ends of a file. */
export const magic = 'PAR1';
