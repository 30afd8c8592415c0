import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { zstdDecompressSync } from '../../core/formats/zstd-here.ts';
import { lineEnds } from '../../evidence/verify/lines.ts';
import { readSegmentFile } from '../../evidence/verify/segment-file.ts';
import { giveBack } from '../../store/parquet/give-back.ts';
import type { ParquetFile } from '../../store/parquet/read.ts';
import { lineText } from '../rows/line-text.ts';

/** Some lines of a segment, unpacked. */
export class Frame {
  /** 1-based in the segment. */
  readonly firstLine: number;
  readonly raw: Buffer;
  private known: readonly number[] | undefined;

  constructor(firstLine: number, raw: Buffer) {
    this.firstLine = firstLine;
    this.raw = raw;
  }

  /** Where each line ends: whoever looks at the bytes of all lines at once need not know. */
  get ends(): readonly number[] {
    this.known ??= lineEnds(this.raw);
    return this.known;
  }
}

/** Unpacked bytes that are kept at hand, of all segments together. */
const heldBytesMax = 96 << 20;
const frameBytesMax = 64 << 20;

type FrameIndex = readonly (readonly [offset: number, lines: number])[];

/** Where the frames of the segment's file are; empty where the rows do not say. */
export const frameIndexOf = (file: ParquetFile): FrameIndex => {
  try {
    const value: unknown = JSON.parse(file.metadata.get('postern.frames') ?? '[]');
    const isIndex =
      Array.isArray(value) &&
      value.every(
        each => Array.isArray(each) && each.length === 2 && each.every(Number.isSafeInteger),
      );
    return isIndex ? (value as FrameIndex) : [];
  } catch {
    return [];
  }
};

const readRange = (path: string, start: number, end: number | undefined): Buffer => {
  if (end === undefined) return readFileSync(path).subarray(start);
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(end - start);
    let at = 0;
    while (at < bytes.length) {
      const read = readSync(fd, bytes, at, bytes.length - at, start + at);
      if (read === 0) throw new RangeError('it ends too early');
      at += read;
    }
    return bytes;
  } finally {
    closeSync(fd);
  }
};

/** Lines of kept segments, by their numbers; the last frames that were needed stay at hand. */
export class KeptLines {
  private readonly held = new Map<string, Frame>();
  private heldBytes = 0;
  /** That was asked for last: whoever goes from line to line asks for the same one again and again. */
  private last:
    | { readonly path: string; readonly frame: Frame; readonly beforeLine: number }
    | undefined;

  /**
   * @param line 1-based in the segment. @param count of the lines that the text is made of.
   * @throws where they cannot be read
   */
  text(path: string, index: FrameIndex, line: number, isFirst: boolean, count = 1): string {
    const texts: string[] = [];
    for (let i = 0; i < count; i += 1) {
      const { firstLine, raw, ends } = this.frame(path, index, line + i);
      const at = line + i - firstLine;
      const end = ends[at];
      if (end === undefined) throw new RangeError(`it has no line ${line + i}`);
      texts.push(lineText(raw, ends[at - 1] ?? 0, end, isFirst && i === 0));
    }
    return texts.length === 1 ? (texts[0] ?? '') : texts.join('\n');
  }

  /** That a line lies in. @throws where it cannot be read */
  frame(path: string, index: FrameIndex, line: number): Frame {
    const { last } = this;
    if (last?.path === path && line >= last.frame.firstLine && line < last.beforeLine) {
      return last.frame;
    }
    const [frame, lines] = this.found(path, index, line);
    this.last = { path, frame, beforeLine: frame.firstLine + (lines ?? frame.ends.length) };
    return frame;
  }

  /** @returns the frame, and of how many lines the index says that it is */
  private found(
    path: string,
    index: FrameIndex,
    line: number,
  ): readonly [frame: Frame, lines: number | undefined] {
    let firstLine = 1;
    let number = 0;
    for (const [, lines] of index) {
      if (line < firstLine + lines) break;
      firstLine += lines;
      number += 1;
    }
    const [start, lines] = index[number] ?? [];
    const key = start === undefined ? path : `${start} ${path}`;
    const known = this.held.get(key);
    if (known !== undefined) {
      // The newest last.
      this.held.delete(key);
      this.held.set(key, known);
      return [known, lines];
    }
    const raw = start === undefined ? wholeOf(path) : unpacked(path, start, index[number + 1]?.[0]);
    const frame = new Frame(start === undefined ? 1 : firstLine, raw);
    this.hold(key, frame);
    return [frame, lines];
  }

  /** Frees all frames, those that were handed out too. */
  release(): void {
    for (const { raw } of this.held.values()) giveBack(raw);
    this.held.clear();
    this.heldBytes = 0;
    this.last = undefined;
  }

  private hold(key: string, frame: Frame): void {
    this.held.set(key, frame);
    this.heldBytes += frame.raw.length;
    for (const [oldest, each] of this.held) {
      if (this.heldBytes <= heldBytesMax || oldest === key) break;
      this.held.delete(oldest);
      this.heldBytes -= each.raw.length;
    }
  }
}

const unpacked = (path: string, start: number, end: number | undefined): Buffer => {
  const packed = readRange(path, start, end);
  return zstdDecompressSync(packed, {
    chunkSize: chunkFor(packed),
    maxOutputLength: frameBytesMax,
  });
};

const zstdMagic = 0xfd2f_b528;
const chunkMin = 1 << 16;

/** What a frame of zstd says of its content's length, so that it is unpacked into one piece. Source: RFC 8878, 3.1.1. */
const chunkFor = (packed: Buffer): number => {
  if (packed.length < 18 || packed.readUInt32LE(0) !== zstdMagic) return 1 << 20;
  const descriptor = packed[4] ?? 0;
  const isSingle = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingle ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const size = [isSingle ? packed[at] : 0, packed.readUInt16LE(at) + 256, packed.readUInt32LE(at)];
  const bytes = size[descriptor >> 6] ?? 0;
  return bytes === 0 ? 1 << 20 : Math.min(frameBytesMax, Math.max(chunkMin, bytes + 64));
};

const wholeOf = (path: string): Buffer => {
  const read = readSegmentFile(readFileSync(path));
  if (!read.ok) throw new RangeError(read.why);
  return read.raw;
};
