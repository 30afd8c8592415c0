import {
  type CountryCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';

/** What stands between digits, after NFKC: dashes of every kind, the long vowel mark typed for one, dots, brackets. */
const separators = /[\s\-.()/‐‑‒–—―−ー・~〜]/g;

/** Japanese numbers without a country code: ten digits, eleven where it is a mobile, IP or toll-free one. */
const japanese = /^0(?:[1-9]\d{8}|[5789]0\d{8})$/;
const japaneseAbroad = /^\+81(?:[1-9]\d{8}|[5789]0\d{8})$/;

const countryOf = (region: string): CountryCode | undefined => {
  const upper = region.toUpperCase();
  return isSupportedCountry(upper) ? upper : undefined;
};

/**
 * E.164 (`+81312345678`). Numbers without a country code are those of the first region in which they are valid,
 * else possible; an extension is left away. `undefined` where it can be no number.
 *
 * @param regions ISO 3166 codes, most likely first
 */
export const telephoneText = (
  written: string,
  regions: readonly string[] = ['JP'],
): string | undefined => {
  if (written.length > 64) return undefined;
  const text = written.normalize('NFKC').replace(/^\s*(?:tel|fax|phone|電話)?\s*[.:：]?\s*/i, '');
  const digits = text.replace(separators, '');
  // The library takes ten times as long; most numbers are of these forms.
  if (japaneseAbroad.test(digits)) return digits;
  if (regions[0] === 'JP' && japanese.test(digits)) return `+81${digits.slice(1)}`;
  if (!/\d{3}/.test(digits)) return undefined;
  let possible: string | undefined;
  for (const region of regions.length === 0 ? [undefined] : regions) {
    const country = region === undefined ? undefined : countryOf(region);
    const spaced = text.replace(/[‐‑‒–—―−ー〜~]/g, '-').replace(/\s*(?:内線|ext\.?|x)\s*\d*$/i, '');
    const parsed = parsePhoneNumberFromString(spaced, {
      extract: false,
      ...(country === undefined ? {} : { defaultCountry: country }),
    });
    if (parsed?.isValid() === true) return parsed.number;
    if (parsed?.isPossible() === true) possible ??= parsed.number;
  }
  return possible;
};
