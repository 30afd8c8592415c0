import { columnsOf, csvFields } from '../csv-line.ts';
import type { Feed, FeedReading } from '../feed.ts';
import { flawOf, timeOf } from '../json-value.ts';

const probability = (text: string | undefined): number | undefined => {
  const trimmed = text?.trim() ?? '';
  if (!/^(?:\d{1,3}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,3})?$/.test(trimmed))
    return undefined;
  const value = Number(trimmed);
  return value >= 0 && value <= 1 ? value : undefined;
};

/** The columns that FIRST publishes; by far the most lines are of this kind. */
const usual = 'cve,epss,percentile';

const readLine = (line: string, header: string): FeedReading => {
  if (line === '' || line[0] === '#' || line.toLowerCase() === header) return { entries: [] };
  const fields = csvFields(line);
  if (fields === undefined) return { refused: 'the line ends within a quoted field' };
  let cve = fields[0];
  let epss = fields[1];
  let rank = fields[2];
  if (header !== usual && header !== '') {
    const column = columnsOf(header);
    const field = (...names: readonly string[]): string | undefined => {
      const at = names.map(name => column.get(name)).find(found => found !== undefined);
      return at === undefined ? undefined : fields[at];
    };
    cve = field('cve', 'cve_id', 'cveid');
    epss = field('epss', 'epss_score');
    rank = field('percentile', 'epss percentile', 'epss_percentile');
  }
  const flaw = cve === undefined ? undefined : flawOf(cve);
  if (flaw === undefined) return { refused: 'it names no flaw' };
  const score = probability(epss);
  if (score === undefined) return { refused: 'the score is no number from 0 to 1' };
  const percentile = probability(rank);
  return {
    entries: [
      {
        kind: 'likelihood',
        likelihood: { flaw, score, ...(percentile === undefined ? {} : { percentile }) },
      },
    ],
  };
};

const bare = (text: string): string => text.replace(/^\uFEFF/, '').trimEnd();

/**
 * FIRST's Exploit Prediction Scoring System: one line for each CVE, below a line that names the model and
 * the day. Source: https://www.first.org/epss/data_stats. It says how likely exploitation is, and proves
 * nothing.
 */
export const epss: Feed = {
  id: 'epss',
  title: 'Exploit Prediction Scoring System',
  addresses: [
    {
      part: '',
      url: 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz',
      byDefault: true,
    },
  ],
  // Published daily; a week later it still orders well enough.
  maxAgeHours: 7 * 24,
  sniff: (_name, head) => {
    const text = head.replace(/^\uFEFF/, '');
    if (/^#model_version:/i.test(text)) return 0.95;
    const [header = ''] = text.split(/\r?\n/, 1);
    const column = columnsOf(header);
    return column.has('cve') && column.has('epss') ? 0.9 : 0;
  },
  cut: () => ({ by: 'lines' }),
  read: ({ value, header }) =>
    typeof value === 'string'
      ? readLine(bare(value), header === usual ? header : bare(header ?? usual).toLowerCase())
      : { refused: 'it is no line of text' },
  frame: ({ head }) => {
    const day =
      typeof head === 'string' ? /score_date:([0-9T:.+Z-]{10,40})/.exec(head)?.[1] : undefined;
    const asOf = day === undefined ? undefined : timeOf(day);
    return asOf === undefined ? {} : { asOf };
  },
};
