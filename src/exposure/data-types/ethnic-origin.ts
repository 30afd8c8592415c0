import type { DataType } from '../data-type.ts';
import { specialCategory } from '../special-category.ts';

export const ethnicOrigin: DataType = specialCategory('ethnic-origin', 'Ethnic or social origin');
