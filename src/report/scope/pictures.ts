import type {
  CoverageState,
  ScopeCoverage,
  ScopePicture,
  ScopeReport,
} from '../../core/scope-report.ts';
import { html, type Markup } from '../html/markup.ts';
import { cut, oneLine } from '../plain.ts';

const viewWidth = 1000;
const columnX = [190, 400, 600, 790] as const;
const barWidth = 10;
const nodesMax = 12;
const gap = 14;
const top = 30;
const drawingHeight = 340;
const heads = ['what was breached', 'may', 'whose mailboxes', 'data types in them'] as const;
const columns = [0, 1, 2, 3] as const;

type Column = (typeof columns)[number];
type Flow = ScopePicture['flows'][number];

interface Node {
  readonly column: Column;
  readonly name: string;
  readonly people: number;
  readonly y: number;
  readonly height: number;
  /** Where the next flow leaves, and where it arrives, below its upper edge. */
  left: number;
  arrived: number;
}

const number = (value: number): string => value.toLocaleString('en');

const others = 'others';

/** The names that have most people; flows of the rest as one, whose people nobody counted once. */
const folded = ({ nodes, flows }: ScopePicture): ScopePicture => {
  const kept = columns.map(column => {
    const mine = nodes
      .filter(node => node.column === column)
      .toSorted((a, b) => b.people - a.people);
    return new Set(
      (mine.length > nodesMax ? mine.slice(0, nodesMax - 1) : mine).map(({ name }) => name),
    );
  });
  const nameIn = (column: number, name: string): string =>
    kept[column]?.has(name) === true ? name : others;
  const sums = new Map<string, Flow>();
  for (const flow of flows) {
    const from = nameIn(flow.column, flow.from);
    const to = nameIn(flow.column + 1, flow.to);
    const key = `${flow.column}\n${from}\n${to}`;
    sums.set(key, {
      column: flow.column,
      from,
      to,
      people: (sums.get(key)?.people ?? 0) + flow.people,
    });
  }
  const rest = columns.flatMap(column => {
    const most = nodes
      .filter(node => node.column === column && kept[column]?.has(node.name) !== true)
      .map(({ people }) => people);
    return most.length === 0 ? [] : [{ column, name: others, people: Math.max(...most) }];
  });
  return {
    nodes: [...nodes.filter(({ column, name }) => kept[column]?.has(name) === true), ...rest],
    flows: [...sums.values()],
  };
};

const placed = (nodes: ScopePicture['nodes'], column: Column, scale: number): readonly Node[] => {
  let y = top;
  return nodes
    .filter(node => node.column === column)
    .toSorted((a, b) => b.people - a.people)
    .map(node => {
      const height = Math.max(2, node.people * scale);
      const here: Node = { ...node, y, height, left: 0, arrived: 0 };
      y += Math.max(height, 16) + gap;
      return here;
    });
};

const path = (
  { column, from, to, people }: Flow,
  nodes: readonly Node[],
  scale: number,
): Markup => {
  const start = nodes.find(node => node.column === column && node.name === from);
  const end = nodes.find(node => node.column === column + 1 && node.name === to);
  if (start === undefined || end === undefined) return html``;
  const [x1, x2] = [columnX[start.column] + barWidth, columnX[end.column]];
  const thick = Math.max(1, people * scale);
  // Somebody may be in several flows: what does not fit any more leaves from the lower edge.
  const within = (used: number, height: number): number =>
    Math.min(used, Math.max(0, height - thick));
  const y1 = (start.y + within(start.left, start.height) + thick / 2).toFixed(1);
  const y2 = (end.y + within(end.arrived, end.height) + thick / 2).toFixed(1);
  start.left += thick;
  end.arrived += thick;
  const middle = (x1 + x2) / 2;
  return html`<path stroke-width="${thick.toFixed(1)}" d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}"><title>${from} → ${to}: ${number(people)} people</title></path>`;
};

const label = ({ column, name, people, y, height }: Node): Markup => {
  const atLeft = column === 0;
  const x = columnX[column] + (atLeft ? -6 : barWidth + 6);
  const middle = y + Math.max(8, height / 2);
  return html`<rect x="${columnX[column]}" y="${y.toFixed(1)}" width="${barWidth}" height="${height.toFixed(1)}" rx="2"/><text x="${x}" y="${(middle + 1).toFixed(1)}" text-anchor="${atLeft ? 'end' : 'start'}">${cut(oneLine(name), 25)}<tspan class="label" x="${x}" dy="13">${name === others ? '' : number(people)}</tspan></text>`;
};

/** From what was breached, by its permissions, into whose mailboxes, to which data: as wide as there are people. */
export const reachFlow = ({ picture }: ScopeReport): Markup => {
  if (picture.nodes.length === 0) return html``;
  const { nodes, flows } = folded(picture);
  const most = Math.max(
    1,
    ...columns.map(column =>
      nodes.filter(node => node.column === column).reduce((sum, { people }) => sum + people, 0),
    ),
  );
  const scale = (drawingHeight - gap * nodesMax) / most;
  const all = columns.flatMap(column => placed(nodes, column, scale));
  const height = 24 + Math.max(...all.map(node => node.y + Math.max(26, node.height)));
  const paths = flows.toSorted((a, b) => b.people - a.people).map(flow => path(flow, all, scale));
  return html`<section><h2 id="reach">How far it reaches</h2><div class="reach flow" tabindex="0"><svg viewBox="0 0 ${viewWidth} ${height.toFixed(0)}" role="img" aria-label="From what was breached to the data within its reach, as wide as there are people; the same numbers stand in the tables">
${columns.map(column => html`<text class="label" x="${columnX[column] + (column === 0 ? barWidth : 0)}" y="16" text-anchor="${column === 0 ? 'end' : 'start'}">${heads[column]}</text>`)}
${paths}${all.map(label)}</svg><p class="small">As wide as there are people, each bar counting everybody once; who has several mailboxes or kinds of data is in several bars.</p></div></section>`;
};

const colours: Readonly<Record<CoverageState, string>> = {
  kept: 'pass',
  partial: 'partial',
  missing: 'fail',
  lost: 'fail',
  off: 'off',
};
export const coverageWords: Readonly<Record<CoverageState, string>> = {
  kept: 'kept',
  partial: 'partly kept',
  missing: 'missing',
  lost: 'lost',
  off: 'not written',
};

const rowHeight = 34;
const labelsMax = 12;
const daysMax = 400;

/** Each log's days of the window as a strip; gaps are drawn, hatched so that they are seen without colour. */
export const coveragePicture = (logs: readonly ScopeCoverage[]): Markup => {
  const drawn = logs.slice(0, labelsMax);
  const days = [...new Set(drawn.flatMap(log => log.days.map(({ day }) => day)))].sort();
  if (days.length === 0 || days.length > daysMax) return html``;
  const [from, to] = [250, 985];
  const step = (to - from) / days.length;
  const at = new Map(days.map((day, i) => [day, from + i * step]));
  const height = 34 + drawn.length * rowHeight;
  return html`<div class="reach coverage" tabindex="0"><svg viewBox="0 0 ${viewWidth} ${height}" role="img" aria-label="Days of the window of which each log is kept; the same is listed below">
<defs><pattern id="gap" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="fail"/><rect width="2.5" height="6" class="hatch"/></pattern></defs>
<text class="label" x="${from}" y="16">${days[0] ?? ''}</text><text class="label" x="${to}" y="16" text-anchor="end">${days.at(-1) ?? ''}</text>
${drawn.map(
  (log, i) =>
    html`<text x="${from - 8}" y="${(30 + i * rowHeight + 14).toFixed(0)}" text-anchor="end">${cut(oneLine(log.log), 34)}</text>${log.days.map(
      ({ day, is, why }) =>
        html`<rect class="day ${colours[is]}" x="${(at.get(day) ?? from).toFixed(2)}" y="${30 + i * rowHeight}" width="${Math.max(0.8, step - (step > 4 ? 1 : 0)).toFixed(2)}" height="20"><title>${day}: ${coverageWords[is]}${why === undefined ? '' : `, ${why}`}</title></rect>`,
    )}`,
)}
</svg></div>`;
};
