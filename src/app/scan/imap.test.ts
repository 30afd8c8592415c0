import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { uidSet } from './imap/folder.ts';
import { isImapUrl, passwordOf, readAccounts, readImapUrl } from './imap/server.ts';
import { folderNameOf } from './imap.ts';

describe('a server of mail', () => {
  test.each([
    ['imaps://imap.example.jp', { host: 'imap.example.jp', port: 993, tls: 'implicit' }],
    ['imap://imap.example.jp', { host: 'imap.example.jp', port: 143, tls: 'starttls' }],
    ['imap://127.0.0.1:10143', { host: '127.0.0.1', port: 10143, tls: 'none' }],
    ['imap://[::1]/', { host: '::1', port: 143, tls: 'none' }],
  ])('%s', (text, server) => {
    expect(readImapUrl(text)).toEqual({ ok: true, value: { server } });
  });

  test('a user may stand in the address, a password may not', () => {
    expect(readImapUrl('imaps://taro%40example.jp@imap.example.jp')).toMatchObject({
      ok: true,
      value: { user: 'taro@example.jp' },
    });
    const refused = readImapUrl('imaps://taro:secret@imap.example.jp');
    expect(refused).toMatchObject({ ok: false, why: expect.stringContaining('--password-file') });
    expect(JSON.stringify(refused)).not.toContain('secret');
    expect(readImapUrl('https://example.jp').ok).toBe(false);
    expect(readImapUrl('imaps://').ok).toBe(false);
    expect([isImapUrl('imaps://a'), isImapUrl('/var/mail/imap://')]).toEqual([true, false]);
  });

  test('accounts stand on lines, each once, some with passwords of their own', () => {
    expect(
      readAccounts('# ours\ntaro@example.jp\r\n\nhanako\tpass word\ntaro@example.jp\n'),
    ).toEqual([{ name: 'taro@example.jp' }, { name: 'hanako', password: 'pass word' }]);
  });

  test('a password comes from a file or the environment', () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-imap-'));
    writeFileSync(join(folder, 'password'), 'from file\n');
    expect(passwordOf(join(folder, 'password'), {})).toBe('from file');
    rmSync(folder, { recursive: true });
    expect(passwordOf(undefined, { POSTERN_IMAP_PASSWORD: 'from environment' })).toBe(
      'from environment',
    );
    expect(passwordOf(undefined, {})).toBeUndefined();
  });

  test('sets of UIDs hold those that are asked for, and no others', () => {
    expect(uidSet([1, 2, 3, 7, 9, 10])).toBe('1:3,7,9:10');
    expect(uidSet([5])).toBe('5');
  });

  test('folders are called the same whatever stands between their levels', () => {
    expect(folderNameOf({ path: 'INBOX.Sent.2026', delimiter: '.' })).toBe('Sent/2026');
    expect(folderNameOf({ path: 'Inbox', delimiter: '/' })).toBe('INBOX');
    expect(folderNameOf({ path: 'a.b', delimiter: '/' })).toBe('a.b');
  });
});
