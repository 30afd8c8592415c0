import type { DataType } from '../data-type.ts';
import { specialCategory } from '../special-category.ts';

export const sexualLife: DataType = specialCategory('sexual-life', 'Sexual life or orientation');
