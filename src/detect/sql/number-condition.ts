import type { Relation } from '../sigma/nodes.ts';
import { numberLiteral } from './literal.ts';

const most = "'1.7976931348623157e308'::DOUBLE";

/** The number that a text is, else NULL: no blanks, no `0x`, no `1_000`, no `Infinity`. */
export const numberIn = (text: string): string =>
  `TRY_CAST(regexp_extract(${text}, '\\A[0-9.eE+-]{1,400}\\z') AS DOUBLE)`;

/** Of an expression of type DOUBLE, or an integer; NULL where that is NULL. */
export const numberHolds = (number: string, relation: Relation, value: number): string => {
  const written = numberLiteral(value);
  switch (relation) {
    case 'lt':
      return `(${number} < ${written} AND ${number} >= -${most})`;
    case 'lte':
      return `${number} BETWEEN -${most} AND ${written}`;
    case 'gt':
      return `(${number} > ${written} AND ${number} <= ${most})`;
    case 'gte':
      return `${number} BETWEEN ${written} AND ${most}`;
    case 'eq':
      return `${number} = ${written}`;
    case 'neq':
      return `${number} <> ${written}`;
  }
};

/** Whatever is a value and no number is another thing than a number. */
export const numberCondition = (text: string, relation: Relation, value: number): string => {
  const holds = numberHolds(numberIn(text), relation, value);
  return relation === 'neq' ? `coalesce(${holds}, ${text} IS NOT NULL)` : holds;
};

/** Whether a text is one of some numbers. */
export const numberIsOneOf = (text: string, values: readonly number[]): string => {
  const [only] = values;
  if (only !== undefined && values.length === 1) return numberCondition(text, 'eq', only);
  return `${numberIn(text)} IN (${values.map(numberLiteral).join(', ')})`;
};
