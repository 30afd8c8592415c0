/** Dates as people write them, read from a place on; Japanese eras among them. */
export interface WrittenDate {
  /** Behind it. */
  readonly to: number;
  /** `1980-01-02` */
  readonly value: string;
}

/** First years (Gregorian, of year 1 less one) and last years of eras, by their first letter. */
const eras: Readonly<Record<string, readonly [before: number, years: number]>> = {
  M: [1867, 45],
  T: [1911, 15],
  S: [1925, 64],
  H: [1988, 31],
  R: [2018, 60],
};
const eraNames: Readonly<Record<string, string>> = {
  明治: 'M',
  大正: 'T',
  昭和: 'S',
  平成: 'H',
  令和: 'R',
  明: 'M',
  大: 'T',
  昭: 'S',
  平: 'H',
  令: 'R',
  '\u337e': 'M',
  '\u337d': 'T',
  '\u337c': 'S',
  '\u337b': 'H',
  '\u32ff': 'R',
};

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const monthName =
  '(Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)';

const western = /(\d{4}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2})(?: ?日)?(?!\d)/y;
const plain = /(\d{4})(\d{2})(\d{2})(?!\d)/y;
const japanese =
  /(明治|大正|昭和|平成|令和|[明大昭平令\u337e\u337d\u337c\u337b\u32ff]|[MTSHRmtshr](?![a-z])) ?\.?(元|\d{1,2}) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2})(?: ?日)?(?!\d)/y;
const dayMonth = new RegExp(
  `(\\d{1,2})(?:st|nd|rd|th)?[ -]${monthName}[.,]?[ -](\\d{4})(?!\\d)`,
  'iy',
);
const monthDay = new RegExp(`${monthName}\\.? (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})(?!\\d)`, 'iy');
const yearLast = /(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)/y;

/** The date that begins at `from`, if it is one of the calendar. */
export const dateAt = (text: string, from: number): WrittenDate | undefined => {
  const at = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = from;
    return pattern.exec(text);
  };
  let match = at(western) ?? at(plain);
  if (match !== null)
    return dated(match, from, Number(match[1]), Number(match[2]), Number(match[3]));
  match = at(japanese);
  if (match !== null) return ofEra(match, from);
  match = at(dayMonth);
  if (match !== null)
    return dated(match, from, Number(match[3]), monthOf(match[2]), Number(match[1]));
  match = at(monthDay);
  if (match !== null)
    return dated(match, from, Number(match[3]), monthOf(match[1]), Number(match[2]));
  match = at(yearLast);
  if (match === null) return undefined;
  const [first, second] = [Number(match[1]), Number(match[3])];
  // With strokes the month stands first in the United States; a day above twelve tells, and dots are European.
  const isDayFirst = first > 12 || match[2] === '.';
  return dated(
    match,
    from,
    Number(match[4]),
    isDayFirst ? second : first,
    isDayFirst ? first : second,
  );
};

const monthOf = (name = ''): number => months.indexOf(name.slice(0, 3).toLowerCase()) + 1;

const ofEra = (match: RegExpExecArray, from: number): WrittenDate | undefined => {
  const [, name = '', year = ''] = match;
  const era = eras[eraNames[name] ?? name.toUpperCase()];
  const count = year === '元' ? 1 : Number(year);
  if (era === undefined || count < 1 || count > era[1]) return undefined;
  return dated(match, from, era[0] + count, Number(match[3]), Number(match[4]));
};

const dated = (
  match: RegExpExecArray,
  from: number,
  year: number,
  month: number,
  day: number,
): WrittenDate | undefined => {
  if (year < 1868 || year > 2099 || month < 1 || month > 12 || day < 1) return undefined;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  if (day > days) return undefined;
  const two = (number: number): string => String(number).padStart(2, '0');
  return { to: from + match[0].length, value: `${year}-${two(month)}-${two(day)}` };
};
