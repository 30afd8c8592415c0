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
