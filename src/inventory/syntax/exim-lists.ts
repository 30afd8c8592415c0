/**
 * Exim's lists (spec 6.20 and 6.21): separated by colons, or by what `<` at the start names; a
 * doubled separator stands for itself.
 */
export const splitEximList = (text: string, separator = ':'): readonly string[] => {
  let rest = text.trim();
  let by = separator;
  const changed = /^<(\\n|\S)/.exec(rest);
  if (changed !== null) {
    by = changed[1] === '\\n' ? '\n' : (changed[1] ?? separator);
    rest = rest.slice(changed[0].length);
  }
  if (rest.trim() === '') return [];
  const out: string[] = [];
  let item = '';
  for (let i = 0; i < rest.length; i++) {
    const c = rest.charAt(i);
    if (c !== by) item += c;
    else if (rest.charAt(i + 1) === by) {
      item += c;
      i += 1;
    } else {
      out.push(item.trim());
      item = '';
    }
  }
  // A separator at the very end does not begin another element.
  if (item.trim() !== '') out.push(item.trim());
  return out;
};
