import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unpackZchunk } from './zchunk.ts';

/** Made by zck(1) with a dictionary, split before each name that begins with p3; -u the second. */
const made = {
  plain: Buffer.from(
    [
      'AFpDSzGBFILS+nCD/iNj9pFFzXJDpt6W5rtkqs/NS2pS43C7azIZmZGYxnAvfXkjECS4P1c6EwMg1GhX/Hgyqi',
      'GHW9q6su+LgIJvgYONmxFQmi6h+Z+Dn1anFbNZEce+5C8e80hRABez9tvDakxSc58KgYLcR5dMxPUasZ+rE/eA',
      'MZDYbomI2Dudx1MT+JiifTl/ksD6mK9ZOhqMAGcuvm6T5TAmfT3WmK+T7gDyuaTu2zNi0JDx/riOmK+D7lOC0T',
      'iLQWOjxtO/5w8kmK+uuKLDHY4wBlYBCslmREo4mK9klR/CMC+adsSu0KfyNdxVmK/y9F87fM/BIZZQbR6pqVQm',
      'mK8UJpJNEK4QubhMqTEsLyNQmK+RRvVnrvDUbYPOP+1YGwnSmK+wdwHZCau28iUhYYoNETKlyluHgCi1L/0gPv',
      'EBADxwYWNrYWdlIHR5cGU9InJwbSI+PG5hbWU+cDwvbmFtZT48dmVyc2lvbiB2ZXI9IjEiLz48L3BhY2thZ2U+',
      'KLUv/SCKtQAAKDwwCjEyBoBwPsATmFEFQdVCEIEdYii1L/1g7gN1AgDoPDMKNDU2Nzg5MTAxMjExMTExMTIyMj',
      'IyMjIyMjIeqDD8UDO08BBOiPCKsELE3wezv/7O2Y2tr7c1r25q/+n/0ZJuW+2onOFcAUFQEAootS/9IC99AAAg',
      'PDMwCgMAUQsYgsDADmwotS/9IC99AAAgPDMxCgMAUQsYgsDADmwotS/9IC99AAAgPDMyCgMAUQsYgsDADmwotS',
      '/9IC99AAAgPDMzCgMAUQsYgsDADmwotS/9IC99AAAgPDM0CgMAUQsYgsDADmwotS/9IC99AAAgPDM1CgMAUQsY',
      'gsDADmwotS/9IC99AAAgPDM2CgMAUQsYgsDADmwotS/9IC99AAAgPDM3CgMAUQsYgsDADmwotS/9IC99AAAgPD',
      'M4CgMAUQsYgsDADmwotS/9YNsCBQIAwDwzOQo0MDEyMzQ1Njc4NTU1NTU1NTU1NRioQPgBoDN0DBBOiPCKsELE',
      '3wf7//2BOnvf37+lyueMvR4WDAohAQ==',
    ].join(''),
    'base64',
  ),
  'with checksums of what is unpacked': Buffer.from(
    [
      'AFpDSzGBBIcsRWBe0ugEkUVoowZRGKJLcrhlQdqyc1M0TDAS8FsTHgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
      'AAAAAAAAAAhIJfhoGN/4CLnxLOJuSSI6zeSnjfvR8kCL9mqBjJE4UGJHEpLDbjsMRCmPwcFJr79MiZb7kkJ65B',
      '5GSbk0yklZkbeFK4Vce+etIdnDk2A0/WpioC5LLBN8E6SKX/Sfk1WPGOXtW9VsIb5owQW76dA9pUUAURCni0ob',
      'pP9d7A2fpaqOzHVe5Qbp8Kgfb4BL7DQCHza95Xj/xKym1TcG2jLCRwbBrm2XxfGUk+weQ9FPrIkZv06R3uKsCE',
      'qG9QLfdyI/gMt2xvEsdbBFnYbol++2NGXaZZ9MnY4+T/C2DgkFSC5c6IzBhrYvcNEIgJyjymddxUnE173e5Oh7',
      'Xa/sVb8XXN5icQvo6BGnlHdgObmK9Wd1jtjgLoaBbeNBtSNMbUNhD8iA/v1Eaxe0esXgUG92XQZckRsfhFC+Lv',
      'gh89Y1tjh79+oBsjcH/MYopHtPJvmK8yqWpsa0ZgnGj0eydT3oEWCy8CJv++kumsTy4hA4esoD2hcJ+JqFBfgf',
      'dPARnRZn/1E2RPtT/3ELXRJekYwjhImK9eiqBZC2EuLFbwgrmCO8lLD+WqI2eBw9I1ogBUaXzxg74uVU+vb1jC',
      'B5jkVA0f3OZMWTHarwnZeR3QVUls2EsvmK+DQAhWveOMCZPubxlekPEl754GGRSXchtY/9AewzUL77bvU/uWwT',
      'LyW7lO3GSIfbiATaYN64z1l1epOSKkWzCYmK8e4z2R6vPfObsPRs7Jt4Qbi/s822NoSykqhRCtbNPfgDDnJ/+8',
      'Kxdt3zah5I2f/Oct5tUIkfZiyWX3eFfaKpKHmK+xY143XttKF0lwdElJImGeg1vDvW3vyH9T4FqVDkK9fIhJPe',
      'ZBlV/GDRURgp4ktl3NGvEutTgMFgPfXEWLoaCUmK87JPezXANzkTxL2j0RzMFmAwdWbDHo7ej5eM4RftUsGPRv',
      'wS7e8P6aNAHZbHTUUXAJK+vOviBoTLfsfQQc5x7fmK9nsAfZ42Wr3fZOZrc6YwVQyCaEzyufTjIux4yW2og9A+',
      '7NsiKOUWlM2mFKhhjJkwxqngKyxFAoikZOPkrU8TD0mK/NrigrAT/ssMrX7Vkq3sRRL0hwHxGZlDIv/sFvrw2y',
      'O7f/B6cdQzDq0D/+BkleO/P09AWlo54HEEH15GxGKc8syluHgCi1L/0gPvEBADxwYWNrYWdlIHR5cGU9InJwbS',
      'I+PG5hbWU+cDwvbmFtZT48dmVyc2lvbiB2ZXI9IjEiLz48L3BhY2thZ2U+KLUv/SCKtQAAKDwwCjEyBoBwPsAT',
      'mFEFQdVCEIEdYii1L/1g7gN1AgDoPDMKNDU2Nzg5MTAxMjExMTExMTIyMjIyMjIyMjIeqDD8UDO08BBOiPCKsE',
      'LE3wezv/7O2Y2tr7c1r25q/+n/0ZJuW+2onOFcAUFQEAootS/9IC99AAAgPDMwCgMAUQsYgsDADmwotS/9IC99',
      'AAAgPDMxCgMAUQsYgsDADmwotS/9IC99AAAgPDMyCgMAUQsYgsDADmwotS/9IC99AAAgPDMzCgMAUQsYgsDADm',
      'wotS/9IC99AAAgPDM0CgMAUQsYgsDADmwotS/9IC99AAAgPDM1CgMAUQsYgsDADmwotS/9IC99AAAgPDM2CgMA',
      'UQsYgsDADmwotS/9IC99AAAgPDM3CgMAUQsYgsDADmwotS/9IC99AAAgPDM4CgMAUQsYgsDADmwotS/9YNsCBQ',
      'IAwDwzOQo0MDEyMzQ1Njc4NTU1NTU1NTU1NRioQPgBoDN0DBBOiPCKsELE3wf7//2BOnvf37+lyueMvR4WDAoh',
      'AQ==',
    ].join(''),
    'base64',
  ),
} as const;

const text = Array.from(
  { length: 60 },
  (_, i) => `<package type="rpm"><name>p${i}</name></package>\n`,
).join('');

const unpack = (bytes: Buffer, bytesMax = 1 << 20): string =>
  Buffer.concat([...unpackZchunk(bytes, bytesMax)]).toString('utf8');

test.each(Object.entries(made))('%s: what zck(1) packed is read', (_, bytes) => {
  expect(unpack(bytes)).toBe(text);
});

test('cut off anywhere it is not taken for whole', () => {
  for (let length = 0; length < made.plain.length; length++) {
    expect(() => unpack(made.plain.subarray(0, length)), `${length}`).toThrow();
  }
});

test('what unpacks to too much is refused', () => {
  expect(() => unpack(made.plain, 1_000)).toThrow(/unpacks to more/);
});

test('damage ends in an error or in text, and soon', () => {
  fc.assert(
    fc.property(fc.nat(made.plain.length - 1), fc.nat(255), (at, byte) => {
      const damaged = Buffer.from(made.plain);
      damaged[at] = byte;
      try {
        expect(unpack(damaged).length).toBeLessThanOrEqual(1 << 20);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 300 },
  );
});
