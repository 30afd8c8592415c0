import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { confirmFormats, inventoryFormats, laterVerbs } from '../src/cli/verbs.ts';
import { bareEnvironment } from './support/environment.ts';
import { ownSchema } from './support/schemas.ts';

const program = resolve('bin/postern.js');
const fixture = (path: string): string => resolve('test/fixtures/platforms', path, 'root');

/** Something fails below this one; nothing is found below that one. */
const faulty = fixture('opendkim/signing-with-defaults');
const empty = fixture('opendkim/removed');

const base = mkdtempSync(join(tmpdir(), 'postern-cli-'));
let folder = base;
let count = 0;
beforeEach(() => {
  count += 1;
  folder = join(base, String(count));
  mkdirSync(folder);
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

type Environment = Readonly<Record<string, string>>;

/** Runs the program in an empty folder, so that no `postern.yaml` of the checkout is found. */
const run = (args: readonly string[], environment: Environment = {}): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...bareEnvironment, ...environment },
    maxBuffer: 64 << 20,
  });

const shell = (line: string, environment: Environment = {}): SpawnSyncReturns<string> =>
  spawnSync('bash', ['--norc', '-c', line], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...bareEnvironment, ...environment },
  });

const quoted = (...words: readonly string[]): string =>
  words.map(word => `'${word.replaceAll("'", "'\\''")}'`).join(' ');

/** A user's mistake: exit 64, one line on standard error, nothing on standard output. */
const mistake = (result: SpawnSyncReturns<string>): string => {
  expect(result.status, result.stderr).toBe(64);
  expect(result.stdout).toBe('');
  expect(result.stderr).toMatch(/^postern: [^\n]+\n$/);
  return result.stderr.slice('postern: '.length, -1);
};

describe('exit status', () => {
  test('0: done, and nothing is open', () => {
    const { status, stdout, stderr } = run(['confirm', '--root', empty]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^No mail software was found/);
  });

  test('1: Postern itself failed, in one line without a stack', () => {
    const { status, stderr } = run(['confirm', '--root', empty, '--out', '/dev/full']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^postern: --out \/dev\/full: cannot be written: [^\n]+\n$/);
    const loud = run(['confirm', '--root', empty, '--out', '/dev/full', '--verbose']);
    expect(loud.status).toBe(1);
    expect(loud.stderr).toContain('\n    at ');
  });

  test.each(confirmFormats)('2 as %s: something fails, whatever the format', format => {
    const { status, stdout, stderr } = run(['confirm', '--root', faulty, '--format', format]);
    expect([status, stderr]).toEqual([2, '']);
    expect(stdout.length).toBeGreaterThan(100);
    expect(stdout.endsWith('\n')).toBe(true);
  });

  test.each(confirmFormats)('3 as %s: something is unknown and nothing crossed', format => {
    const args = ['confirm', '--root', faulty, '--format', format, '--fail-on', 'never'];
    expect(run(args).status).toBe(3);
  });

  test('--fail-on decides what crosses the threshold', () => {
    const statusOf = (what: string): number | null =>
      run(['confirm', '--root', faulty, '--fail-on', what]).status;
    expect(statusOf('fail')).toBe(2);
    expect(statusOf('unknown')).toBe(2);
    expect(statusOf('contained, logged')).toBe(2);
    expect(statusOf('inventoried')).toBe(3);
  });

  test('an accepted risk does not cross the threshold until its time is over', () => {
    const yaml = (until: string): string =>
      ['logged', 'contained', 'retained', 'monitored', 'patched']
        .map(check => `  - { match: "*", check: ${check}, reason: known, until: ${until} }`)
        .join('\n');
    writeFileSync(join(folder, 'postern.yaml'), `exceptions:\n${yaml('2999-12-31')}\n`);
    const accepted = run(['confirm', '--root', faulty]);
    expect(accepted.status).toBe(3);
    expect(accepted.stdout).toContain('fail*');
    writeFileSync(join(folder, 'postern.yaml'), `exceptions:\n${yaml('2020-12-31')}\n`);
    expect(run(['confirm', '--root', faulty]).status).toBe(2);
  });

  test.each(inventoryFormats)('inventory as %s says what it could not tell with 3', format => {
    expect(run(['inventory', '--root', empty, '--format', format]).status).toBe(0);
    const blind = fixture('sogo/broken');
    expect(run(['inventory', '--root', blind, '--format', format]).status).toBe(3);
  });
});

describe('usage', () => {
  test('each mistake is one line that says what and where', () => {
    const saying = (...args: readonly string[]): string => mistake(run(args));
    expect(saying()).toBe(
      'argument 1: a verb is missing; expected one of: confirm, inventory, advisories, ingest, events, evidence, scan, scope, hunt; postern --help says more',
    );
    expect(saying('confrim')).toContain('argument 1: unknown verb "confrim"');
    expect(saying('confirm', '--formt', 'json')).toContain("Unknown option '--formt'");
    expect(saying('confirm', '--format')).toContain('argument missing');
    expect(saying('confirm', '--format', 'xml')).toContain(
      '--format "xml": expected one of text, json, html, cyclonedx, sarif, junit, oscal, ocsf',
    );
    expect(saying('inventory', '--format', 'html')).toContain(
      'expected one of text, json, cyclonedx',
    );
    expect(saying('confirm', '--fail-on', 'often')).toContain('--fail-on: "often" is neither');
    expect(saying('confirm', 'here')).toContain('unexpected "here"');
    expect(saying('confirm', '--root', './nowhere')).toBe('--root ./nowhere: no such folder');
    expect(saying('confirm', '--root', program)).toContain('not a folder');
    expect(saying('confirm', '--root=')).toContain('--root: its value is empty');
    expect(saying('confirm', '--config', 'none.yaml')).toBe('--config none.yaml: no such file');
    expect(saying('confirm', '--sample', '--root', '/')).toContain('exclude each other');
  });

  test.each(laterVerbs)('%s is refused, not pretended', verb => {
    expect(mistake(run([verb]))).toBe(
      `argument 1: this version has no "${verb}" yet; it has: confirm, inventory, advisories, ingest, events, evidence, scan, scope, hunt`,
    );
  });

  test('what a user types does not reach the terminal raw', () => {
    expect(mistake(run(['\u001b[31mred\u202e']))).not.toMatch(/[\u001b\u202e]/);
    expect(mistake(run(['confirm', '--root', '/no/\u001b]0;x\u0007']))).not.toContain('\u001b');
  });

  test('help and version go to standard output', () => {
    for (const args of [
      ['--help'],
      ['help'],
      ['help', 'confirm'],
      ['confirm', '--help'],
      ['inventory', '-h'],
      ['advisories', '--help'],
      ['--version'],
    ]) {
      const { status, stdout, stderr } = run(args);
      expect([status, stderr]).toEqual([0, '']);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    }
    expect(run(['--version']).stdout).toMatch(/^postern \d+\.\d+\.\d+\n$/);
    expect(mistake(run(['help', 'serve']))).toContain('no "serve" yet');
  });

  test.runIf(existsSync(resolve('sample/root')))('--sample reads the estate that ships', () => {
    const { status, stdout } = run(['confirm', '--sample']);
    expect(status).toBe(2);
    expect(stdout).toContain('the sample estate');
  });

  test('--sample is refused plainly by a copy that has none', () => {
    const copy = join(folder, 'copy');
    mkdirSync(copy);
    for (const part of ['bin', 'src', 'package.json', 'node_modules']) {
      symlinkSync(resolve(part), join(copy, part));
    }
    const result = spawnSync(
      process.execPath,
      [
        '--preserve-symlinks',
        '--preserve-symlinks-main',
        join(copy, 'bin/postern.js'),
        'confirm',
        '--sample',
      ],
      { cwd: folder, encoding: 'utf8' },
    );
    expect(mistake(result)).toBe(
      '--sample: this copy of Postern has no sample estate; use --root DIR',
    );
  });
});

describe('precedence: flag, variable, file, default', () => {
  const isJson = (text: string): boolean => text.startsWith('{');

  test('each voice is heard when no stronger one speaks', () => {
    const options = ['confirm', '--root', empty];
    expect(isJson(run(options).stdout)).toBe(false);
    writeFileSync(join(folder, 'postern.yaml'), 'options: { format: json }\n');
    expect(isJson(run(options).stdout)).toBe(true);
    const variable = { POSTERN_FORMAT: 'text' };
    expect(isJson(run(options, variable).stdout)).toBe(false);
    expect(isJson(run([...options, '--format', 'json'], variable).stdout)).toBe(true);
  });

  test('a wrong value is blamed on whoever said it', () => {
    expect(mistake(run(['confirm'], { POSTERN_FORMAT: 'xml' }))).toContain('POSTERN_FORMAT "xml"');
    expect(mistake(run(['confirm'], { POSTERN_ROOT: '/nowhere' }))).toBe(
      'POSTERN_ROOT /nowhere: no such folder',
    );
    writeFileSync(join(folder, 'postern.yaml'), 'options: { failOn: often }\n');
    expect(mistake(run(['confirm', '--root', empty]))).toContain('postern.yaml, options, failOn');
  });

  test('a flag for the root is stronger than a variable for the sample', () => {
    const { status, stdout } = run(['confirm', '--root', empty], { POSTERN_SAMPLE: '1' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^No mail software/);
    expect(mistake(run(['confirm'], { POSTERN_SAMPLE: '1', POSTERN_ROOT: '/' }))).toBe(
      'POSTERN_SAMPLE and POSTERN_ROOT exclude each other',
    );
  });

  test('POSTERN_CONFIG names the file, the working folder is looked at without it', () => {
    writeFileSync(join(folder, 'postern.yaml'), 'organisation: Here\n');
    writeFileSync(join(folder, 'other.yaml'), 'organisation: There\n');
    const organisation = (environment: Environment): unknown =>
      (
        JSON.parse(run(['confirm', '--root', empty, '--format', 'json'], environment).stdout) as {
          organisation?: string;
        }
      ).organisation;
    expect(organisation({})).toBe('Here');
    expect(organisation({ POSTERN_CONFIG: 'other.yaml' })).toBe('There');
  });
});

describe('configuration', () => {
  const saying = (yaml: string): string => {
    writeFileSync(join(folder, 'postern.yaml'), yaml);
    return mistake(run(['confirm', '--root', empty]));
  };

  test('a mistake is one line with file, line and column', () => {
    expect(saying('policy:\n  retentionDay: 400\n')).toBe(
      'postern.yaml:2:3: unknown key "retentionDay" in policy; see docs/configuration.md for the keys there are',
    );
    expect(saying('policy:\n  retentionDays: many\n')).toMatch(
      /^postern\.yaml:2:18: policy\.retentionDays: expected number, received string/,
    );
    expect(saying('components:\n  - match: a\n    origin: mars\n')).toMatch(
      /^postern\.yaml:3:13: components\[0\]\.origin: expected one of/,
    );
    expect(
      saying('exceptions:\n  - { match: a, check: logged, reason: x, until: 2026-02-31 }\n'),
    ).toMatch(/^postern\.yaml:2:50: exceptions\[0\]\.until: no such day/);
    expect(saying('tenants:\n  - name: a\n')).toMatch(
      /^postern\.yaml:2:5: tenants\[0\]\.people: expected object, received nothing/,
    );
    expect(saying('a: [1, 2\nb: 3\n')).toMatch(/^postern\.yaml:\d+:\d+: not valid YAML: /);
    expect(saying('a: 1\na: 2\n')).toMatch(/^postern\.yaml:2:1: not valid YAML: /);
    expect(saying('- a\n')).toMatch(/^postern\.yaml:1:1: the file: expected object/);
    expect(saying('organisation: !secret x\n')).toMatch(/^postern\.yaml:1:15: not valid YAML/);
  });

  test('a billion laughs are not laughed', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) =>
        `l${i}: &l${i} [${Array(10)
          .fill(i === 0 ? 'lol' : `*l${i - 1}`)
          .join(', ')}]`,
    );
    expect(saying(`${levels.join('\n')}\n`)).toMatch(/^postern\.yaml:1:1: not valid YAML: /);
  });

  test('a folder, and a file that is too large, are refused by name', () => {
    mkdirSync(join(folder, 'conf'));
    expect(mistake(run(['confirm', '--config', 'conf']))).toBe('conf: not a file');
    writeFileSync(join(folder, 'big.yaml'), '#'.repeat((4 << 20) + 1));
    expect(mistake(run(['confirm', '--config', 'big.yaml']))).toContain('at most 4194304');
  });

  test('an empty file is no mistake', () => {
    writeFileSync(join(folder, 'postern.yaml'), '');
    expect(run(['confirm', '--root', empty]).status).toBe(0);
  });
});

describe('output', () => {
  test('JSON on standard output keeps to its schema and to the keys promised', () => {
    const confirmed = JSON.parse(
      run(['confirm', '--root', faulty, '--format', 'json']).stdout,
    ) as Record<string, unknown>;
    expect(ownSchema('confirm')(confirmed)).toEqual([]);
    expect(confirmed['target']).toEqual({ root: faulty });
    const listed: unknown = JSON.parse(
      run(['inventory', '--root', faulty, '--format', 'json']).stdout,
    );
    expect(ownSchema('inventory')(listed)).toEqual([]);
  });

  test('--out writes the same, whole, for its owner only, and nothing to standard output', () => {
    const path = join(folder, 'answer.sarif');
    writeFileSync(path, 'older');
    chmodSync(path, 0o644);
    const args = ['confirm', '--root', faulty, '--format', 'sarif'];
    const { status, stdout } = run([...args, '--out', path]);
    expect([status, stdout]).toEqual([2, '']);
    expect((JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version).toBe('2.1.0');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['answer.sarif']);
  });

  test('what cannot be written leaves the old file, and no pieces', () => {
    expect(mistake(run(['confirm', '--root', empty, '--out', 'no/such/x']))).toBe(
      '--out no/such/x: cannot be written: its folder does not exist',
    );
    mkdirSync(join(folder, 'taken'));
    expect(mistake(run(['confirm', '--root', empty, '--out', 'taken']))).toBe(
      '--out taken: it is a folder',
    );
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  test('a device is written to, never replaced; a link keeps leading to its file', () => {
    expect(run(['confirm', '--root', empty, '--out', '/dev/null']).status).toBe(0);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(
      shell(
        `${quoted(process.execPath, program, 'confirm', '--root', empty, '--out', '/dev/stdout')} | cat`,
      ).stdout,
    ).toMatch(/^No mail software/);
    writeFileSync(join(folder, 'real'), '');
    symlinkSync('real', join(folder, 'link'));
    run(['confirm', '--root', empty, '--out', 'link']);
    expect(readFileSync(join(folder, 'real'), 'utf8')).toMatch(/^No mail software/);
  });

  test('a reader who has had enough is no error', () => {
    const line = quoted(process.execPath, program, 'confirm', '--root', faulty, '--format', 'json');
    const { stdout, stderr } = shell(
      `${line} | head -c 20; code=\${PIPESTATUS[0]}; echo; echo "$code"`,
    );
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n').at(-1)).toBe('2');
  });

  // A chroot or a container may have script(1) and no pseudo-terminals.
  const terminal = spawnSync('script', ['-qec', 'true', '/dev/null']).status === 0;
  test.skipIf(!terminal)(
    `progress and colour are for terminals, and for those who want them${terminal ? '' : ' (skipped: script(1) gives no terminal here)'}`,
    () => {
      const line = quoted(process.execPath, program, 'confirm', '--root', faulty);
      const onTerminal = (extra: string, environment: Environment = {}): string =>
        shell(`script -qec ${quoted(`${line} ${extra}`)} /dev/null`, {
          TERM: 'xterm',
          ...environment,
        }).stdout;
      expect(onTerminal('2>/dev/null')).toContain('\u001b[31m');
      expect(onTerminal('2>/dev/null', { NO_COLOR: '1' })).not.toContain('\u001b[');
      expect(onTerminal('--no-color 2>/dev/null')).not.toContain('\u001b[');
      expect(onTerminal('--out x 2>/dev/null')).toBe('');
      expect(readFileSync(join(folder, 'x'), 'utf8')).not.toContain('\u001b[');
      expect(onTerminal('>/dev/null')).toContain('postern: reading configuration');
      expect(onTerminal('--quiet >/dev/null')).toBe('');
      expect(run(['confirm', '--root', faulty]).stderr).toBe('');
    },
  );

  test('what a hostile file names its parts does not reach the terminal raw', () => {
    const root = join(folder, 'root');
    mkdirSync(join(root, 'etc'), { recursive: true });
    writeFileSync(
      join(root, 'etc/opendkim.conf'),
      'Socket inet:8891@localhost\nSetupPolicyScript /etc/\u001b[31m\u202ered\u009b.lua\nDomain \u001b]0;x\u0007\n',
    );
    mkdirSync(join(root, 'usr/sbin'), { recursive: true });
    writeFileSync(join(root, 'usr/sbin/opendkim'), '');
    for (const format of confirmFormats) {
      const { stdout } = run(['confirm', '--root', root, '--format', format]);
      expect(stdout.length).toBeGreaterThan(0);
      expect(stdout).not.toMatch(/[\u001b\u009b\u202e\u0007]/);
    }
  });
});
