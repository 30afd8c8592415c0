import { RE2JS } from 're2js';
import type { Comparison } from '../sigma/nodes.ts';

/** Whether it stands anywhere in a text; in time that is linear in the text. */
export type TextTest = (text: string) => boolean;

type RegexComparison = Extract<Comparison, { is: 'regex' }>;

const flagBits: Readonly<Record<RegexComparison['flags'][number], number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

/** @throws where it is no pattern of RE2, which whoever read the rule has found out before */
export const regexTest = (source: string, flags: RegexComparison['flags']): TextTest => {
  const regex = RE2JS.compile(
    source,
    flags.reduce((bits, flag) => bits | flagBits[flag], 0),
  );
  const least = leastLength(source);
  return least === 0 ? text => regex.test(text) : text => text.length >= least && regex.test(text);
};

/** Letters that a text has at least if a pattern fits it, as far as the beginning of the pattern says: `^.{1000}`. */
const leastLength = (source: string): number => {
  if (source.includes('|')) return 0;
  const [begin] = /^\^?(?:\.\{\d{1,4}\})+(?![*+?{])/.exec(source) ?? [''];
  let least = 0;
  for (const [, count] of begin.matchAll(/\{(\d+)\}/g)) least += Number(count);
  return least;
};
