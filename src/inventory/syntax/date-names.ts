/** Ways to write a date into the name of a file. */
type DateLetters = 'strftime' | 'java' | 'php';

/** How many days apart two names are at most, by the finest unit in them; the letters of each. */
const units: Readonly<Record<DateLetters, readonly (readonly [number, RegExp])[]>> = {
  strftime: [
    [1, /%[HIklMSsTRrcpN]/],
    [1, /%[dejaADFxuw]/],
    [7, /%[UWV]/],
    [31, /%[mbBh]/],
    [366, /%[YyCGg]/],
  ],
  java: [
    [1, /[HhKkmsSa]/],
    [1, /[dDEuF]/],
    [7, /[wW]/],
    [31, /[ML]/],
    [366, /[yYG]/],
  ],
  php: [
    [1, /[HGhgisuAa]/],
    [1, /[djDlNwzcrU]/],
    [7, /[W]/],
    [31, /[mnMFt]/],
    [366, /[YyoL]/],
  ],
};

/** Days that a name with this date in it lasts at most; undefined when it holds no date. */
export const nameLastsDays = (text: string, letters: DateLetters): number | undefined => {
  // Java quotes what is not a date: `'.'yyyy-MM-dd`.
  const bare = letters === 'java' ? text.replace(/'[^']{0,200}'/g, '') : text;
  return units[letters].find(([, pattern]) => pattern.test(bare))?.[0];
};

/** A name that comes back: without a year, or with the days of a week only, old lines meet new ones. */
export const nameComesBack = (text: string, letters: DateLetters): boolean => {
  const bare = letters === 'java' ? text.replace(/'[^']{0,200}'/g, '') : text;
  const last = units[letters].at(-1)?.[1];
  if (letters === 'strftime' && /%[sDFxc]/.test(bare)) return false;
  if (letters === 'php' && /[Ucr]/.test(bare)) return false;
  return last === undefined || !last.test(bare);
};
