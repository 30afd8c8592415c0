import type { DataType } from '../data-type.ts';
import { nationalJudge } from '../national/judge.ts';
import { europeanTax } from '../national/tax-europe.ts';
import { plainTax } from '../national/tax-plain.ts';
import { worldTax } from '../national/tax-world.ts';

/** What begins a number apart from its digits: countries, and kinds of taxpayer. */
const literals = [
  'CHE-',
  'CHE ',
  'ATU ',
  'V-',
  'E-',
  'J-',
  'G-',
  'P-',
  ...'AT BE BG CY CZ DE DK EE EL ES FI FR GB HR HU IE IT LT LU LV MT NL NO PL PT RO SE SI SK'
    .split(' ')
    .map(country => `${country} `),
];

/** Numbers for taxes that are not identity numbers: value added tax, EIN, ITIN, business numbers; the country begins the value. */
export const taxId: DataType = {
  id: 'tax-id',
  title: 'Tax number',
  sensitivity: 'financial',
  rank: 7,
  ...nationalJudge('tax-id', [...europeanTax, ...worldTax, ...plainTax], {
    digitsMin: 4,
    literals,
  }),
};
