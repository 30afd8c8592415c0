import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Changes } from '../../src/core/changes.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { State } from '../../src/core/verdict.ts';
import { osvRecord } from '../advisories/generated.ts';
import { bareEnvironment } from '../support/environment.ts';
import { ownSchema } from '../support/schemas.ts';

const program = resolve('bin/postern.js');
const base = mkdtempSync(join(tmpdir(), 'postern-e2e-store-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let folder = base;
let count = 0;
beforeEach(() => {
  count += 1;
  folder = join(base, String(count));
  mkdirSync(folder);
});

const run = (...args: readonly string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...bareEnvironment, HOME: folder },
    maxBuffer: 64 << 20,
  });

interface Told {
  readonly components: readonly {
    readonly id: string;
    readonly checks: Readonly<Record<string, { readonly state: State }>>;
    readonly flaws?: { readonly findings: readonly string[] };
  }[];
  readonly flaws?: Readonly<Record<string, Finding>>;
  readonly changes?: Changes;
  readonly unseen: readonly { readonly what: string; readonly why: string }[];
}

const confirm = (root: string, store = 'store'): Told => {
  const { status, stdout, stderr } = run(
    'confirm',
    '--root',
    root,
    '--store',
    store,
    '--format',
    'json',
    '--fail-on',
    'never',
  );
  expect([0, 3], stderr).toContain(status);
  const answer = JSON.parse(stdout) as Told;
  expect(ownSchema('confirm')(answer)).toEqual([]);
  return answer;
};

const installed = '1.6.5+dfsg-1+deb12u9';
const mended = '1.6.5+dfsg-1+deb12u10';

const sampleRoot = (): string => {
  const root = join(folder, 'root');
  cpSync('sample/root', root, { recursive: true });
  return root;
};

const change = (path: string, from: string, to: string): void => {
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replaceAll(from, to));
};

const day = (daysAgo: number): string => new Date(Date.now() - daysAgo * 86_400_000).toISOString();

const record = (id: string, fixed = mended): Record<string, unknown> =>
  osvRecord(id, { modified: day(0.5), published: day(100) }, 'roundcube', fixed);

const importAs = (
  records: readonly Record<string, unknown>[],
  ...more: readonly string[]
): void => {
  const path = join(folder, 'records.json');
  writeFileSync(path, JSON.stringify(records));
  const { status, stderr, stdout } = run(
    'advisories',
    'import',
    path,
    '--as',
    'osv/Debian',
    '--store',
    'store',
    ...more,
  );
  expect(status, stderr + stdout).toBe(0);
};

const flawOf = ({ components, flaws }: Told, flaw: string): Finding | undefined =>
  components
    .find(({ id }) => id === 'roundcube')
    ?.flaws?.findings.map(name => flaws?.[name])
    .find(found => found?.id === flaw);

describe('runs that are kept', () => {
  test('tell what came, what was done, what is mended, and what is back', () => {
    const root = sampleRoot();
    importAs([record('CVE-2026-0001')]);
    const first = confirm(root);
    expect(first.changes).toBeUndefined();
    expect(flawOf(first, 'CVE-2026-0001')).toMatchObject({
      outcome: 'affected',
      fixedIn: mended,
      isNew: false,
    });

    importAs([record('CVE-2026-0001'), record('CVE-2026-0002')]);
    const second = confirm(root);
    expect(second.changes?.flawsNew).toContainEqual({
      component: 'roundcube',
      flaw: 'CVE-2026-0002',
    });
    expect(second.changes?.flawsNew).not.toContainEqual({
      component: 'roundcube',
      flaw: 'CVE-2026-0001',
    });
    expect(flawOf(second, 'CVE-2026-0002')).toMatchObject({ isNew: true });
    expect(flawOf(second, 'CVE-2026-0001')?.firstSeen).toBe(
      flawOf(first, 'CVE-2026-0001')?.firstSeen,
    );

    const mark = run(
      'advisories',
      'mark',
      'roundcube',
      'CVE-2026-0001',
      'mitigated',
      '--by',
      'Mail Team',
      '--why',
      'upload switched off',
      '--store',
      'store',
    );
    expect([mark.status, mark.stdout]).toEqual([
      0,
      'roundcube: CVE-2026-0001 is mitigated, says Mail Team\n',
    ]);
    const third = confirm(root);
    expect(third.changes?.flawsNew).toEqual([]);
    expect(flawOf(third, 'CVE-2026-0001')?.steps).toMatchObject([
      { state: 'mitigated', by: 'Mail Team', why: 'upload switched off' },
      { state: 'vulnerable', by: 'postern' },
    ]);

    const status = join(root, 'var/lib/dpkg/status');
    change(status, installed, mended);
    const fourth = confirm(root);
    const gone = ['CVE-2026-0001', 'CVE-2026-0002'].map(flaw => ({ component: 'roundcube', flaw }));
    expect(fourth.changes?.flawsMended).toEqual(expect.arrayContaining(gone));
    expect(flawOf(fourth, 'CVE-2026-0001')).toMatchObject({ outcome: 'not-affected' });
    const fifth = confirm(root);
    expect(fifth.changes?.flawsMended).toEqual([]);
    expect(flawOf(fifth, 'CVE-2026-0001')?.steps?.[0]).toMatchObject({
      state: 'patched',
      by: 'postern',
    });

    change(status, mended, installed);
    const back = confirm(root);
    expect(back.changes?.flawsNew).toEqual(expect.arrayContaining(gone));
    expect(flawOf(back, 'CVE-2026-0001')).toMatchObject({ isNew: true });
  }, 120_000);

  test('know two hosts apart', () => {
    const root = sampleRoot();
    writeFileSync(join(root, 'etc/machine-id'), `${'a'.repeat(32)}\n`);
    importAs([record('CVE-2026-0001')]);
    confirm(root);
    writeFileSync(join(root, 'etc/machine-id'), `${'b'.repeat(32)}\n`);
    expect(confirm(root).changes).toBeUndefined();
    writeFileSync(join(root, 'etc/machine-id'), `${'a'.repeat(32)}\n`);
    expect(confirm(root).changes).toMatchObject({ flawsNew: [], componentsNew: [] });
    const kept = readFileSync(join(folder, 'store/ledger.sqlite'), 'latin1');
    expect(kept).not.toContain('a'.repeat(32));
  }, 60_000);
});

describe('advisories mark', () => {
  let store = '';
  beforeAll(() => {
    folder = join(base, 'marks');
    mkdirSync(folder);
    importAs([record('CVE-2026-0001')]);
    confirm(sampleRoot());
    store = join(folder, 'store');
  }, 60_000);

  test.each<readonly [string, readonly string[], string]>([
    [
      'no run saw',
      ['roundcube', 'CVE-2026-9999', 'patched', '--by', 'x', '--why', 'y'],
      'no run that is kept',
    ],
    [
      'stands in another part',
      ['postfix', 'CVE-2026-0001', 'patched', '--by', 'x', '--why', 'y'],
      'no run that is kept',
    ],
    [
      'has no such state',
      ['roundcube', 'CVE-2026-0001', 'gone', '--by', 'x', '--why', 'y'],
      '"gone" is no state',
    ],
    ['nobody signs', ['roundcube', 'CVE-2026-0001', 'patched', '--why', 'y'], '--by NAME'],
    [
      'nobody gives a reason for',
      ['roundcube', 'CVE-2026-0001', 'patched', '--by', 'x'],
      '--why TEXT',
    ],
  ])('refuses a flaw that %s', (_, args, why) => {
    const { status, stderr } = run('advisories', 'mark', ...args, '--store', store);
    expect([status, stderr]).toEqual([64, expect.stringContaining(why) as string]);
  });

  test('makes no store', () => {
    const { status } = run(
      'advisories',
      'mark',
      'roundcube',
      'CVE-1',
      'patched',
      '--by',
      'x',
      '--why',
      'y',
      '--store',
      'nothing',
    );
    expect([status, existsSync(join(folder, 'nothing'))]).toEqual([64, false]);
  });
});

describe('a store that is not well', () => {
  test('a damaged source is said as unseen, and the rest answers', () => {
    const root = sampleRoot();
    importAs([record('CVE-2026-0001')]);
    const kev = 'sample/advisories/kev/known_exploited_vulnerabilities.json';
    expect(run('advisories', 'import', resolve(kev), '--store', 'store').status).toBe(0);
    writeFileSync(join(folder, 'store/advisories/kev~.sqlite'), 'damaged');
    const answer = confirm(root);
    expect(answer.unseen).toContainEqual(
      expect.objectContaining({ what: 'the advisories of kev' }) as object,
    );
    expect(flawOf(answer, 'CVE-2026-0001')).toMatchObject({ outcome: 'affected' });
    expect(run('advisories', 'status', '--store', 'store').stdout).toMatch(/kev: not used/);
  });

  test('a damaged ledger keeps nobody from an answer', () => {
    const root = sampleRoot();
    importAs([record('CVE-2026-0001')]);
    writeFileSync(join(folder, 'store/ledger.sqlite'), 'damaged'.repeat(1_000));
    const answer = confirm(root);
    expect(answer.unseen.map(({ what }) => what)).toContain('what earlier runs found');
    expect(flawOf(answer, 'CVE-2026-0001')).toMatchObject({ outcome: 'affected' });
  });

  const full = join(base, 'full');
  mkdirSync(full);
  const mounts = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', full]).status === 0;
  afterAll(() => {
    if (mounts) spawnSync('umount', ['-l', full]);
  });

  test.skipIf(!mounts)(
    'a full disk keeps nobody from an answer, nor from the copy before (needs root)',
    () => {
      const root = sampleRoot();
      const path = join(folder, 'records.json');
      const imported = (records: readonly unknown[]): SpawnSyncReturns<string> => {
        writeFileSync(path, JSON.stringify(records));
        return run('advisories', 'import', path, '--as', 'osv/Debian', '--store', full);
      };
      expect(imported([record('CVE-2026-0001')]).status).toBe(0);
      const many = Array.from({ length: 3_000 }, (_, i) => record(`CVE-2026-${10_000 + i}`));
      const { status, stderr, stdout } = imported(many);
      expect([1, 3]).toContain(status);
      expect(stdout + stderr).toMatch(/full|no space/);
      expect(
        readdirSync(join(full, 'advisories')).filter(name => name.includes('partial')),
      ).toEqual([]);
      confirm(root, full);
      // Whatever room is left goes.
      spawnSync('sh', ['-c', `cat /dev/zero > ${full}/filler`]);
      change(join(root, 'var/lib/dpkg/status'), installed, mended);
      const answer = confirm(root, full);
      expect(flawOf(answer, 'CVE-2026-0001')).toMatchObject({ outcome: 'not-affected' });
    },
  );
});

const traced = spawnSync('strace', ['-V']).status === 0;

test.skipIf(!traced)('without a store nothing is made anywhere (needs strace)', () => {
  const root = sampleRoot();
  chmodSync(folder, 0o755);
  const log = join(base, 'trace');
  const { status } = spawnSync(
    'strace',
    [
      '-f',
      '-o',
      log,
      '-e',
      'trace=open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,symlinkat,chmod,fchmod,fchmodat,truncate,ftruncate',
      process.execPath,
      program,
      'confirm',
      '--root',
      root,
      '--store',
      join(folder, 'nothing'),
      '--fail-on',
      'never',
      '--quiet',
    ],
    // Without what other tests ask of Node.js: to keep what it compiled would be a write.
    { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder } },
  );
  expect([0, 3]).toContain(status);
  const calls = readFileSync(log, 'utf8').split('\n');
  expect(calls.length).toBeGreaterThan(100);
  const changing = calls.filter(
    line =>
      /^\d+ +(?:creat|mkdir|rename|unlink|rmdir|link|symlink|f?chmod|f?truncate)/.test(line) ||
      (/O_CREAT|O_WRONLY|O_RDWR|O_TRUNC|O_APPEND/.test(line) && !/"\/dev\/(?:null|tty)/.test(line)),
  );
  expect(changing.filter(line => !/ = -1 /.test(line))).toEqual([]);
  expect(readdirSync(folder)).toEqual(['root']);
});
