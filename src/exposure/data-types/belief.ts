import type { DataType } from '../data-type.ts';
import { specialCategory } from '../special-category.ts';

export const belief: DataType = specialCategory('belief', 'Religion or belief');
