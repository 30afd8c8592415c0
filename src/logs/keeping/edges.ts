import type { FileView } from '../../core/files.ts';
import { type LocalTime, localTime } from '../../core/formats/local-time.ts';
import { packingOf, unpacked } from '../../core/formats/unpack.ts';
import { unpackedHeads } from '../../core/formats/unpack-head.ts';
import { baseOf, dirOf, joinPath } from '../../core/paths.ts';
import { stampOf } from './stamps.ts';

/** The oldest and the newest dated line of a log, rotated files included. RFC 3339, UTC. */
export interface Edges {
  readonly oldest?: string;
  readonly newest?: string;
}

const frontBytes = 2_048;
const tailBytes = 16_384;
/** Of the rotated files of one log the oldest are opened. */
const rotatedMax = 40;
/** The end of a packed file is had by unpacking all of it. */
const packedBytesMax = 8 << 20;
const unpackedBytesMax = 32 << 20;

/** What may be unpacked in one run, fronts and whole files: about a second of each. */
interface Budget {
  headBytes: number;
  wholeBytes: number;
  /** Files left packed because of it. */
  refused: number;
}

const budgets = new WeakMap<FileView, Budget>();
const budgetOf = (files: FileView): Budget => {
  const known = budgets.get(files) ?? { headBytes: 192 << 20, wholeBytes: 192 << 20, refused: 0 };
  budgets.set(files, known);
  return known;
};

const escape = (text: string): string => text.replace(/[\\^$.|?*+(){}[\]]/g, '\\$&');

/** `-20261122`, `.1`, `.2.gz`, `-2026-11-22-0300.xz` behind the name or before its extension. */
const rotatedName = (base: string): RegExp => {
  const dot = base.lastIndexOf('.');
  const stem = dot > 0 ? base.slice(0, dot) : base;
  const ending = dot > 0 ? base.slice(dot) : '';
  const mark = '[._-]\\d[\\d._:T-]{0,40}';
  return new RegExp(
    `^(?:${escape(base)}${mark}|${escape(stem)}${mark}${escape(ending)}|${escape(base)}\\.(?:old|prev))(?:\\.(?:gz|xz|bz2|zst|lz4|Z))?$`,
  );
};

/** A number grows with age, a date shrinks: for files whose times were lost. */
const ageByName = (name: string): number => {
  const digits = /\d[\d-]*/.exec(name.slice(-40))?.[0].replaceAll('-', '') ?? '0';
  return digits.length < 6 ? Number(digits) : -Number(digits.slice(0, 14).padEnd(14, '0'));
};

/** By the time of their last change, where that was lost by their names. */
export const oldestFirst = (files: FileView, paths: readonly string[]): readonly string[] =>
  [...new Set(paths)]
    .map(each => ({ each, mtimeMs: files.stat(each)?.mtimeMs ?? 0 }))
    .sort((a, b) => a.mtimeMs - b.mtimeMs || ageByName(b.each) - ageByName(a.each))
    .map(({ each }) => each);

/** Files that rotation made of a log, beside it and in the folders given; the oldest first. */
export const rotatedFilesOf = (
  files: FileView,
  path: string,
  folders: readonly string[] = [],
): readonly string[] => {
  const pattern = rotatedName(baseOf(path));
  return oldestFirst(
    files,
    [...new Set([dirOf(path), ...folders])].flatMap(folder =>
      files
        .list(folder)
        .filter(({ name, kind }) => kind === 'file' && pattern.test(name))
        .map(({ name }) => joinPath(folder, name)),
    ),
  );
};

const linesOf = (bytes: Uint8Array): string[] => Buffer.from(bytes).toString('utf8').split('\n');

const noteUnread = (files: FileView, path: string, why: string): void =>
  files.note({
    what: path,
    why: `${why}: which days it holds is not known`,
    how: `Look at its first and last line: zcat ${path} | sed -n '1p;$p'`,
  });

const refusedMax = 20;

/** The first of them by name: thousands would leave no room for what else was not seen. */
const noteRefused = (files: FileView, path: string): void => {
  const budget = budgetOf(files);
  budget.refused += 1;
  if (budget.refused > refusedMax + 1) return;
  const [what, it] =
    budget.refused > refusedMax ? [dirOf(path), 'holds more packed logs that were'] : [path, 'was'];
  noteUnread(files, what, `${it} not unpacked: too much had been unpacked before`);
};

const linesMax = 200;

type Stamped = (lines: readonly string[], writtenByMs: number) => string | undefined;

const stampIn =
  (local: LocalTime): Stamped =>
  (lines, writtenByMs) => {
    for (const line of lines.slice(0, linesMax)) {
      const stamp = stampOf(line, { local, writtenByMs });
      if (stamp !== undefined) return stamp;
    }
    return undefined;
  };

/** The first dated line, looked for in as little of the file's front as shows one. */
const firstStamp = (files: FileView, path: string, stamped: Stamped): string | undefined => {
  const stat = files.stat(path);
  if (stat?.kind !== 'file' || stat.sizeBytes === 0) return undefined;
  const budget = budgetOf(files);
  const slice = (lengthBytes: number): Buffer =>
    Buffer.from(files.slice(path, 0, lengthBytes) ?? new Uint8Array());
  // Most are told by the first bytes: each slice opens the file again.
  const front = slice(frontBytes);
  const read = (lengthBytes: number): Buffer =>
    lengthBytes <= front.length || front.length < frontBytes
      ? front.subarray(0, lengthBytes)
      : slice(lengthBytes);
  const packing = packingOf(read(8));
  if (packing === 'bzip2') {
    noteUnread(files, path, 'is packed with bzip2, which Postern does not read');
    return undefined;
  }
  if (packing !== 'plain' && budget.headBytes <= 0) {
    noteRefused(files, path);
    return undefined;
  }
  try {
    let some = false;
    for (const { bytes, costBytes, grows } of unpackedHeads(read)) {
      if (packing !== 'plain') budget.headBytes -= costBytes;
      some ||= bytes.length > 0;
      const lines = linesOf(bytes);
      // The last line of a front that is not all may end in the middle of its date.
      const stamp = stamped(grows ? lines.slice(0, -1) : lines, stat.mtimeMs);
      if (stamp !== undefined) return stamp;
    }
    if (!some) noteUnread(files, path, `is packed (${packing}) and cut off`);
  } catch {
    noteUnread(files, path, `could not be unpacked (${packing})`);
  }
  return undefined;
};

/** How long a gzip file says that its content is: what is honest and long costs nothing. */
const gzipSizeBytes = (files: FileView, path: string): number => {
  const end = files.slice(path, -4, 4);
  return end?.length === 4 ? Buffer.from(end).readUInt32LE(0) : 0;
};

const packedTail = (files: FileView, path: string, sizeBytes: number): string[] | undefined => {
  const budget = budgetOf(files);
  const isGzip = packingOf(files.slice(path, 0, 8) ?? new Uint8Array()) === 'gzip';
  const tooLong =
    sizeBytes > packedBytesMax || (isGzip && gzipSizeBytes(files, path) > unpackedBytesMax);
  if (tooLong) {
    noteUnread(files, path, 'was not unpacked to its end, for it is too long');
    return undefined;
  }
  if (budget.wholeBytes <= 0) {
    noteRefused(files, path);
    return undefined;
  }
  const notedBefore = files.unseen.length;
  let last = Buffer.alloc(0);
  for (const piece of unpacked(files, path, { bytesMax: unpackedBytesMax })) {
    budget.wholeBytes -= piece.length;
    last = Buffer.concat([last.subarray(-tailBytes), piece.subarray(-tailBytes)]);
  }
  // What could not be unpacked has cost as much as what could.
  if (files.unseen.length > notedBefore) budget.wholeBytes -= unpackedBytesMax;
  return linesOf(last.subarray(-tailBytes));
};

const lastStamp = (files: FileView, path: string, stamped: Stamped): string | undefined => {
  const stat = files.stat(path);
  if (stat?.kind !== 'file' || stat.sizeBytes === 0) return undefined;
  const head = files.slice(path, 0, 8);
  if (head === undefined || head.length === 0) return undefined;
  const isPlain = packingOf(head) === 'plain';
  const lines = isPlain
    ? linesOf(files.slice(path, -tailBytes, tailBytes) ?? new Uint8Array())
    : packedTail(files, path, stat.sizeBytes);
  return lines === undefined ? undefined : stamped(lines.reverse(), stat.mtimeMs);
};

/** Reads the edges of one log; `rotated` are the files that rotation made of it. */
export const edgesOf = (files: FileView, path: string, rotated: readonly string[]): Edges => {
  const stamped = stampIn(localTime(files));
  const firsts = [path, ...rotated.slice(0, rotatedMax)].flatMap(
    each => firstStamp(files, each, stamped) ?? [],
  );
  const [oldest] = firsts.toSorted();
  const newestRotated = rotated.at(-1);
  const newest =
    lastStamp(files, path, stamped) ??
    (newestRotated === undefined ? undefined : lastStamp(files, newestRotated, stamped));
  return {
    ...(oldest === undefined ? {} : { oldest }),
    ...(newest === undefined ? {} : { newest }),
  };
};
