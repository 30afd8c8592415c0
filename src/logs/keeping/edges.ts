import * as zlib from 'node:zlib';
import type { FileView } from '../../core/files.ts';
import { type LocalTime, localTime } from '../../core/formats/local-time.ts';
import { packingOf, unpacked } from '../../core/formats/unpack.ts';
import { baseOf, dirOf, joinPath } from '../../core/paths.ts';
import { stampOf } from './stamps.ts';

/** The oldest and the newest dated line of a log, rotated files included. RFC 3339, UTC. */
export interface Edges {
  readonly oldest?: string;
  readonly newest?: string;
}

/** Of a packed file that may be a bomb: deflate unpacks to at most a thousand times as much. */
const headBytes = 2_048;
const tailBytes = 16_384;
/** A packed file is unpacked whole only when its packing cannot be read from the front. */
const wholeBytesMax = 8 << 20;
const unpackedBytesMax = 64 << 20;
/** Of the rotated files of one log the oldest are opened. */
const rotatedMax = 40;
/** Files unpacked whole in one run: each may cost a second. */
const wholeMax = 60;
const wholeCount = new WeakMap<FileView, number>();

/** False when so many have been unpacked that this one must wait for another day. */
const mayUnpackWhole = (files: FileView, sizeBytes: number): boolean => {
  const count = wholeCount.get(files) ?? 0;
  if (sizeBytes > wholeBytesMax || count >= wholeMax) return false;
  wholeCount.set(files, count + 1);
  return true;
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

const decode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

const cannot = (files: FileView, path: string, why: string): undefined => {
  files.note({
    what: path,
    why: `${why}: which days it holds is not known`,
    how: `Look at its first line: zcat ${path} | head -1`,
  });
  return undefined;
};

const firstPiece = (files: FileView, path: string, sizeBytes: number): string | undefined => {
  if (!mayUnpackWhole(files, sizeBytes)) {
    return cannot(files, path, 'is packed in a way that cannot be read from its front');
  }
  for (const piece of unpacked(files, path, { bytesMax: unpackedBytesMax })) {
    return decode(piece.subarray(0, 1 << 16));
  }
  return undefined;
};

/** The text at the front of a file, unpacked as far as its first bytes reach. */
const headOf = (files: FileView, path: string, sizeBytes: number): string | undefined => {
  const bytes = files.slice(path, 0, headBytes);
  if (bytes === undefined || bytes.length === 0) return undefined;
  switch (packingOf(bytes)) {
    case 'plain':
      return decode(bytes);
    case 'gzip':
      try {
        // Z_SYNC_FLUSH takes what there is of a stream that ends early.
        const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: 4 << 20 };
        const head = zlib.gunzipSync(bytes, options).subarray(0, 1 << 16);
        return head.length > 0 ? decode(head) : cannot(files, path, 'is packed (gzip) and cut off');
      } catch {
        return cannot(files, path, 'could not be unpacked (gzip)');
      }
    case 'bzip2':
      return cannot(files, path, 'is packed with bzip2, which Postern does not read');
    case 'zstd':
    case 'zchunk':
    case 'lz4':
    case 'xz':
      return firstPiece(files, path, sizeBytes);
  }
};

const tailOf = (files: FileView, path: string, sizeBytes: number): string | undefined => {
  const head = files.slice(path, 0, 8);
  if (head === undefined || head.length === 0) return undefined;
  if (packingOf(head) === 'plain') {
    const tail = files.slice(path, -tailBytes, tailBytes);
    return tail === undefined ? undefined : decode(tail);
  }
  if (!mayUnpackWhole(files, sizeBytes)) return undefined;
  let last = Buffer.alloc(0);
  for (const piece of unpacked(files, path, { bytesMax: unpackedBytesMax })) {
    last = Buffer.concat([last, piece]).subarray(-tailBytes);
  }
  return decode(last);
};

const linesMax = 200;

const stampIn = (
  lines: readonly string[],
  local: LocalTime,
  writtenByMs: number,
): string | undefined => {
  for (const line of lines.slice(0, linesMax)) {
    const stamp = stampOf(line, { local, writtenByMs });
    if (stamp !== undefined) return stamp;
  }
  return undefined;
};

/** Reads the edges of one log; `rotated` are the files that rotation made of it. */
export const edgesOf = (files: FileView, path: string, rotated: readonly string[]): Edges => {
  const local = localTime(files);
  const read = (each: string, part: typeof headOf, fromEnd: boolean): string | undefined => {
    const stat = files.stat(each);
    if (stat?.kind !== 'file' || stat.sizeBytes === 0) return undefined;
    const lines = (part(files, each, stat.sizeBytes) ?? '').split('\n');
    return stampIn(fromEnd ? lines.reverse() : lines, local, stat.mtimeMs);
  };
  const firsts = [path, ...rotated.slice(0, rotatedMax)].flatMap(
    each => read(each, headOf, false) ?? [],
  );
  const [oldest] = firsts.toSorted();
  const newestRotated = rotated.at(-1);
  const newest =
    read(path, tailOf, true) ??
    (newestRotated === undefined ? undefined : read(newestRotated, tailOf, true));
  return {
    ...(oldest === undefined ? {} : { oldest }),
    ...(newest === undefined ? {} : { newest }),
  };
};
