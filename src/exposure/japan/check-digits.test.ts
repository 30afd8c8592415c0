import { expect, test } from 'vitest';
import {
  hasLicenceCommission,
  isCorporateNumber,
  isDriversLicence,
  isInsurerNumber,
  isMyNumber,
  isYuchoAccount,
} from './check-digits.ts';

test('a My Number keeps its check digit, and one of eleven does so by chance', () => {
  expect(isMyNumber('123456789018')).toBe(true);
  expect(isMyNumber('123456789019')).toBe(false);
  expect(isMyNumber('000000000000')).toBe(false);
  expect(isMyNumber('12345678901８')).toBe(false);
  let passed = 0;
  for (let n = 0; n < 11_000; n += 1) {
    if (isMyNumber(String((n * 7_919_317_771) % 1e12).padStart(12, '0'))) passed += 1;
  }
  expect(passed / 11_000).toBeGreaterThan(0.08);
  expect(passed / 11_000).toBeLessThan(0.11);
});

test('a corporate number has its check digit first', () => {
  // Of the National Tax Agency, as it publishes it.
  expect(isCorporateNumber('7000012050002')).toBe(true);
  expect(isCorporateNumber('8000012050002')).toBe(false);
});

test('an account of Japan Post Bank is checked by symbol and number together', () => {
  const valid = Array.from('0123456789').filter(check =>
    isYuchoAccount(`105${check}0`, '12345671'),
  );
  expect(valid).toHaveLength(1);
  expect(isYuchoAccount('10530', '123456789')).toBe(false);
  // A number of seven digits is one of eight with a nought before it.
  expect(isYuchoAccount('14080', '01234561')).toBe(isYuchoAccount('14080', '1234561'));
});

test('a licence number begins with a commission, and its eleventh digit is the check digit', () => {
  expect(isDriversLicence('309012345620')).toBe(true);
  expect(isDriversLicence('309012345630')).toBe(false);
  expect(hasLicenceCommission('359012345620')).toBe(false);
});

test('an insurer number names a law, a prefecture and an insurer', () => {
  expect(isInsurerNumber('33120015')).toBe(true);
  expect(isInsurerNumber('33120016')).toBe(false);
  expect(isInsurerNumber('33480015')).toBe(false);
  // National Health Insurance, without a law.
  expect(isInsurerNumber('138057')).toBe(true);
  expect(isInsurerNumber('138058')).toBe(false);
});
