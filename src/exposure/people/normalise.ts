import type { IdentifierKind } from '../../core/personal.ts';
import { birthDateText } from './birth-date.ts';
import { emailText } from './email-text.ts';
import { nameText } from './person-name.ts';
import { addressText } from './postal-address.ts';
import { telephoneText } from './telephone-text.ts';

export interface IdentifierSettings {
  /** Regions whose telephone numbers are written without a country code, most likely first: `['JP']`. */
  readonly regions: readonly string[];
  /** Characters that mean nothing in a customer number; spaces, dashes, dots, slashes and underscores by default. */
  readonly separators?: string;
}

const dashes = /[‐‑‒–—―−ー]/g;
const usualSeparators = ' -./_';
/** Nothing to be done. */
const plain = /^[A-Z0-9]+$/;

/** NFKC, upper case, separators gone; leading zeros stay. `undefined` where no letter or digit is left, or over 100. */
export const customerNumberText = (
  written: string,
  separators: string = usualSeparators,
): string | undefined => {
  if (written.length > 100) return undefined;
  if (separators === usualSeparators && plain.test(written)) return written;
  const text = written.normalize('NFKC').replace(dashes, '-').toUpperCase().normalize('NFKC');
  let kept = '';
  for (const character of text) {
    if (!/\s/.test(character) && !separators.includes(character)) kept += character;
  }
  return /[\p{L}\p{N}]/u.test(kept) ? kept : undefined;
};

/**
 * The canonical text of an identifier, which is what is pseudonymised: the same person's comes out the same in a
 * customer list and in a mail, however it is written there. `undefined` where the values are none of that kind.
 *
 * @param values one; of `name-and-address` and `name-and-birth-date` the name first
 */
export const identifierText = (
  kind: IdentifierKind,
  settings: IdentifierSettings,
  ...values: readonly [string, string?]
): string | undefined => {
  const [first, second = ''] = values;
  switch (kind) {
    case 'email':
      return emailText(first);
    case 'telephone':
      return telephoneText(first, settings.regions);
    case 'customer-number':
      return customerNumberText(first, settings.separators);
    case 'name-and-address':
      return both(nameText(first), addressText(second));
    case 'name-and-birth-date':
      return both(nameText(first), birthDateText(second));
  }
};

/** Neither text has a line end in it. */
const both = (name: string | undefined, other: string | undefined): string | undefined =>
  name === undefined || other === undefined ? undefined : `${name}\n${other}`;
