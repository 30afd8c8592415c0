import type { DataType } from '../data-type.ts';
import { nationalJudge } from '../national/judge.ts';
import { europeanTax } from '../national/tax-europe.ts';
import { worldTax } from '../national/tax-world.ts';

/** Numbers for taxes that are not identity numbers: value added tax, EIN, ITIN, business numbers; the country begins the value. */
export const taxId: DataType = {
  id: 'tax-id',
  title: 'Tax number',
  sensitivity: 'financial',
  rank: 7,
  ...nationalJudge('tax-id', [...europeanTax, ...worldTax], {
    digitsMin: 4,
    literals: ['CHE-', 'CHE ', 'BE ', 'DE ', 'DK ', 'FR ', 'GB ', 'NO '],
  }),
};
