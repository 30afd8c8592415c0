import { segmentPattern } from '../../core/glob.ts';
import { baseOf, joinPath } from '../../core/paths.ts';

/** What one `find … -delete` of a crontab removes (find(1)). */
export interface FindRemoval {
  /** Starting points, cleaned up; may hold wildcards. None: a variable or a relative path. */
  readonly folders: readonly string[];
  /** Levels below a starting point; absent: all. */
  readonly depthMax?: number;
  /** Days since the last write that a file has at least when it is removed; absent: no age is asked for. */
  readonly leastDays?: number;
  /** Days since the last write after which each run removes it; absent: a run may pass it over. */
  readonly mostDays?: number;
  /** False when a condition was not understood: it may spare files, or take others. */
  readonly understood: boolean;
  /** Whether its conditions on names take this file. */
  takes(path: string): boolean;
}

interface Word {
  readonly text: string;
  /** An operator of the shell; `\;` and `'|'` are none. */
  readonly isOperator: boolean;
}

const wordsMax = 500;

/** Words of one shell command line, quotes and backslashes taken off. */
const wordsOf = (command: string): readonly Word[] => {
  const out: Word[] = [];
  let text: string | undefined;
  const close = (): void => {
    if (text !== undefined) out.push({ text, isOperator: false });
    text = undefined;
  };
  for (let i = 0; i < command.length && out.length < wordsMax; i++) {
    const c = command.charAt(i);
    if (c === '\\') {
      i += 1;
      text = (text ?? '') + command.charAt(i);
    } else if (c === "'" || c === '"') {
      const end = command.indexOf(c, i + 1);
      if (end < 0) return [];
      text = (text ?? '') + command.slice(i + 1, end);
      i = end;
    } else if (/\s/.test(c)) close();
    else if (/[|;&<>]/.test(c)) {
      close();
      out.push({ text: c, isOperator: true });
    } else text = (text ?? '') + c;
  }
  close();
  return out;
};

const hasPath = (name: string) => (word: Word | undefined) =>
  word !== undefined && !word.isOperator && baseOf(word.text) === name;
const isRemover = (word: Word | undefined): boolean =>
  hasPath('rm')(word) || hasPath('unlink')(word);

const harmless = new Set([
  '-print',
  '-print0',
  '-xdev',
  '-mount',
  '-depth',
  '-d',
  '-ls',
  '-noleaf',
]);
const minutesADay = 1_440;

/** `+8`: more than eight whole days, so nine; `8`: in the ninth day only; `-8`: the young ones. */
const ageOf = (
  test: string,
  value: string,
): { readonly least: number; readonly most?: number } | undefined => {
  const match = /^(\+?)(\d{1,6})$/.exec(value);
  if (match === null) return undefined;
  const count = Number(match[2]);
  const isOver = match[1] === '+';
  if (test.endsWith('min')) {
    const least = Math.floor(count / minutesADay);
    return isOver ? { least, most: Math.ceil((count + 1) / minutesADay) } : { least };
  }
  return isOver ? { least: count + 1, most: count + 1 } : { least: count };
};

/** Reads the `find` that stands at `start`; undefined when it removes nothing. */
const removalAt = (words: readonly Word[], start: number): FindRemoval | undefined => {
  let at = start + 1;
  const folders: string[] = [];
  while (/^-[HLP]$/.test(words[at]?.text ?? '')) at += 1;
  for (; at < words.length; at++) {
    const word = words[at];
    if (word === undefined || word.isOperator || /^[-!(]/.test(word.text)) break;
    folders.push(word.text);
  }
  const names: { test(name: string): boolean }[] = [];
  let understood = true;
  let removes = false;
  let depthMax: number | undefined;
  let age: ReturnType<typeof ageOf>;
  let isNegated = false;
  for (; at < words.length && words[at]?.isOperator === false; at++) {
    const test = words[at]?.text ?? '';
    const value = words[at + 1]?.text ?? '';
    const negated = isNegated;
    isNegated = false;
    if (test === '!' || test === '-not') {
      isNegated = true;
      continue;
    }
    if (test === '-delete') removes = true;
    else if (test === '-exec' || test === '-execdir') {
      if (isRemover(words[at + 1])) removes = true;
      else understood = false;
      while (at < words.length && !/^[;+]$/.test(words[at]?.text ?? '')) at += 1;
    } else if (test === '-name' || test === '-iname') {
      const isCase = test === '-name';
      const pattern = segmentPattern(isCase ? value : value.toLowerCase());
      names.push({ test: name => pattern.test(isCase ? name : name.toLowerCase()) !== negated });
      at += 1;
    } else if (test === '-maxdepth') {
      if (/^\d{1,3}$/.test(value)) depthMax = Number(value);
      else understood = false;
      at += 1;
    } else if (test === '-type') {
      if (value !== 'f' || negated) understood = false;
      at += 1;
    } else if (/^-[mc](?:time|min)$/.test(test)) {
      const next = negated ? undefined : ageOf(test, value);
      if (next === undefined || age !== undefined) understood = false;
      // What changed last is never older than what was written last: only a lower bound.
      else age = test.startsWith('-c') ? { least: next.least } : next;
      at += 1;
    } else if (!harmless.has(test)) understood = false;
  }
  const piped = words[at]?.text === '|' && hasPath('xargs')(words[at + 1]);
  if (piped && words.slice(at + 2).some(isRemover)) removes = true;
  if (!removes) return undefined;
  return {
    folders: folders.every(folder => /^\/[^$`]*$/.test(folder))
      ? folders.map(folder => joinPath(folder))
      : [],
    ...(depthMax === undefined ? {} : { depthMax }),
    ...(age === undefined ? {} : { leastDays: age.least }),
    ...(age?.most === undefined ? {} : { mostDays: age.most }),
    understood,
    takes: path => names.every(name => name.test(baseOf(path))),
  };
};

const findsMax = 50;

/** What the `find`s of a command line remove, each for itself. */
export const findRemovals = (command: string): readonly FindRemoval[] => {
  const words = wordsOf(command);
  return words
    .flatMap((word, i) => (hasPath('find')(word) ? [i] : []))
    .slice(0, findsMax)
    .flatMap(start => removalAt(words, start) ?? []);
};
