/** First year of each Japanese era that somebody alive can be born in, and the names it goes by. */
const eras: ReadonlyMap<string, number> = new Map([
  ['明治', 1868],
  ['大正', 1912],
  ['昭和', 1926],
  ['平成', 1989],
  ['令和', 2019],
  ['m', 1868],
  ['t', 1912],
  ['s', 1926],
  ['h', 1989],
  ['r', 2019],
]);

const western =
  /^(\d{4})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?(?:[t ]0?0:00(?::00(?:\.0{1,9})?)?z?)?$/;
const compact = /^(\d{4})(\d{2})(\d{2})$/;
const era =
  /^(明治|大正|昭和|平成|令和|[mtshr])\.?\s?(元|\d{1,2})\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})日?$/;

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const iso = (year: number, month: number, day: number): string | undefined => {
  const most = month === 2 && !isLeap(year) ? 28 : (monthDays[month - 1] ?? 0);
  if (year < 1868 || year > 2100 || day < 1 || day > most) return undefined;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
};

/**
 * A date of birth as `1980-01-02`: year first in any of the usual writings, or a Japanese era. `02/01/1980` is
 * `undefined`: nobody can tell which of the two is the month.
 */
export const birthDateText = (written: string): string | undefined => {
  if (written.length > 40) return undefined;
  const text = written.normalize('NFKC').trim().toLowerCase();
  const plain = western.exec(text) ?? compact.exec(text);
  if (plain !== null) return iso(Number(plain[1]), Number(plain[2]), Number(plain[3]));
  const japanese = era.exec(text);
  const first = eras.get(japanese?.[1] ?? '');
  if (japanese === null || first === undefined) return undefined;
  const year = japanese[2] === '元' ? 1 : Number(japanese[2]);
  return year < 1 ? undefined : iso(first + year - 1, Number(japanese[3]), Number(japanese[4]));
};
