/** Bits a character (Shannon): near 0 for `aaaa`, about 3 for words, above 3.5 for what a machine drew. */
export const entropy = (text: string): number => {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
};

/** Stands for a value that is put in later, or hides one. */
export const isPlaceholder = (text: string): boolean =>
  /^(?:x{3,}|\*+|•+|\.{3,}|-{2,}|_{2,}|\?+|#{2,}|<[^>]{0,60}>?|\[[^\]]{0,60}\]?|\{\{?.{0,60}|\$[A-Za-z_({].{0,60}|%[A-Za-z_({].{0,60}|your[-_ ]?.{0,40}|my[-_]?(?:password|secret|token|key)|changeme|redacted|removed|hidden|masked|null|none|nil|undefined|n\/a|tbd|todo|example.{0,20})$/i.test(
    text,
  ) || /(?:EXAMPLE|example|xxxxx|XXXXX|\*\*\*|0123456789abcdef0123456789abcdef)/.test(text);
