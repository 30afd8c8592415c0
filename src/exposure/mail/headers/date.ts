const months = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** Minutes east of UTC (RFC 5322 4.3); what is not known is UTC. */
const zones: ReadonlyMap<string, number> = new Map(
  Object.entries({
    ut: 0,
    utc: 0,
    gmt: 0,
    z: 0,
    est: -300,
    edt: -240,
    cst: -360,
    cdt: -300,
    mst: -420,
    mdt: -360,
    pst: -480,
    pdt: -420,
    jst: 540,
    kst: 540,
    cet: 60,
    cest: 120,
    met: 60,
    mest: 120,
    bst: 60,
    ist: 330,
    msk: 180,
    hkt: 480,
    sgt: 480,
    aest: 600,
  }),
);

const offsetOf = (zone: string): number => {
  const named = /^(?:gmt|utc)([+-])([0-9]{1,2})(?::?([0-9]{2}))?$/.exec(zone);
  if (named !== null) {
    return (Number(named[2]) * 60 + Number(named[3] ?? 0)) * (named[1] === '-' ? -1 : 1);
  }
  const found = /^([+-])([0-9]{2}):?([0-9]{2})$/.exec(zone);
  if (found === null) return zones.get(zone) ?? 0;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return found[1] === '-' ? -minutes : minutes;
};

/** RFC 5322 4.3: 00 to 49 are of this century, 50 to 99 of the last, three digits count from 1900. */
const yearOf = (text: string): number => {
  const year = Number(text);
  if (text.length >= 4) return year;
  return text.length === 3 || year >= 50 ? year + 1900 : year + 2000;
};

const withoutComments = (text: string): string => {
  let out = '';
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth++;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) out += character;
  }
  return out;
};

interface Fields {
  day?: number;
  month?: number;
  year?: number;
  time?: readonly number[];
  offset?: number;
}

const takeTime = (word: string, fields: Fields): boolean => {
  const found =
    /^([0-9]{1,2})[:.]([0-9]{1,2})(?:[:.]([0-9]{1,2}))?(?:[.,][0-9]+)?(z|[+-][0-9]{2}:?[0-9]{2})?$/.exec(
      word,
    );
  if (found === null || fields.time !== undefined) return false;
  fields.time = [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
  if (found[4] !== undefined) fields.offset = offsetOf(found[4]);
  return true;
};

const takeNumber = (word: string, fields: Fields): boolean => {
  if (!/^[0-9]{1,4}$/.test(word)) return false;
  if (fields.day === undefined && word.length <= 2) fields.day = Number(word);
  else if (fields.year === undefined) fields.year = yearOf(word);
  return true;
};

const takeIso = (word: string, fields: Fields): boolean => {
  const found = /^([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?:t(.+))?$/.exec(word);
  if (found === null) return false;
  fields.year = Number(found[1]);
  fields.month = Number(found[2]) - 1;
  fields.day = Number(found[3]);
  if (found[4] !== undefined) takeTime(found[4], fields);
  return true;
};

const takeWord = (word: string, fields: Fields): void => {
  if (takeTime(word, fields) || takeIso(word, fields) || takeNumber(word, fields)) return;
  const dashed = /^([0-9]{1,2})-([a-z]{3,9})-([0-9]{2,4})$/.exec(word);
  if (dashed !== null) {
    for (const piece of dashed.slice(1)) takeWord(piece, fields);
    return;
  }
  const month = word.length >= 3 ? months.indexOf(word.slice(0, 3)) : -1;
  if (month >= 0 && month % 3 === 0 && fields.month === undefined) fields.month = month / 3;
  else if (fields.time !== undefined && fields.offset === undefined) {
    if (/^(?:gmt|utc)?[+-][0-9]{1,2}:?[0-9]{0,2}$/.test(word) || zones.has(word)) {
      fields.offset = offsetOf(word);
    } else if (word === 'pm' || word === 'am') {
      const [hour = 0, ...rest] = fields.time;
      fields.time = [(hour % 12) + (word === 'pm' ? 12 : 0), ...rest];
    }
  }
};

/** How nearly all programs write it: `Mon, 29 Jun 2026 09:00:00 +0900`. */
const usual =
  /^(?:[A-Z][a-z]{2}, {1,2})?([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([0-9]{2})([0-9]{2})(?![0-9])/;

const readUsual = (text: string): number | undefined => {
  const found = usual.exec(text);
  if (found === null) return undefined;
  const month = months.indexOf((found[2] ?? '').toLowerCase());
  const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map(at => Number(found[at]));
  if (month < 0 || month % 3 !== 0 || day === undefined || day < 1 || day > 31) return undefined;
  if ((hour ?? 0) > 24 || (minute ?? 0) > 59 || (second ?? 0) > 60) return undefined;
  const offset = (Number(found[8]) * 60 + Number(found[9])) * (found[7] === '-' ? -1 : 1);
  return Date.UTC(year ?? 0, month / 3, day, hour, minute, second) - offset * 60_000;
};

/** Milliseconds since 1970 of a Date header, in any of the orders that mail programs write; undefined where it is none. */
export const readDate = (text: string): number | undefined => {
  const usually = readUsual(text);
  if (usually !== undefined) return usually;
  const fields: Fields = {};
  const words = withoutComments(text.slice(0, 200))
    .toLowerCase()
    .replace(/\s{0,9}:\s{0,9}/g, ':')
    .split(/[\s,]+/);
  for (const word of words) takeWord(word, fields);
  const { day, month, year, time = [0, 0, 0], offset = 0 } = fields;
  if (day === undefined || month === undefined || year === undefined) return undefined;
  const [hour = 0, minute = 0, second = 0] = time;
  if (day < 1 || day > 31 || month > 11 || hour > 24 || minute > 59 || second > 60)
    return undefined;
  const at = Date.UTC(year, month, day, hour, minute, second) - offset * 60_000;
  return Number.isFinite(at) ? at : undefined;
};
