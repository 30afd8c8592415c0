import { Units } from '../charsets/units.ts';

/** One unit at a time, since a text may be of nothing else: pieces of a string each cost a hundred times as much. */
const unitByUnit = (text: string): string => {
  const units = new Units(text.length);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 13) {
      if (text.charCodeAt(at + 1) !== 10) units.push(10);
    } else if (unit !== 0) units.push(unit);
  }
  return units.text();
};

/** Lines ending with `\n` whatever they ended with, and no NUL. */
export const plainLines = (text: string): string => {
  if (text.includes('\0')) return unitByUnit(text);
  if (!text.includes('\r')) return text;
  const lines = text.replaceAll('\r\n', '\n');
  return lines.includes('\r') ? unitByUnit(lines) : lines;
};

const isSpace = (code: number): boolean => code <= 32 || code === 0xa0 || code === 0x3000;

/** Whether two texts have the same words, white space aside. */
export const sameWords = (left: string, right: string): boolean => {
  let a = 0;
  let b = 0;
  for (;;) {
    while (a < left.length && isSpace(left.charCodeAt(a))) a++;
    while (b < right.length && isSpace(right.charCodeAt(b))) b++;
    if (a >= left.length || b >= right.length) return a >= left.length && b >= right.length;
    if (left.charCodeAt(a++) !== right.charCodeAt(b++)) return false;
  }
};
