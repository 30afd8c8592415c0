import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sourceNameOf } from '../../src/app/ingest/source-name.ts';
import { verifyStore } from '../../src/evidence/verify/verify-store.ts';
import { keptOf, leavesIn, SimulatedStore } from '../support/evidence-run.ts';
import { keepRun } from '../support/keep-run.ts';

const missing = spawnSync('logrotate', ['--version']).error !== undefined;
const title = `a log that logrotate rotates${missing ? ' (skipped: no logrotate on this machine)' : ''}`;

let folder = '';
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'postern-rotated-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
const lines = (howMany: number): string =>
  Array.from({ length: howMany }, () => {
    count += 1;
    const stamp = new Date(Date.UTC(2026, 5, 29) + count * 1_000).toISOString().slice(0, 19);
    return `${stamp}Z mx1 a[1]: line ${count}\n`;
  }).join('');

describe.skipIf(missing)(title, () => {
  test.each([
    ['create', 'rotate 9\ncreate'],
    ['compress', 'rotate 9\ncompress'],
    ['compress, delaycompress', 'rotate 9\ncompress\ndelaycompress'],
    ['xz', 'rotate 9\ncompress\ncompresscmd /usr/bin/xz\ncompressext .xz'],
    [
      'zstd',
      'rotate 9\ncompress\ncompresscmd /usr/bin/zstd\ncompressext .zst\ncompressoptions -q --rm',
    ],
    ['copytruncate', 'rotate 9\ncopytruncate'],
    ['copytruncate, compress', 'rotate 9\ncopytruncate\ncompress'],
    ['dateext, extension', 'rotate 9\ncompress\ndateext\ndateformat -%Y%m%d-%s\nextension .log'],
    ['olddir', 'rotate 9\nolddir old'],
    ['start 0', 'rotate 9\nstart 0'],
    ['olddir, compress, dateext', 'rotate 9\nolddir old\ncompress\ndateext\ndateformat -%Y%m%d-%s'],
  ])('is kept, each line once: %s', async (_, directives) => {
    const log = join(folder, 'mail.log');
    mkdirSync(join(folder, 'old'));
    const configuration = join(folder, 'rotate.conf');
    writeFileSync(configuration, `"${log}" {\nsize 1\nmissingok\n${directives}\n}\n`, {
      mode: 0o644,
    });
    const store = new SimulatedStore();
    const gaps: string[] = [];
    const kept = async (): Promise<void> => {
      const run = await keepRun(folder, ['mail*', 'old'], store, Date.now());
      gaps.push(...run.gaps);
      expect(run.unseen).toEqual([]);
    };
    let written = '';
    const append = (howMany: number): void => {
      const text = lines(howMany);
      appendFileSync(log, text);
      written += text;
    };
    append(150);
    const isDated = directives.includes('dateext');
    for (let n = 0; n < (isDated ? 3 : 5); n += 1) {
      // Sometimes all was read before the rotation, sometimes not, and sometimes there are two between two runs.
      if (n !== 2 || directives.includes('extension')) await kept();
      append(40 + n);
      const { status, stderr } = spawnSync(
        'logrotate',
        ['--force', '--state', join(folder, 'state'), configuration],
        { encoding: 'utf8' },
      );
      expect([status, stderr]).toEqual([0, '']);
      append(n % 2 === 0 ? 120 : 30);
      // Names bear the second.
      if (isDated) spawnSync('sleep', ['1.1']);
    }
    await kept();
    expect(keptOf(store.reader, sourceNameOf(log))).toBe(written);
    expect(gaps).toEqual([]);
    expect(leavesIn(store.reader).filter(({ kind }) => kind === 'source-add')).toHaveLength(1);
    expect(verifyStore(store.reader, { deep: true }).broken).toEqual([]);
  });
});
