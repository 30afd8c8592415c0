import { expect, test } from 'vitest';
import { withoutAccounts } from './url-text.ts';

test.each([
  ['http://log.example.jp:8088/x', 'http://log.example.jp:8088/x'],
  ['https://u:p@log.example.jp/x', 'https://log.example.jp/x'],
  ['https://token@log.example.jp', 'https://log.example.jp'],
  ['mysql://u:p@ss@db/mail', 'mysql://db/mail'],
  ['mysql://u:p/a?s#s@db/mail', 'mysql://db/mail'],
  ['mysql://u:p@a/ss@db/mail', 'mysql://…'],
  ['https://u:p@h/?from=a@b', 'https://…'],
  ['https://h/?from=a@b', 'https://h/?from=a@b'],
  ['redis://:p/w@127.0.0.1:6379/0', 'redis://127.0.0.1:6379/0'],
  ['//u:p@h', '//h'],
  ['ldap://a:389/?mail?sub?(x=a@b)', 'ldap://a:389/?mail?sub?(x=a@b)'],
  ['http://[2001:db8::1]/a@b', 'http://[2001:db8::1]/a@b'],
  ['a http://u:p@h/ and ldaps://v:q@i', 'a http://h/ and ldaps://i'],
  ['http://h/in?user=u&api_key=abc&x=1', 'http://h/in?user=u&api_key=…&x=1'],
  ['sqlite:////var/lib/x.db', 'sqlite:////var/lib/x.db'],
  ['no address', 'no address'],
  ['', ''],
])('%s', (written, shown) => {
  expect(withoutAccounts(written)).toBe(shown);
});

test('four million slashes, at signs and colons end soon', () => {
  for (const text of ['/', '//', '@', '//@', '//:', '//a:b', '?key=', '//a?key']) {
    expect(withoutAccounts(text.repeat((4 << 20) / text.length)).length).toBeGreaterThan(0);
  }
}, 30_000);
