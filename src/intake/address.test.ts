import { describe, expect, test } from 'vitest';
import { isLocalHost, isLocalIp, parseAddress, redirectFault, shownAddress } from './address.ts';

test('an address is shown without its user, password, values and fragment', () => {
  expect(shownAddress(new URL('https://u:p@feeds.example.jp:8443/a/b.json?key=x&y=z#t'))).toBe(
    'https://feeds.example.jp:8443/a/b.json?…',
  );
  expect(shownAddress(new URL(`https://feeds.example.jp/${'a'.repeat(900)}`)).length).toBeLessThan(
    250,
  );
});

test.each([
  'feeds.example.jp/x',
  '',
  'ftp://u:s3cret@h/',
  'javascript:1',
  'file://host/x',
  'https://',
])('%s is not an address, and the words do not repeat what is in it', address => {
  const parsed = parseAddress(address);
  expect(parsed).toBeTypeOf('string');
  expect(parsed).not.toContain('s3cret');
});

describe('this machine', () => {
  test.each([
    '127.0.0.1',
    '127.9.9.9',
    '0.0.0.0',
    '169.254.169.254',
    '::1',
    '::',
    'fe80::1',
    '::ffff:127.0.0.1',
  ])('is %s', address => expect(isLocalIp(address)).toBe(true));

  test.each(['192.0.2.1', '10.0.0.1', '2001:db8::1', '::ffff:192.0.2.1', 'localhost', ''])(
    'is not the address %j',
    address => expect(isLocalIp(address)).toBe(false),
  );

  test.each([
    'http://localhost/',
    'http://a.localhost./',
    'http://[::1]/',
    'http://2130706433/',
    'http://0x7f.1/',
  ])('is the host of %s', address => expect(isLocalHost(new URL(address))).toBe(true));
});

test('a redirect takes no protection away unless the user allows it', () => {
  const at = (address: string): URL => new URL(address);
  const fault = (from: string, to: string, allow = {}): string | undefined =>
    redirectFault(at(from), at(to), allow);
  expect(fault('https://a.test/', 'http://a.test/?k=s3cret')).toContain('http://a.test/?…');
  expect(fault('https://a.test/', 'http://a.test/', { plain: true })).toBeUndefined();
  expect(fault('https://a.test/', 'https://127.0.0.1/')).toContain('this machine itself');
  expect(fault('https://a.test/', 'https://127.0.0.1/', { local: true })).toBeUndefined();
  expect(fault('http://localhost/', 'http://127.0.0.1/')).toBeUndefined();
  expect(fault('http://a.test/', 'https://b.test/')).toBeUndefined();
  expect(fault('http://a.test/', 'file:///etc/passwd', { local: true, plain: true })).toContain(
    'file:',
  );
});
