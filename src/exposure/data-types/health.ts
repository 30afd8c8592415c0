import type { DataType } from '../data-type.ts';
import { specialCategory } from '../special-category.ts';

export const health: DataType = specialCategory('health', 'Health');
