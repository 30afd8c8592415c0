import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keptOf, leavesIn, SimulatedStore } from '../../../test/support/evidence-run.ts';
import { keepRun } from '../../../test/support/keep-run.ts';
import { type Fault, numbersFrom } from '../../../test/support/simulated-disk.ts';
import { verifyStore } from '../../evidence/verify/verify-store.ts';
import { sourceNameOf } from './source-name.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-keep-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const lines = (howMany: number): string =>
  Array.from({ length: howMany }, () => {
    count += 1;
    const second = String(count % 60).padStart(2, '0');
    return `2026-06-29T10:${String(Math.floor(count / 60) % 60).padStart(2, '0')}:${second}Z mx1 a[1]: line ${count} ${'x'.repeat(count % 90)}\n`;
  }).join('');

const at = (name: string): string => join(folder, name);
const source = (name: string): string => sourceNameOf(at(name));

/** A log that is written to and rotated, and what was ever written to each of its files. */
class Writer {
  /** The youngest last. */
  readonly written: string[] = [''];
  /** The youngest file that was put aside is the one that was written to, no copy. */
  private isRenamed = false;

  append(text: string): void {
    appendFileSync(at('mail.log'), text);
    this.written[this.written.length - 1] += text;
  }

  /** A program that has not heard of the rotation yet. */
  appendLate(text: string): void {
    if (!existsSync(at('mail.log.1')) || !this.isRenamed) return;
    appendFileSync(at('mail.log.1'), text);
    this.written[this.written.length - 2] += text;
  }

  private shift(): void {
    const names = readdirSync(folder).flatMap(name => {
      const found = /^mail\.log\.(\d+)(.*)$/.exec(name);
      return found === null ? [] : [{ name, age: Number(found[1]), packing: found[2] ?? '' }];
    });
    for (const { name, age, packing } of names.toSorted((a, b) => b.age - a.age)) {
      renameSync(at(name), at(`mail.log.${age + 1}${packing}`));
    }
  }

  private get hasLines(): boolean {
    return existsSync(at('mail.log')) && readFileSync(at('mail.log')).length > 0;
  }

  rename(): void {
    if (!this.hasLines) return;
    this.shift();
    renameSync(at('mail.log'), at('mail.log.1'));
    this.isRenamed = true;
    this.written.push('');
  }

  /** @param between happens when the copy is made, and the log is not cut off yet. */
  async copyTruncate(between: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    if (!this.hasLines) return;
    this.shift();
    copyFileSync(at('mail.log'), at('mail.log.1'));
    await between();
    truncateSync(at('mail.log'));
    this.isRenamed = false;
    this.written.push('');
  }

  pack(packing: 'gz' | 'zst'): void {
    for (const name of readdirSync(folder)) {
      if (!/^mail\.log\.\d+$/.test(name)) continue;
      const bytes = readFileSync(at(name));
      writeFileSync(
        at(`${name}.${packing}`),
        packing === 'gz' ? gzipSync(bytes) : zstdCompressSync(bytes),
      );
      rmSync(at(name));
    }
  }
}

type Step =
  | { readonly kind: 'append' | 'late'; readonly lines: number; readonly half: boolean }
  | { readonly kind: 'rename' | 'copytruncate' | 'copied' | 'gz' | 'zst' }
  | { readonly kind: 'run'; readonly words: readonly string[]; readonly laterMs: number }
  | {
      readonly kind: 'killed';
      readonly at: number;
      readonly fault: Fault;
      readonly power: boolean;
    };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      lines: fc.integer({ min: 0, max: 30 }),
      half: fc.boolean(),
    }),
  },
  fc.record({
    kind: fc.constant('late' as const),
    lines: fc.integer({ min: 1, max: 3 }),
    half: fc.constant(false),
  }),
  fc.record({ kind: fc.constantFrom('rename', 'copytruncate', 'copied', 'gz', 'zst') }),
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('run' as const),
      words: fc.constantFrom(['mail.log'], ['mail.log*'], ['.']),
      laterMs: fc.constantFrom(0, 3_600_000),
    }),
  },
  fc.record({
    kind: fc.constant('killed' as const),
    at: fc.integer({ min: 0, max: 60 }),
    fault: fc.constantFrom<Fault>('kill', 'EIO', 'ENOSPC'),
    power: fc.boolean(),
  }),
);

const small = { segmentBytes: 2_000 };
const HALF = 'a line without its e';

/** Plays the steps on a writer and a store; at the end everything that is there is kept. */
const play = async (steps: readonly Step[]): Promise<{ writer: Writer; store: SimulatedStore }> => {
  const writer = new Writer();
  const store = new SimulatedStore();
  let isHalf = false;
  for (const each of steps) {
    switch (each.kind) {
      case 'append': {
        const text = lines(each.lines);
        writer.append(`${isHalf && each.lines > 0 ? 'nd\n' : ''}${text}`);
        if (each.lines > 0) isHalf = false;
        if (each.half && !isHalf) writer.append(HALF);
        isHalf ||= each.half;
        break;
      }
      case 'late':
        writer.appendLate(lines(each.lines));
        break;
      case 'rename':
        writer.rename();
        isHalf = false;
        break;
      case 'copytruncate':
        await writer.copyTruncate();
        isHalf = false;
        break;
      case 'copied':
        // What is written and read between the copy and the cut is in no copy. A copy of a few bytes alone could be
        // one of any file that begins so.
        if (!isHalf) writer.append(lines(90));
        await writer.copyTruncate(async () => {
          if ((writer.written.at(-1) ?? '').length < 4_096) return;
          writer.append(`${isHalf ? 'nd\n' : ''}${lines(70)}`);
          await keepRun(folder, ['mail.log*'], store, Date.now(), {}, small);
        });
        isHalf = false;
        break;
      case 'gz':
      case 'zst':
        writer.pack(each.kind);
        break;
      case 'run': {
        const there = each.words.filter(word => word !== 'mail.log' || existsSync(at(word)));
        await keepRun(folder, there, store, Date.now() + each.laterMs, {}, small);
        break;
      }
      case 'killed':
        store.disk.failAt(store.disk.operations.length + each.at, each.fault);
        await keepRun(folder, ['mail.log*'], store, Date.now(), {}, small).catch(() => undefined);
        store.restart(each.power, numbersFrom(each.at));
    }
  }
  // A day later no line is half any more: what has no end gets none.
  await keepRun(folder, ['mail.log*'], store, Date.now() + 2 * 86_400_000);
  return { writer, store };
};

/** Bytes that were kept of each file, in the order in which its first were. */
const keptByFile = (store: SimulatedStore, name: string): string => keptOf(store.reader, name);

describe('a log that is written to, rotated and packed between runs', () => {
  test('is kept, each line once and exactly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async steps => {
        rmSync(folder, { recursive: true, force: true });
        folder = mkdtempSync(join(tmpdir(), 'postern-keep-'));
        const { writer, store } = await play(steps);
        const wanted = writer.written.join('');
        const sorted = (text: string): readonly string[] => text.split(/(?<=\n)/).toSorted();
        const kept = keptByFile(store, source('mail.log'));
        expect(kept.length).toBe(wanted.length);
        // A line that was torn by a rotation may be followed by what is older; nothing else changes its place.
        expect(sorted(kept.replaceAll(HALF, ''))).toEqual(sorted(wanted.replaceAll(HALF, '')));
        expect(verifyStore(store.reader, { deep: true }).broken).toEqual([]);
        expect(
          leavesIn(store.reader).filter(leaf => leaf.kind === 'gap' && !/spool/.test(leaf.why)),
        ).toEqual([]);
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});
