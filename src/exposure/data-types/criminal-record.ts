import type { DataType } from '../data-type.ts';
import { specialCategory } from '../special-category.ts';

export const criminalRecord: DataType = specialCategory('criminal-record', 'Criminal record');
