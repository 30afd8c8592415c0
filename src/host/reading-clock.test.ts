import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hostLimits } from '../core/limits.ts';
import type { HostView } from './view.ts';

/** A disk on which each call takes as long as a test says, by a clock of its own. */
const disk = vi.hoisted(() => ({ ms: 0, msEach: 0 }));

vi.mock('node:fs', async original => {
  const real = await original<typeof import('node:fs')>();
  const slowed =
    <A extends readonly unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      disk.ms += disk.msEach;
      return call(...args);
    };
  return {
    ...real,
    lstatSync: slowed(real.lstatSync),
    openSync: slowed(real.openSync),
    readSync: slowed(real.readSync),
    readdirSync: slowed(real.readdirSync),
    opendirSync: slowed(real.opendirSync),
  };
});

const { openRoot } = await import('./view.ts');

let root: string;
const put = (path: string, content: string): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
};

const marker = '**/program/x';
const opened = (msEach: number, readMsMax = 1_000): HostView => {
  Object.assign(disk, { ms: 0, msEach });
  return openRoot(root, [marker], { ...hostLimits, readMsMax }, [], () => disk.ms);
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'postern-clock-'));
});
afterEach(() => {
  Object.assign(disk, { ms: 0, msEach: 0 });
  rmSync(root, { recursive: true, force: true });
});

test('a disk that answers in time is read whole', () => {
  for (let i = 0; i < 20; i += 1) put(`/etc/p/${i}`, String(i));
  const files = opened(1);
  expect(files.list('/etc/p').map(({ name }) => files.text(`/etc/p/${name}`))).not.toContain(
    undefined,
  );
  expect(files.cut).toBeUndefined();
  expect(files.unseen).toEqual([]);
});

test('once the time is used up nothing is opened any more, one entry says so, and what is known stays', () => {
  for (let i = 0; i < 400; i += 1) put(`/etc/p/${i}`, String(i));
  put('/srv/program/x', '');
  const files = opened(10);
  const names = files.list('/etc/p').map(({ name }) => `/etc/p/${name}`);
  const read = names.map(name => files.text(name));
  const many = read.filter(text => text !== undefined).length;
  expect(many).toBeGreaterThan(5);
  expect(many).toBeLessThan(100);
  const first = names[many] ?? '';
  expect(files.cut).toMatchObject({ why: 'reading stopped after 1 s', before: first });
  const stopped = disk.ms;
  // Each of these exists.
  expect(files.text('/etc/p/399')).toBeUndefined();
  expect(files.slice('/etc/p/398', 0, 1)).toBeUndefined();
  expect([...files.chunks('/etc/p/397', 10)]).toEqual([]);
  expect(files.stat('/srv/program')).toBeUndefined();
  expect(files.list('/srv')).toEqual([]);
  expect(files.glob('/srv/*')).toEqual([]);
  expect(files.glob(marker)).toEqual([]);
  expect(files.link('/srv/program')).toBeUndefined();
  expect(disk.ms).toBe(stopped);
  expect(names.map(name => files.text(name)).slice(0, many)).toEqual(read.slice(0, many));
  expect(files.list('/etc/p')).toHaveLength(400);
  expect(files.unseen).toEqual([
    {
      what: '/',
      why: 'was not searched for unpacked mail software: no time was left for it',
      how: expect.any(String),
    },
    {
      what: first,
      why: 'was not looked at, nor was anything that comes after it: reading stopped after 1 s',
      how: expect.stringContaining('policy.readSecondsMax'),
    },
  ]);
});

test('a file of which only a part came in time is not taken for a whole one', () => {
  put('/etc/long', 'a'.repeat(3 << 20));
  const files = opened(300);
  expect(files.text('/etc/long')).toBeUndefined();
  expect(files.cut?.before).toBe('/etc/long');
  expect(opened(1).text('/etc/long')).toHaveLength(3 << 20);
});

test('the walk ends with the time of the whole reading, long before its own', () => {
  for (let i = 0; i < 300; i += 1) put(`/srv/${i}/a`, '');
  put('/srv/z/program/x', '');
  const files = opened(5, 500);
  files.glob(marker);
  expect(disk.ms).toBeLessThan(600);
  expect(files.unseen.map(({ why }) => why).join('\n')).toContain('no time was left for it');
  expect(files.unseen.length).toBeLessThan(30);
});

test('the time starts with the first look, not with the opening', () => {
  put('/etc/a', 'a');
  const files = opened(1);
  disk.ms += 10_000;
  expect(files.text('/etc/a')).toBe('a');
});

test.each([
  [{ filesMax: 1 }, 'reading stopped after 1 files and 1 bytes'],
  [{ totalBytesMax: 1 }, 'reading stopped after 1 files and 1 bytes'],
  [{ textBytesMax: 1 }, 'reading stopped after 1 bytes of text'],
])('the other bounds on all that is read end it, too: %j', (limits, why) => {
  put('/etc/a', '1');
  put('/etc/b', '2');
  const files = openRoot(root, [], { ...hostLimits, ...limits });
  expect(files.text('/etc/a')).toBe('1');
  expect(files.cut).toBeUndefined();
  expect(files.text('/etc/b')).toBeUndefined();
  expect(files.cut).toMatchObject({ why, before: '/etc/b' });
  expect(files.unseen).toHaveLength(1);
});

test('what fills one folder alone ends nothing', () => {
  put('/etc/p/a', '1');
  put('/etc/p/b', '2');
  const files = openRoot(root, [], { ...hostLimits, settingsBytesMax: 1 });
  files.text('/etc/p/a');
  expect(files.text('/etc/p/b')).toBeUndefined();
  expect(files.cut).toBeUndefined();
});
