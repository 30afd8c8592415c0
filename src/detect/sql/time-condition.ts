import type { Comparison } from '../sigma/nodes.ts';
import type { Names } from './let.ts';
import { numberIn } from './number-condition.ts';

const hours = '(?:[01]\\d|2[0-3])';
const sixty = '[0-5]\\d';
const timeText = `\\A(?:0[1-9]|[1-9]\\d)\\d\\d-\\d\\d-\\d\\d(?:[Tt ]${hours}:${sixty}(?::${sixty}(?:[.,]\\d{1,9})?)?)?(?:[Zz]|[+-]${hours}(?::?${sixty})?)?\\z`;

/** Seconds, milli-, micro- or nanoseconds since 1970, told apart by their size. */
const ofUnixTime = (number: string): string =>
  `CASE WHEN abs(${number}) < 1e11 THEN floor(${number} * 1000)::BIGINT
    WHEN abs(${number}) < 1e14 THEN floor(${number})::BIGINT
    WHEN abs(${number}) < 1e17 THEN floor(${number} / 1e3)::BIGINT
    WHEN abs(${number}) < 1e20 THEN floor(${number} / 1e6)::BIGINT END`;

const day = `regexp_extract(TEXT, '\\A\\d{4}-\\d\\d-\\d\\d')`;
const clock = `regexp_extract(TEXT, '\\A.{10}[Tt ](\\d\\d:\\d\\d(?::\\d\\d)?)', 1)`;
const millis = `TRY_CAST(rpad(regexp_extract(TEXT, '[.,](\\d{1,3})', 1), 3, '0') AS BIGINT)`;
const offset = `CASE WHEN regexp_matches(TEXT, '\\A.{10,}[+-]\\d\\d(?::?\\d\\d)?\\z') THEN
    CASE WHEN regexp_matches(TEXT, '-\\d\\d(?::?\\d\\d)?\\z') THEN 60000 ELSE -60000 END *
    (regexp_extract(TEXT, '[+-](\\d\\d)(?::?\\d\\d)?\\z', 1)::BIGINT * 60 +
     coalesce(TRY_CAST(regexp_extract(TEXT, '[+-]\\d\\d:?(\\d\\d)\\z', 1) AS BIGINT), 0)) ELSE 0 END`;

/** A text of RFC 3339, or most of it, in UTC where it says no zone. */
const ofText = (text: string): string =>
  `CASE WHEN regexp_matches(${text}, '${timeText}') THEN
    epoch_ms(TRY_CAST(${day} || ' ' || CASE ${clock} WHEN '' THEN '00:00' ELSE ${clock} END AS TIMESTAMP))
    + coalesce(${millis}, 0) + ${offset} END`.replaceAll('TEXT', text);

/** Milliseconds since 1970 of a text or of what it writes as a number; NULL: it is no time. */
export const timeMsIn = (text: string, names: Names): string =>
  names.let(text, t =>
    names.let(
      numberIn(t),
      n => `CASE WHEN ${n} IS NULL THEN ${ofText(t)} ELSE ${ofUnixTime(n)} END`,
    ),
  );

type TimeComparison = Extract<Comparison, { is: 'time' }>;

const operators = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '=', neq: '<>' } as const;

/** In UTC; the week is that of ISO 8601. Whatever is a value and no time is at another time than one. */
export const timeCondition = (
  text: string,
  { part, relation, value }: TimeComparison,
  names: Names,
): string => {
  const holds = `date_part('${part}', epoch_ms(${timeMsIn(text, names)})) ${operators[relation]} ${value}`;
  return relation === 'neq' ? `coalesce(${holds}, ${text} IS NOT NULL)` : holds;
};
