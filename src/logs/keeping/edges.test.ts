import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import type { TreeFile } from '../../../test/support/tree.ts';
import { edgesOf, rotatedFilesOf } from './edges.ts';

const path = '/var/log/mail.log';

const namesOf = (names: readonly string[]): readonly string[] =>
  rotatedFilesOf(
    memoryView(Object.fromEntries(names.map(name => [`/var/log/${name}`, '']))),
    path,
  ).map(each => each.slice('/var/log/'.length));

test('names that rotation gives, the oldest first where times were lost', () => {
  expect(
    namesOf([
      'mail.log',
      'mail.log.1',
      'mail.log.2.gz',
      'mail.log.10.gz',
      'mail.log.notes',
      'mail.log1',
    ]),
  ).toEqual(['mail.log.10.gz', 'mail.log.2.gz', 'mail.log.1']);
  expect(
    namesOf([
      'mail.log-20261108',
      'mail.log-20261101.gz',
      'mail-20261025.log.xz',
      'mail.logs-20260101',
      'xmail.log.1',
    ]),
  ).toEqual(['mail-20261025.log.xz', 'mail.log-20261101.gz', 'mail.log-20261108']);
});

test('of very many rotated files the oldest is opened', () => {
  const files = memoryView(
    Object.fromEntries<TreeFile>([
      [path, '2026-11-25 10:00:00 x\n'],
      ...Array.from({ length: 365 }, (_, i): [string, TreeFile] => {
        const day = new Date(Date.parse('2026-11-24T00:00:00Z') - i * 86_400_000).toISOString();
        return [
          `${path}.${i + 1}.gz`,
          { content: gzipSync(`${day.slice(0, 10)} 00:00:01 x\n`), mtime: day },
        ];
      }),
    ]),
  );
  expect(edgesOf(files, path, rotatedFilesOf(files, path))).toEqual({
    oldest: '2025-11-25T00:00:01.000Z',
    newest: '2026-11-25T10:00:00.000Z',
  });
});

test('a bomb is not unpacked, damage is unseen, and neither is a date', () => {
  const files = memoryView({
    [path]: '',
    [`${path}.1.gz`]: gzipSync(Buffer.alloc(32 << 20)),
    [`${path}.2.gz`]: Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]),
    [`${path}.3.bz2`]: 'BZh91AY',
    [`${path}.4.xz`]: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]),
  });
  expect(edgesOf(files, path, rotatedFilesOf(files, path))).toEqual({});
  expect(files.unseen.map(({ what }) => what).sort()).toEqual([
    `${path}.2.gz`,
    `${path}.3.bz2`,
    `${path}.4.xz`,
  ]);
});

const long = Buffer.from(
  Array.from(
    { length: 100_000 },
    (_, i) =>
      `${new Date(Date.parse('2026-11-01T00:00:00Z') + i * 1_000).toISOString()} mx a[${(i * 7_919) % 65_536}]: x\n`,
  ).join(''),
);
const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
const packings: readonly (readonly [string, string, ((bytes: Buffer) => Buffer) | undefined])[] = [
  ['gz', 'gzip', bytes => gzipSync(bytes)],
  ...['xz', 'zstd', 'lz4'].map(
    program =>
      [
        program === 'zstd' ? 'zst' : program,
        program,
        has(program)
          ? (bytes: Buffer) =>
              spawnSync(program, ['-c'], { input: bytes, maxBuffer: 64 << 20 }).stdout
          : undefined,
      ] as const,
  ),
];

for (const [ending, program, pack] of packings) {
  test.skipIf(pack === undefined)(
    `both ends of a log of megabytes packed by ${program}${pack === undefined ? ' (skipped: it is not installed)' : ''}`,
    () => {
      const files = memoryView({
        [path]: '',
        [`${path}.1.${ending}`]: pack?.(long) ?? '',
      });
      expect(edgesOf(files, path, rotatedFilesOf(files, path))).toEqual({
        oldest: '2026-11-01T00:00:00.000Z',
        newest: '2026-11-02T03:46:39.000Z',
      });
      expect(files.unseen).toEqual([]);
    },
  );
}

test('a front that ends in the middle of a date does not shorten it', () => {
  for (let length = 1; length < 60; length++) {
    const noise = randomBytes(length).toString('hex');
    const files = memoryView({
      [`${path}.1.gz`]: gzipSync(
        `${noise}\n${randomBytes(200).toString('hex')}\n2026-11-01 10:00:00 x\n`,
      ),
    });
    expect(edgesOf(files, path, rotatedFilesOf(files, path)).oldest).toBe(
      '2026-11-01T10:00:00.000Z',
    );
  }
});

test('hundreds of bombs end what is unpacked in a run; the first left over are named', () => {
  const bomb = gzipSync(Buffer.alloc(24 << 20, 'x'));
  const files = memoryView(
    Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [
        [`/var/log/${i}.log`, ''],
        [`/var/log/${i}.log.1.gz`, bomb],
      ]).flat(),
    ),
  );
  for (let i = 0; i < 60; i++) {
    const log = `/var/log/${i}.log`;
    expect(edgesOf(files, log, rotatedFilesOf(files, log))).toEqual({});
  }
  expect(files.unseen.map(({ what }) => what)).toEqual([
    ...Array.from({ length: 20 }, (_, i) => `/var/log/${i + 8}.log.1.gz`),
    '/var/log',
  ]);
});

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.constantFrom(
        [],
        [0x1f, 0x8b, 8],
        [0xfd, 0x37, 0x7a, 0x58],
        [0x28, 0xb5, 0x2f, 0xfd],
        [4, 0x22, 0x4d, 0x18],
      ),
      (bytes, head) => {
        const files = memoryView({
          [path]: Buffer.from([...head, ...bytes]),
          [`${path}.1`]: Buffer.from([...head, ...bytes]),
        });
        const { oldest, newest } = edgesOf(files, path, rotatedFilesOf(files, path));
        expect(oldest === undefined || newest === undefined || oldest.length > 0).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});
