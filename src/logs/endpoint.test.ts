import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endpointOf, ipOf } from './endpoint.ts';

test.each([
  ['192.0.2.1', { ip: '192.0.2.1' }],
  ['192.0.2.1:51451', { ip: '192.0.2.1', port: 51_451 }],
  ['[192.0.2.1]:993', { ip: '192.0.2.1', port: 993 }],
  ['2001:DB8:0::1', { ip: '2001:db8::1' }],
  ['[2001:db8::1]:993', { ip: '2001:db8::1', port: 993 }],
  ['fe80::1%eth0', { ip: 'fe80::1' }],
  ['[fe80::1%3]:80', { ip: 'fe80::1', port: 80 }],
  ['[::ffff:192.0.2.1]:25', { ip: '192.0.2.1', port: 25 }],
  ['unknown[192.0.2.1]', { ip: '192.0.2.1' }],
  ['mx.example.jp[IPv6:2001:db8::1]:25', { ip: '2001:db8::1', port: 25, host: 'mx.example.jp' }],
  ['mx.example.jp:25', { host: 'mx.example.jp', port: 25 }],
  ['mx.example.jp', { host: 'mx.example.jp' }],
])('%s', (text, endpoint) => expect(endpointOf(text)).toEqual(endpoint));

test.each(['', ' ', 'a b', '-', '1.2.3', '[', ']:1', 'a[b]', '\u001b[2J', '::ffff:999.1.1.1'])(
  '%j is no address',
  text => expect(ipOf(text)).toBeUndefined(),
);

test('what is found is canonical, whatever is asked', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string({ unit: 'binary' })), text => {
      const found = endpointOf(text);
      if (found?.ip !== undefined) expect(ipOf(found.ip)).toBe(found.ip);
      expect(JSON.stringify(found ?? null)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), ip => {
      expect(ipOf(ip)).toBeDefined();
    }),
  );
});
