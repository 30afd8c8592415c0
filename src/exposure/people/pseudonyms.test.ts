import { createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pseudonyms } from './pseudonyms.ts';
import { ShortHmac } from './short-hmac.ts';

const key = Buffer.alloc(32, 7);

describe('a pseudonym', () => {
  test('is HMAC-SHA-256 of whatever text, as node:crypto has it', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.string({ unit: 'binary', maxLength: 300 }),
        (secret, text) => {
          const mac = new ShortHmac(secret);
          mac.update('another text before it');
          mac.update(text);
          const digest = createHmac('sha256', secret).update(text).digest();
          expect([mac.high, mac.low]).toEqual([digest.readUIntBE(0, 6), digest.readUIntBE(6, 6)]);
          expect([mac.first, mac.second, mac.third]).toEqual(
            [0, 4, 8].map(at => digest.readUInt32BE(at)),
          );
        },
      ),
    );
  });

  test.each([0, 54, 55, 56, 63, 64, 65, 119, 120, 10_000])('of %i bytes, too', length => {
    const mac = new ShortHmac(key);
    for (const letter of ['x', '\ud800']) {
      const text = letter.repeat(length);
      mac.update(text);
      expect(mac.high).toBe(createHmac('sha256', key).update(text).digest().readUIntBE(0, 6));
    }
  });

  test('is made with a key of its kind', () => {
    const pseudonyms = new Pseudonyms(key);
    const derived = Buffer.from(hkdfSync('sha256', key, '', 'postern exposure kind email', 32));
    const digest = createHmac('sha256', derived).update('taro@example.jp').digest();
    const email = pseudonyms.of('email', 'taro@example.jp');
    expect(email).toEqual({ high: digest.readUIntBE(0, 6), low: digest.readUIntBE(6, 6) });
    expect(pseudonyms.of('mailbox', 'taro@example.jp')).not.toEqual(email);
    expect(pseudonyms.of('email', 'taro@example.jp')).toEqual(email);
    expect(new Pseudonyms(Buffer.alloc(32, 8)).of('email', 'taro@example.jp')).not.toEqual(email);
  });

  test('names its key without telling it', () => {
    const { fingerprint } = new Pseudonyms(key);
    expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(fingerprint).not.toBe(key.toString('hex', 0, 8));
    expect(() => new Pseudonyms(Buffer.alloc(31))).toThrow('31 bytes');
    expect(() => new ShortHmac(Buffer.alloc(65))).toThrow('more than one block');
  });
});
