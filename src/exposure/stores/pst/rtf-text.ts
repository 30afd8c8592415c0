/** Groups that hold no text of the message. */
const silent: ReadonlySet<string> = new Set([
  'fonttbl',
  'colortbl',
  'stylesheet',
  'listtable',
  'listoverridetable',
  'info',
  'pict',
  'object',
  'themedata',
  'colorschememapping',
  'latentstyles',
  'datastore',
  'generator',
  'xmlnstbl',
]);

const breaks: Readonly<Record<string, string>> = {
  par: '\n',
  line: '\n',
  row: '\n',
  sect: '\n',
  page: '\n',
  tab: '\t',
  cell: '\t',
  emdash: '—',
  endash: '–',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
};

const depthMax = 200;

/**
 * The text of RTF 1.9, and the HTML that Outlook wraps into it (MS-OXRTFEX) as it stands: enough to be searched.
 *
 * @param decode makes text of bytes in the code page that the RTF says.
 */
export const rtfText = (
  rtf: string,
  decode: (bytes: Buffer, codePage: number) => string,
): string => {
  const token =
    /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)/gi;
  const out: string[] = [];
  let bytes: number[] = [];
  let codePage = 1252;
  /** Of each open group: whether it is left away, and how many characters stand in for one of Unicode. */
  const groups: { isSilent: boolean; standIns: number }[] = [];
  let group = { isSilent: false, standIns: 1 };
  let skip = 0;
  let isStarred = false;
  const flush = (): void => {
    if (bytes.length === 0) return;
    out.push(decode(Buffer.from(bytes), codePage));
    bytes = [];
  };
  const say = (text: string): void => {
    if (group.isSilent) return;
    flush();
    out.push(text);
  };
  for (const [, word, number, hex, symbol, brace, plain] of rtf.matchAll(token)) {
    if (brace === '{') {
      if (groups.length < depthMax) groups.push(group);
      group = { isSilent: group.isSilent, standIns: group.standIns };
    } else if (brace === '}') {
      group = groups.pop() ?? { isSilent: false, standIns: 1 };
    } else if (hex !== undefined) {
      if (skip > 0) skip -= 1;
      else if (!group.isSilent) bytes.push(Number.parseInt(hex, 16));
    } else if (symbol !== undefined) {
      isStarred = symbol === '*';
      if ('\\{}'.includes(symbol)) say(symbol);
      else if (symbol === '~') say(' ');
      else if (symbol === '_') say('-');
      continue;
    } else if (plain !== undefined) {
      say(plain.slice(skip));
      skip = Math.max(0, skip - plain.length);
    } else if (word !== undefined) {
      const value = number === undefined ? undefined : Number(number);
      if (word === 'ansicpg' && value !== undefined) codePage = value;
      else if (word === 'uc' && value !== undefined)
        group.standIns = Math.min(8, Math.max(0, value));
      else if (word === 'u' && value !== undefined) {
        say(String.fromCharCode(value & 0xffff));
        skip = group.standIns;
      } else if (word === 'htmltag') group.isSilent = false;
      else if (silent.has(word) || isStarred) group.isSilent = true;
      else if (breaks[word] !== undefined) say(breaks[word] ?? '');
    }
    isStarred = false;
  }
  flush();
  return out.join('');
};
