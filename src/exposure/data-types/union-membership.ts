import type { DataType } from '../data-type.ts';
import { specialCategory } from '../special-category.ts';

export const unionMembership: DataType = specialCategory(
  'union-membership',
  'Trade union membership',
);
