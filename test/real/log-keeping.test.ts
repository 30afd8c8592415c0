import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pathMatches } from '../../src/core/glob.ts';
import { pipedLog } from '../../src/inventory/syntax/piped-logs.ts';
import { exicyclogOf } from '../../src/logs/keeping/exicyclog.ts';
import { findRemovals } from '../../src/logs/keeping/find-command.ts';
import { memoryView } from '../support/memory.ts';

/**
 * What programs that keep logs do with files, and what Postern says of them. `POSTERN_DEBS` names a
 * folder with Debian's apache2-utils, libapr1, cronolog, daemontools, runit and exim4-base
 * (`apt-get download`).
 */
const debsFolder = process.env['POSTERN_DEBS'] ?? '';
const debs =
  debsFolder !== '' && existsSync(debsFolder)
    ? readdirSync(debsFolder).filter(name =>
        /^(?:apache2-utils|libapr1|cronolog|daemontools|runit|exim4-base)_.*\.deb$/.test(name),
      )
    : [];
const isReady = debs.length === 6;
const root = mkdtempSync(join(tmpdir(), 'postern-keeping-'));
const [extractor, finder] = ['dpkg-deb', 'find'] as const;
const hasFind = spawnSync(finder, ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU');

beforeAll(() => {
  for (const deb of debs) execFileSync(extractor, ['-x', join(debsFolder, deb), root]);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const program = (name: string): string => join(root, 'usr/bin', name);
const libraries = join(root, 'usr/lib/x86_64-linux-gnu');

const folder = (name: string): string => {
  const path = join(root, 'logs', name);
  mkdirSync(path, { recursive: true });
  return path;
};

const wait = (ms: number): Promise<void> => new Promise(done => setTimeout(done, ms));

/** Writes lines into a program's standard input, one every `gapMs`, and ends it. */
const feed = async (
  [command = '', ...args]: readonly string[],
  lines: readonly string[],
  gapMs = 0,
): Promise<void> => {
  const child = spawn(command, args, {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { ...process.env, LD_LIBRARY_PATH: libraries },
  });
  const ended = new Promise(done => child.on('close', done));
  for (const line of lines) {
    child.stdin.write(`${line}\n`);
    if (gapMs > 0) await wait(gapMs);
  }
  child.stdin.end();
  await ended;
};

const filesOf = (path: string): readonly string[] =>
  readdirSync(path).map(name => join(path, name));

describe.skipIf(!isReady)(
  `programs that logs are piped to${isReady ? '' : ' (skipped: POSTERN_DEBS names no folder with their packages)'}`,
  { timeout: 60_000 },
  () => {
    test('rotatelogs begins new files under the names that Postern says, and removes none', async () => {
      const log = join(folder('stamped'), 'access.log');
      writeFileSync(`${log}.0000000001`, 'old\n');
      const words = [program('rotatelogs'), log, '1'];
      await feed(words, ['a', 'b', 'c'], 1_100);
      const found = pipedLog(words);
      const files = filesOf(join(log, '..'));
      expect(found?.rotation.removes).toEqual({ is: 'nothing' });
      expect(files.length).toBeGreaterThanOrEqual(3);
      for (const each of files) expect(pathMatches(found?.path ?? '', each), each).toBe(true);
      expect(readFileSync(`${log}.0000000001`, 'utf8')).toBe('old\n');
    });

    test('rotatelogs with a date in the name', async () => {
      const log = join(folder('dated'), 'access.%Y-%m-%d.log');
      const words = [program('rotatelogs'), '-l', log, '86400'];
      await feed(words, ['a']);
      for (const each of filesOf(join(log, '..'))) {
        expect(pathMatches(pipedLog(words)?.path ?? '', each), each).toBe(true);
      }
    });

    test('rotatelogs -n begins with its first file again at each start, over younger lines', async () => {
      const log = join(folder('circular'), 'access.log');
      const words = [program('rotatelogs'), '-n', '5', log, '1'];
      await feed(words, ['first', 'second', 'third'], 1_100);
      const before = filesOf(join(log, '..')).map(each => readFileSync(each, 'utf8'));
      await feed(words, ['fourth', 'fifth'], 1_100);
      const after = filesOf(join(log, '..')).map(each => readFileSync(each, 'utf8'));
      // Of five files some are still unused, and lines are gone all the same.
      expect(filesOf(join(log, '..')).length).toBeLessThan(5);
      expect(before.join('')).toContain('second');
      expect(after.join('')).not.toContain('second');
      expect(pipedLog(words)?.rotation.removes).toEqual({ is: 'unknown' });
    });

    test('rotatelogs -t keeps one file and no line before its last time', async () => {
      const log = join(folder('emptied'), 'access.log');
      const words = [program('rotatelogs'), '-t', log, '1'];
      await feed(words, ['first', 'second', 'third'], 1_100);
      expect(filesOf(join(log, '..'))).toEqual([log]);
      expect(readFileSync(log, 'utf8')).not.toContain('first');
      expect(pipedLog(words)).toMatchObject({
        path: log,
        rotation: { removes: { is: 'by age', leastDays: 0, mostDays: 1 } },
      });
    });

    test('cronolog', async () => {
      const log = join(folder('cronolog'), '%Y/%m/%d/access.log');
      const words = [program('cronolog'), `--symlink=${join(root, 'now')}`, log];
      await feed(words, ['a']);
      const [year] = readdirSync(folder('cronolog'));
      expect(year).toMatch(/^\d{4}$/);
      const list = execFileSync(finder, [folder('cronolog'), '-type', 'f'], { encoding: 'utf8' });
      for (const each of list.trim().split('\n')) {
        expect(pathMatches(pipedLog(words)?.path ?? '', each), each).toBe(true);
      }
    });

    const line = 'x'.repeat(999);

    test('multilog keeps as many old files as it is told', async () => {
      const at = folder('multilog');
      const words = [program('multilog'), 't', 's4096', 'n3', at];
      await feed(
        words,
        Array.from({ length: 60 }, () => line),
        5,
      );
      const found = pipedLog(words);
      const old = filesOf(at).filter(each => pathMatches(found?.rotation.leaves?.[0] ?? '', each));
      expect(found?.rotation.why).toContain('3 files of 4096 bytes');
      expect(old.length).toBe(2);
      expect(existsSync(found?.path ?? '')).toBe(true);
    });

    test('svlogd keeps as many old files as its folder says', async () => {
      const at = folder('svlogd');
      writeFileSync(join(at, 'config'), 's4096\nn3\n');
      const words = [program('svlogd'), at];
      await feed(
        words,
        Array.from({ length: 60 }, () => line),
        5,
      );
      const found = pipedLog(words);
      const old = filesOf(at).filter(each => pathMatches(found?.rotation.leaves?.[0] ?? '', each));
      expect(old.length).toBe(3);
      expect(existsSync(found?.path ?? '')).toBe(true);
    });
  },
);

describe.skipIf(!isReady)(
  `exicyclog${isReady ? '' : ' (skipped: POSTERN_DEBS names no folder with exim4-base)'}`,
  () => {
    const script = join(root, 'usr/sbin/exicyclog');
    const holding = (at: string, line: string): boolean =>
      filesOf(at).some(each => {
        const packed = each.endsWith('.gz');
        const text = packed
          ? gunzipSync(readFileSync(each)).toString()
          : readFileSync(each, 'utf8');
        return text.includes(line);
      });

    test.each([
      ['as it was built', []],
      ['-k 3', ['-k', '3']],
      ['-k 12', ['-k', '12']],
    ])('a line outlives as many runs as Postern says: %s', (_, more) => {
      const at = folder(`exim${more.join('')}`);
      const log = join(at, 'mainlog');
      const own = exicyclogOf(
        memoryView({
          '/etc/cron.d/exim': `5 0 * * * root /usr/sbin/exicyclog ${more.join(' ')}\n`,
          '/usr/sbin/exicyclog': readFileSync(script, 'utf8'),
        }),
        '/var/log/exim4/mainlog',
      );
      const removes = own?.removes.is === 'by age' ? own.removes : undefined;
      writeFileSync(log, 'first line\n');
      let runs = 0;
      for (; holding(at, 'first line') && runs < 50; runs++) {
        const args = [script, '-l', join(at, '%slog'), ...more];
        spawnSync('sh', args, { stdio: ['ignore', 'ignore', 'ignore'] });
        writeFileSync(log, `later ${runs}\n`);
      }
      // Written just before a run, it is gone with the last of them; just after one, a day later.
      expect(removes?.leastDays).toBe(runs - 1);
      expect(removes?.mostDays).toBe(runs);
    });
  },
);

describe.skipIf(hasFind !== true)(
  `find${hasFind === true ? '' : ' (skipped: GNU find is not here)'}`,
  () => {
    test.each([
      '-mtime +8 -delete',
      '-type f -mtime +8 -exec rm {} ;',
      "! -name 'a*' -name '*.log?*' -mtime +8 -delete",
      "-iname 'MAIL*' -mtime +8 -delete",
      '-mmin +12960 -delete',
      '-maxdepth 1 -mtime +8 -delete',
      '-mtime 9 -delete',
    ])('%s', expression => {
      const at = join(root, 'find');
      rmSync(at, { recursive: true, force: true });
      mkdirSync(join(at, 'below'), { recursive: true });
      const now = Date.now() / 1_000;
      const names = ['audit.log.1', 'mail.log', 'mail.log.1', 'below/mail.log.2'];
      const ages = [7.9, 8.1, 8.9, 9.1, 9.9, 10.1, 30];
      const made = names.flatMap(name =>
        ages.map(age => {
          const path = join(at, `${name}-${age}`);
          writeFileSync(path, 'x');
          utimesSync(path, now - age * 86_400, now - age * 86_400);
          return { path, age };
        }),
      );
      const command = `find ${at} ${expression.replace(' ;', ' \\;')}`;
      const [removal] = findRemovals(command);
      execFileSync('sh', ['-c', command]);
      expect(removal?.understood).toBe(true);
      for (const { path, age } of made) {
        const isGone = !existsSync(path);
        const isTaken =
          removal?.takes(path) === true &&
          (removal.depthMax === undefined || !path.includes('/below/'));
        if (isGone) expect(isTaken && age >= (removal.leastDays ?? Infinity), path).toBe(true);
        if (isTaken && age > (removal.mostDays ?? Infinity)) expect(isGone, path).toBe(true);
      }
      expect(made.some(({ path }) => !existsSync(path))).toBe(true);
    });
  },
);
