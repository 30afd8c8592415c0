/** Tags of an rpm header that are read (rpm's lib/rpmtag.h). */
export const rpmTags = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  summary: 1004,
  buildTime: 1006,
  installTime: 1008,
  vendor: 1011,
  packager: 1015,
  arch: 1022,
  oldFileNames: 1027,
  fileStates: 1029,
  sourceRpm: 1044,
  changelogTime: 1080,
  changelogName: 1081,
  dirIndexes: 1116,
  baseNames: 1117,
  dirNames: 1118,
  modularityLabel: 5096,
} as const;

export interface RpmHeader {
  text(tag: number): string | undefined;
  texts(tag: number): readonly string[];
  numbers(tag: number): readonly number[];
  /** A tag's data as it lies there, perhaps with padding behind it. */
  bytes(tag: number): Buffer;
}

const entriesMax = 0xff_ff;
const valuesMax = 1_000_000;

const numericWidth: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4 };

/**
 * A header as the rpm database stores it: a count of index entries, a length of data, then both
 * (rpm.org/docs/latest/manual/format_header). Tags are read when asked for.
 */
export const readRpmHeader = (blob: Buffer): RpmHeader | undefined => {
  if (blob.length < 8) return undefined;
  const entries = blob.readUInt32BE(0);
  const start = 8 + entries * 16;
  if (entries === 0 || entries > entriesMax || start > blob.length) return undefined;
  const end = Math.min(blob.length, start + blob.readUInt32BE(4));
  const index = new Map<number, number>();
  for (let i = 0; i < entries; i++) index.set(blob.readUInt32BE(8 + i * 16), 8 + i * 16);

  const entryAt = (tag: number) => {
    const at = index.get(tag);
    if (at === undefined) return undefined;
    return {
      type: blob.readUInt32BE(at + 4),
      from: start + blob.readUInt32BE(at + 8),
      count: Math.min(blob.readUInt32BE(at + 12), valuesMax),
    };
  };

  const texts = (tag: number): readonly string[] => {
    const entry = entryAt(tag);
    if (entry === undefined || ![6, 8, 9].includes(entry.type)) return [];
    const out: string[] = [];
    let at = entry.from;
    while (out.length < entry.count && at < end) {
      const stop = blob.indexOf(0, at);
      if (stop < 0 || stop >= end) break;
      out.push(blob.toString('utf8', at, stop));
      at = stop + 1;
    }
    return out;
  };

  const numbers = (tag: number): readonly number[] => {
    const entry = entryAt(tag);
    const width = numericWidth[entry?.type ?? 0];
    if (entry === undefined || width === undefined) return [];
    const out: number[] = [];
    for (let i = 0; i < entry.count && entry.from + (i + 1) * width <= end; i++) {
      out.push(blob.readUIntBE(entry.from + i * width, width));
    }
    return out;
  };

  const bytes = (tag: number): Buffer => {
    const from = entryAt(tag)?.from ?? end;
    let stop = end;
    for (const at of index.values()) {
      const other = start + blob.readUInt32BE(at + 8);
      if (other > from && other < stop) stop = other;
    }
    return blob.subarray(Math.min(from, end), stop);
  };

  return { text: tag => texts(tag)[0], texts, numbers, bytes };
};
