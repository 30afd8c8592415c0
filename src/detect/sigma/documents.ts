import { Mistake } from './mistake.ts';
import { type RuleDocument, readDocument } from './yaml-tree.ts';

/** Values that a document may have, estimated before anything is parsed: one costs a kilobyte of memory. */
const valuesMax = 1_000_000;

/** A line that begins or ends a document; nothing else may begin like this in YAML, not even within a text. */
const marker = /^(?:---|\.\.\.)(?=\s|$)/gm;

interface Piece {
  readonly from: number;
  readonly text: string;
}

/** A file cut at its documents, so that what is wrong with one leaves the others. */
const cut = (text: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let from = 0;
  const take = (to: number): void => {
    // `%YAML 1.2` and comments belong to the document that follows.
    if (to < text.length && isPreamble(text, from, to)) return;
    pieces.push({ from, text: text.slice(from, to) });
    from = to;
  };
  for (const match of text.matchAll(marker)) if (match.index > from) take(match.index);
  take(text.length);
  return pieces;
};

/** Whether nothing but comments, directives and empty lines lies there. */
const isPreamble = (text: string, from: number, to: number): boolean => {
  for (let at = from; at < to; ) {
    const end = text.indexOf('\n', at);
    const next = end === -1 || end >= to ? to : end + 1;
    if (!/^\s*(?:[#%]|$)/.test(text.slice(at, next))) return false;
    at = next;
  }
  return true;
};

const lineEnd = 0x0a;
const codesOf = (signs: string): ReadonlySet<number> =>
  new Set(signs.split('').map(each => each.charCodeAt(0)));
const structural = codesOf(',[]{}&*!"\'\n');
const blockIndicators = codesOf(':?-');

/** At least as many as there are values in a text; of a list with a value on each line about twice as many. */
const valuesAtMost = (text: string): number => {
  let count = 0;
  let lineStart = true;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (structural.has(code)) count++;
    else if (blockIndicators.has(code) && !lineStart && isSpace(text.charCodeAt(at + 1))) count++;
    lineStart = code === lineEnd || (lineStart && isSpace(code));
  }
  return count;
};

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === lineEnd;

/** The documents of a file, in their order. Never throws. */
export const readDocuments = (text: string): readonly RuleDocument[] =>
  cut(text).flatMap(({ from, text }): readonly RuleDocument[] => {
    if (valuesAtMost(text) > valuesMax) {
      const why = `a document of more than ${valuesMax} values, lines and signs`;
      return [{ at: from, mistake: new Mistake(why, from) }];
    }
    const document = readDocument(text, from);
    return document === undefined ? [] : [document];
  });
