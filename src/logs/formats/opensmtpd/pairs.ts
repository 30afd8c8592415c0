const pairsMax = 30;

/**
 * `key=value key=<value> key="value"`: the first of each key counts. Addresses stand in angle brackets and are
 * the client's, with quoted local parts that may hold blanks; words of others come last.
 */
export const pairsOf = (text: string): ReadonlyMap<string, string> => {
  const values = new Map<string, string>();
  let at = 0;
  for (let i = 0; i < pairsMax && at < text.length; i += 1) {
    const equals = text.indexOf('=', at);
    if (equals < 0) break;
    const key = text.slice(at, equals).replace(/^[,\s]+/, '');
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(key)) break;
    const first = text.charCodeAt(equals + 1);
    let end: number;
    let value: string;
    if (first === 34) {
      end = text.indexOf('"', equals + 2);
      if (end < 0) end = text.length;
      value = text.slice(equals + 2, end);
      end += 1;
    } else if (first === 60) {
      const quoted =
        text.charCodeAt(equals + 2) === 34 ? text.indexOf('"', equals + 3) : equals + 1;
      end = text.indexOf('>', quoted < 0 ? equals : quoted);
      if (end < 0) end = text.length;
      value = text.slice(equals + 2, end);
      end += 1;
    } else if (key === 'stat') {
      end = text.length;
      value = text.slice(equals + 1);
    } else {
      end = text.indexOf(' ', equals);
      if (end < 0) end = text.length;
      value = text.slice(equals + 1, end).replace(/,$/, '');
    }
    if (!values.has(key)) values.set(key, value);
    if (key === 'stat') break;
    at = end + 1;
  }
  return values;
};
