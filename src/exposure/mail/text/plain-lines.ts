/** Lines ending with `\n` whatever they ended with, and no NUL. */
export const plainLines = (text: string): string => {
  let out = text;
  if (out.includes('\r')) {
    out = out.replaceAll('\r\n', '\n');
    if (out.includes('\r')) out = out.replaceAll('\r', '\n');
  }
  return out.includes('\0') ? out.replaceAll('\0', '') : out;
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
