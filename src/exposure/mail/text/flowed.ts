const quoteDepth = (line: string): number => {
  let depth = 0;
  while (line.charCodeAt(depth) === 62) depth++;
  return depth;
};

/** Joins the soft line ends of format=flowed (RFC 3676); with DelSp the space before one goes too. Lines end with `\n`. */
export const joinFlowed = (text: string, deletesSpace: boolean): string => {
  if (!text.includes(' \n')) return text;
  const out: string[] = [];
  let open = false;
  let openDepth = 0;
  for (const line of text.split('\n')) {
    const depth = quoteDepth(line);
    let content = line.slice(depth);
    if (content.startsWith(' ')) content = content.slice(1);
    const joins = open && depth === openDepth;
    if (!joins && out.length > 0) out.push('\n');
    if (!joins && depth > 0) out.push(line.slice(0, line.length - content.length));
    // The line before a signature is fixed whatever it ends with.
    const isSoft = content.endsWith(' ') && content !== '-- ';
    out.push(isSoft && deletesSpace ? content.slice(0, -1) : content);
    open = isSoft;
    openDepth = depth;
  }
  return out.join('');
};
