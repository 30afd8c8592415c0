import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openMailFiles, type RealMailFiles } from './mail-files.ts';
import { nameOf, pathBytes } from './path-bytes.ts';

const text = (bytes: Uint8Array | undefined): string | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes).toString();

describe('the files of a mail store', () => {
  let outside = '';
  let root = '';
  let files: RealMailFiles;
  const at = (path: string): string => join(root, path);
  const read = async (path: string): Promise<string | undefined> =>
    text((await files.read(path))?.bytes);

  beforeEach(() => {
    outside = mkdtempSync(join(tmpdir(), 'postern-mail-'));
    root = join(outside, 'root');
    mkdirSync(at('vmail/taro/cur'), { recursive: true });
    writeFileSync(join(outside, 'secret'), 'not ours');
    writeFileSync(at('vmail/taro/cur/1.a'), 'one');
    files = openMailFiles({ root, roots: ['/vmail'] });
  });
  afterEach(() => {
    files.close();
    rmSync(outside, { recursive: true });
  });

  test('are read whole, in part, and from a place on', async () => {
    expect(await read('/vmail/taro/cur/1.a')).toBe('one');
    expect(text((await files.read('/vmail/taro/cur/1.a', 1, 1))?.bytes)).toBe('n');
    expect(text((await files.read('/vmail/taro/cur/1.a', 9))?.bytes)).toBe('');
    expect((await files.read('/vmail/taro/cur/1.a'))?.bytes.buffer.byteLength).toBe(3);
    expect(files.unseen).toEqual([]);
  });

  test('links are followed within the root, as chroot would', async () => {
    symlinkSync('/vmail/taro', at('vmail/hanako'));
    symlinkSync('../../taro/cur/1.a', at('vmail/taro/cur/2.b'));
    expect(await read('/vmail/hanako/cur/1.a')).toBe('one');
    expect(await read('/vmail/taro/cur/2.b')).toBe('one');
    expect((await files.list('/vmail/hanako')).map(({ name }) => name)).toEqual(['cur']);
    expect((await files.stat('/vmail/hanako'))?.identity).toBe(
      (await files.stat('/vmail/taro'))?.identity,
    );
  });

  test('links that lead out of it are not, and are told without their names', async () => {
    symlinkSync(join(outside, 'secret'), at('vmail/taro/cur/3.c'));
    symlinkSync('../../../../secret', at('vmail/taro/cur/4.d'));
    symlinkSync(outside, at('vmail/out'));
    expect(await read('/vmail/taro/cur/3.c')).toBeUndefined();
    expect(await read('/vmail/taro/cur/4.d')).toBeUndefined();
    expect(await read('/vmail/out/secret')).toBeUndefined();
    expect(await files.list('/vmail/out')).toEqual([]);
    expect(files.unseen).toMatchObject([{ what: '/vmail' }]);
    expect(JSON.stringify(files.unseen)).not.toMatch(/taro|secret|3\.c/);
  });

  test('a folder that becomes a link meanwhile does not lead out', async () => {
    mkdirSync(join(outside, 'cur'));
    writeFileSync(join(outside, 'cur/1.a'), 'not ours');
    expect(await read('/vmail/taro/cur/1.a')).toBe('one');
    renameSync(at('vmail/taro'), at('vmail/before'));
    symlinkSync(outside, at('vmail/taro'));
    // Its handle is of the folder that was there, which is inside.
    expect(await read('/vmail/taro/cur/1.a')).not.toBe('not ours');
    expect(await read('/vmail/taro/cur/2.b')).toBeUndefined();
  });

  test('a folder that was made anew is found again', async () => {
    expect(await read('/vmail/taro/cur/1.a')).toBe('one');
    rmSync(at('vmail/taro'), { recursive: true });
    mkdirSync(at('vmail/taro/cur'), { recursive: true });
    writeFileSync(at('vmail/taro/cur/1.a'), 'another');
    expect(await read('/vmail/taro/cur/1.a')).toBe('another');
  });

  test('what is absent is no note, what is no regular file is one', async () => {
    execFileSync('mkfifo', [at('vmail/pipe')]);
    expect(await read('/vmail/nobody/cur/1')).toBeUndefined();
    expect(await files.list('/vmail/taro/cur/1.a')).toEqual([]);
    expect(await files.stat('/vmail/taro/cur/1.a/below')).toBeUndefined();
    expect(files.unseen).toEqual([]);
    expect(await read('/vmail/pipe')).toBeUndefined();
    expect(await read('/vmail/taro')).toBeUndefined();
    expect(files.unseen).toMatchObject([
      { what: '/vmail', why: expect.stringContaining('2 things') },
    ]);
  });

  test('times of access stay what they were', async () => {
    utimesSync(at('vmail/taro/cur/1.a'), 1_000_000, 1_000_000_000);
    expect(await read('/vmail/taro/cur/1.a')).toBe('one');
    expect(lstatSync(at('vmail/taro/cur/1.a')).atimeMs).toBe(1_000_000_000);
  });

  test('names in Shift_JIS are found, and opened by the same bytes', async () => {
    const name = Buffer.from([0x8e, 0xf3, 0x90, 0x4d, 0x2e, 0x6d]);
    writeFileSync(Buffer.concat([Buffer.from(at('vmail/')), name]), 'received');
    const listed = (await files.list('/vmail')).find(({ kind }) => kind === 'file');
    expect(await read(`/vmail/${listed?.name}`)).toBe('received');
    expect(pathBytes(nameOf(name))).toEqual(name);
    expect(pathBytes('/太郎😀/a')).toBe('/太郎😀/a');
    expect(pathBytes(`/太😀/${nameOf(name)}/b`)).toEqual(
      Buffer.concat([Buffer.from('/太😀/'), name, Buffer.from('/b')]),
    );
  });

  test('a pseudonym may stand for what is noted', async () => {
    const told = openMailFiles({
      root,
      roots: ['/'],
      pseudonymOf: path => `mailbox-${path.length}`,
    });
    told.note('/vmail/taro/a', 'is damaged');
    told.close();
    expect(told.unseen[0]?.why).toBe('something in it is damaged; of them mailbox-13');
  });
});
