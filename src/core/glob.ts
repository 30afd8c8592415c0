/** One path segment of a glob as a regular expression: `*`, `?`, `[…]`, `{a,b}`. Linear: no nesting. */
export const segmentPattern = (segment: string): RegExp => {
  let out = '';
  let inBraces = false;
  for (let i = 0; i < segment.length; i++) {
    const c = segment.charAt(i);
    if (c === '*') {
      if (!out.endsWith('[^/]*')) out += '[^/]*';
    } else if (c === '?') out += '[^/]';
    else if (c === '[') {
      const end = segment.indexOf(']', i + 2);
      if (end < 0) out += '\\[';
      else {
        const set = segment.slice(i + 1, end).replace(/[\\\]]/g, '\\$&');
        out += `[${set.startsWith('!') ? `^${set.slice(1)}` : set}]`;
        i = end;
      }
    } else if (c === '{' && segment.includes('}', i)) {
      inBraces = true;
      out += '(?:';
    } else if (c === '}' && inBraces) {
      inBraces = false;
      out += ')';
    } else if (c === ',' && inBraces) out += '|';
    else out += c.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  }
  if (inBraces) out += ')';
  try {
    return new RegExp(`^${out}$`, 'u');
  } catch {
    // A set such as [z-a] is not a pattern: it names only itself.
    return new RegExp(`^${segment.replace(/[\\^$.|+*?()[\]{}]/g, '\\$&')}$`);
  }
};

export const hasWildcard = (text: string): boolean => /[*?[{]/.test(text);

/** Whether a whole path matches a glob without `**`. */
export const pathMatches = (pattern: string, path: string): boolean => {
  const wanted = pattern.split('/');
  const have = path.split('/');
  return (
    wanted.length === have.length &&
    wanted.every((segment, i) => segment === have[i] || segmentPattern(segment).test(have[i] ?? ''))
  );
};
