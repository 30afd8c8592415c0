import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Feed, FeedRecord } from '../../src/advisories/feed.ts';
import { feeds } from '../../src/advisories/feeds.generated.ts';
import type { FeedEntry } from '../../src/core/advisory.ts';
import { readDocument, recordsOf } from '../support/feed-records.ts';

/**
 * What a case says must come out: every entry in its order, no more and no fewer, each with the properties
 * that matter to the case; the reasons of what is refused; what the document says of itself.
 */
interface Expected {
  readonly entries: readonly object[];
  readonly refused?: readonly string[];
  readonly frame?: object;
}

interface Case {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly expected: Expected;
}

const casesOf = (id: string): readonly Case[] => {
  const folder = join('test/fixtures/feeds', id);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map(name => {
      const files = readdirSync(join(folder, name));
      const file = files.find(each => each.startsWith('input.')) ?? '';
      return {
        name,
        file,
        text: readFileSync(join(folder, name, file), 'utf8'),
        expected: JSON.parse(readFileSync(join(folder, name, 'expected.json'), 'utf8')) as Expected,
      };
    });
};

/** However it is damaged, a document costs no more than some multiple of its own size. */
const bounded = (entries: readonly FeedEntry[], size: number): void => {
  expect(entries.length).toBeLessThanOrEqual(1_000 + size);
  expect(JSON.stringify(entries).length).toBeLessThanOrEqual(200_000 + 100 * size);
  for (const entry of entries) {
    if (entry.kind !== 'advisory') continue;
    const { advisory } = entry;
    expect(advisory.id).not.toBe('');
    expect(advisory.title.length).toBeLessThanOrEqual(300);
    expect(advisory.title).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    expect(advisory.references.length).toBeLessThanOrEqual(10);
    for (const day of [advisory.published, advisory.modified, advisory.withdrawn]) {
      if (day !== undefined) expect(Number.isNaN(Date.parse(day)), day).toBe(false);
    }
  }
};

const readRecord = (feed: Feed, record: FeedRecord, size: number): void => {
  const reading = feed.read(record);
  if ('refused' in reading) {
    expect(reading.refused).not.toBe('');
    expect(reading.refused.length).toBeLessThan(500);
  } else bounded(reading.entries, size);
};

/** The same value with one place in it replaced: `steps` choose the way down. */
const mutated = (value: unknown, steps: readonly number[], by: unknown): unknown => {
  const [step, ...rest] = steps;
  if (step === undefined || typeof value !== 'object' || value === null) return by;
  if (Array.isArray(value)) {
    const list = [...(value as readonly unknown[])];
    if (list.length === 0) return by;
    const at = step % list.length;
    list[at] = mutated(list[at], rest, by);
    return list;
  }
  const names = Object.keys(value);
  if (names.length === 0) return by;
  const name = names[step % names.length] ?? '';
  const member = (value as Record<string, unknown>)[name];
  return { ...value, [name]: mutated(member, rest, by) };
};

const strange = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(
    '',
    'n/a',
    '*',
    'vers:deb/>=1|<0',
    'pkg:deb/debian/%zz@1',
    'cpe:2.3:a:::',
    '9999-99-99',
    '__proto__',
    'a'.repeat(5_000),
    '\u0000\u202e\ud800',
    Number.MAX_VALUE,
    [[[[[[[[]]]]]]]],
  ),
);

describe.each(feeds.map(feed => [feed.id, feed] as const))('%s', (id, feed) => {
  const cases = casesOf(id);

  test('has cases, one of them in which nothing is found', () => {
    expect(cases.length).toBeGreaterThanOrEqual(2);
    expect(cases.some(({ expected }) => expected.entries.length === 0)).toBe(true);
  });

  test('says how long its silence is worth something, and where it is published', () => {
    expect(feed.title).not.toBe('');
    expect(feed.maxAgeHours).toBeGreaterThan(0);
    for (const { url } of feed.addresses) expect(url).toMatch(/^https:\/\//);
    const parts = feed.addresses.map(({ part }) => part);
    expect(new Set(parts).size).toBe(parts.length);
  });

  test.each(cases.map(each => [each.name, each] as const))('reads %s', (_, given) => {
    const answer = readDocument(feed, given.file, given.text);
    expect(answer.refused).toHaveLength(given.expected.refused?.length ?? 0);
    for (const [i, why] of (given.expected.refused ?? []).entries()) {
      expect(answer.refused[i]).toContain(why);
    }
    expect(answer.entries).toMatchObject(given.expected.entries);
    expect(answer.entries).toHaveLength(given.expected.entries.length);
    if (given.expected.frame !== undefined) expect(answer.frame).toEqual(given.expected.frame);
    expect(readDocument(feed, given.file, given.text)).toEqual(answer);
  });

  test.each(
    cases
      .filter(({ expected }) => expected.entries.length > 0)
      .map(each => [each.name, each] as const),
  )('knows %s for its own, and no other feed does so more', (_, { file, text }) => {
    const head = text.slice(0, 4_096);
    const own = feed.sniff(file, head);
    expect(own).toBeGreaterThan(0.4);
    for (const other of feeds) {
      if (other.id !== id) expect(other.sniff(file, head), other.id).toBeLessThan(own);
    }
  });

  test.each(cases.map(each => [each.name, each] as const))(
    'survives damage to %s',
    (_, { file, text }) => {
      const step = Math.max(1, Math.floor(text.length / 60));
      for (let length = 0; length < text.length; length += step) {
        const part = text.slice(0, length);
        feed.sniff(file, part);
        const { records, frame } = recordsOf(feed, file, part);
        feed.frame?.(frame);
        for (const record of records) readRecord(feed, record, text.length);
      }
      const { records, frame } = recordsOf(feed, file, text);
      fc.assert(
        fc.property(fc.nat(), fc.array(fc.nat(), { maxLength: 9 }), strange, (which, steps, by) => {
          const damaged = mutated(frame, [which, ...steps], by);
          // The intake hands over an object, whatever is in it.
          if (damaged !== by) feed.frame?.(damaged as Record<string, unknown>);
          const record = records[which % Math.max(1, records.length)];
          if (record === undefined) return;
          const size = text.length + 10_000;
          readRecord(feed, { ...record, value: mutated(record.value, steps, by) }, size);
        }),
        { numRuns: 150 },
      );
    },
  );

  test('survives anything at all', () => {
    const record = (value: unknown, key: string): FeedRecord => ({
      document: 'noise',
      number: 1,
      key,
      header: key,
      value,
    });
    fc.assert(
      fc.property(strange, fc.string({ maxLength: 40 }), (value, key) => {
        readRecord(feed, record(value, key), 20_000);
        feed.frame?.({ text: value, head: value, [key]: value });
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), bytes => {
        const text = Buffer.from(bytes).toString('utf8');
        feed.sniff(text.slice(0, 20), text);
        feed.cut(text.slice(0, 20), text);
        readRecord(feed, record(text, 'cve,epss'), 20_000);
      }),
      { numRuns: 100 },
    );
  });
});
