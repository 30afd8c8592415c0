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
  return text => regex.test(text);
};
