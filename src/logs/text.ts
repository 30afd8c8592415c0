/**
 * Characters that a terminal or a page would act on instead of showing: controls, line separators,
 * zero-width and bidirectional ones, tags, halves of surrogate pairs.
 */
const unsafe =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}\ud800-\udfff]/gu;

/** Plain ASCII, which most values are. */
const plain = /^[\x20-\x7e]*$/;

/** Of a name, an address, an id. */
export const nameCharsMax = 320;
/** Of a program's own words. */
export const detailCharsMax = 1_000;

const cut = (text: string, charsMax: number): string =>
  text.length <= charsMax ? text : `${text.slice(0, charsMax - 1)}…`;

/** A value from a line, printable, on one line and of bounded length: whoever caused the line chose it. */
export const printable = (text: string, charsMax: number = nameCharsMax): string => {
  // Cut first: the rest of a value of a megabyte is nobody's to look at.
  const head = text.length <= charsMax ? text : cut(text, charsMax);
  return plain.test(head) ? head : head.replace(unsafe, '\ufffd');
};

/** A program's own words. */
export const detailOf = (text: string): string => printable(text.trim(), detailCharsMax);
