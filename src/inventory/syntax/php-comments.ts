/** PHP with its comments blanked out, lines kept; quotes are respected. One pass: no backtracking. */
export const withoutPhpComments = (source: string): string => {
  const out: string[] = [];
  let mark = '';
  for (let i = 0; i < source.length; i++) {
    const c = source.charAt(i);
    if (mark !== '') {
      out.push(c);
      if (c === '\\') {
        i += 1;
        out.push(source.charAt(i));
      } else if (c === mark) mark = '';
    } else if (c === '"' || c === "'") {
      mark = c;
      out.push(c);
    } else if (c === '#' || source.startsWith('//', i)) {
      const end = source.indexOf('\n', i);
      i = end < 0 ? source.length : end - 1;
    } else if (source.startsWith('/*', i)) {
      const end = source.indexOf('*/', i + 2);
      const comment = end < 0 ? source.slice(i) : source.slice(i, end + 2);
      out.push(comment.replace(/[^\n]/g, ' '));
      i += comment.length - 1;
    } else out.push(c);
  }
  return out.join('');
};
