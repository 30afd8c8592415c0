import type {
  CoverageState,
  ScopeCoverage,
  ScopeFlow,
  ScopeReport,
} from '../../core/scope-report.ts';
import { html, type Markup } from '../html/markup.ts';
import { cut, oneLine } from '../plain.ts';

const viewWidth = 1000;
const columnX = [150, 390, 620, 780] as const;
const barWidth = 10;
const nodesMax = 12;
const gap = 14;
const top = 30;
const drawingHeight = 340;
const heads = ['what was breached', 'may', 'whose mailboxes', 'data types in them'] as const;

type Column = 0 | 1 | 2 | 3;

interface Node {
  readonly name: string;
  readonly people: number;
  readonly y: number;
  readonly height: number;
  /** Where the next flow leaves, and where it arrives. */
  left: number;
  arrived: number;
}

const number = (value: number): string => value.toLocaleString('en');

/** The names that have most people; the rest as one. */
const folded = (flows: readonly ScopeFlow[]): readonly ScopeFlow[] => {
  const kept = ([0, 1, 2, 3] as const).map(column => {
    const people = new Map<string, number>();
    for (const flow of flows) {
      if (flow.column === column) people.set(flow.from, (people.get(flow.from) ?? 0) + flow.people);
      if (flow.column === column - 1)
        people.set(flow.to, Math.max(people.get(flow.to) ?? 0, flow.people));
    }
    const names = [...people].sort(([, a], [, b]) => b - a).map(([name]) => name);
    return names.length <= nodesMax ? undefined : new Set(names.slice(0, nodesMax - 1));
  });
  const nameIn = (column: number, name: string): string =>
    kept[column]?.has(name) === false ? 'others' : name;
  const sums = new Map<string, ScopeFlow>();
  for (const flow of flows) {
    const from = nameIn(flow.column, flow.from);
    const to = nameIn(flow.column + 1, flow.to);
    const key = `${flow.column}\n${from}\n${to}`;
    const people = (sums.get(key)?.people ?? 0) + flow.people;
    sums.set(key, { column: flow.column, from, to, people });
  }
  return [...sums.values()];
};

const nodesOf = (flows: readonly ScopeFlow[], column: Column, scale: number): readonly Node[] => {
  const out = new Map<string, number>();
  const into = new Map<string, number>();
  for (const flow of flows) {
    if (flow.column === column) out.set(flow.from, (out.get(flow.from) ?? 0) + flow.people);
    if (flow.column === column - 1) into.set(flow.to, (into.get(flow.to) ?? 0) + flow.people);
  }
  let y = top;
  return [...new Set([...into.keys(), ...out.keys()])]
    .map(name => ({ name, people: Math.max(out.get(name) ?? 0, into.get(name) ?? 0) }))
    .sort((a, b) => b.people - a.people)
    .map(({ name, people }) => {
      const height = Math.max(2, people * scale);
      const node: Node = { name, people, y, height, left: 0, arrived: 0 };
      y += Math.max(height, 16) + gap;
      return node;
    });
};

/** From what was breached, by its permissions, into whose mailboxes, to which data: as wide as there are people. */
export const reachFlow = ({ flows: all }: ScopeReport): Markup => {
  if (all.length === 0) return html``;
  const flows = folded(all);
  // Somebody may be in several flows: each column is scaled to the one with most in it.
  const most = Math.max(
    1,
    ...([0, 1, 2] as const).map(column =>
      flows.filter(flow => flow.column === column).reduce((sum, { people }) => sum + people, 0),
    ),
  );
  const scale = (drawingHeight - gap * nodesMax) / most;
  const columns = ([0, 1, 2, 3] as const).map(column => nodesOf(flows, column, scale));
  const find = (column: number, name: string): Node | undefined =>
    columns[column]?.find(node => node.name === name);
  const height =
    20 +
    Math.max(
      ...columns.map(nodes =>
        nodes.reduce((y, node) => Math.max(y, node.y + Math.max(16, node.height)), top),
      ),
    );
  const paths = [...flows]
    .sort((a, b) => b.people - a.people)
    .map(({ column, from, to, people }) => {
      const [start, end] = [find(column, from), find(column + 1, to)];
      const [x1, x2] = [(columnX[column] ?? 0) + barWidth, columnX[column + 1] ?? 0];
      if (start === undefined || end === undefined) return html``;
      const thick = Math.max(1, people * scale);
      const y1 = start.y + Math.min(start.left, Math.max(0, start.height - thick)) + thick / 2;
      const y2 = end.y + Math.min(end.arrived, Math.max(0, end.height - thick)) + thick / 2;
      start.left += thick;
      end.arrived += thick;
      const middle = (x1 + x2) / 2;
      return html`<path stroke-width="${thick.toFixed(1)}" d="M${x1} ${y1.toFixed(1)}C${middle} ${y1.toFixed(1)} ${middle} ${y2.toFixed(1)} ${x2} ${y2.toFixed(1)}"><title>${from} → ${to}: ${number(people)} people</title></path>`;
    });
  const labels = columns.flatMap((nodes, column) =>
    nodes.map(({ name, people, y, height: tall }) => {
      const atLeft = column === 0;
      const x = (columnX[column] ?? 0) + (atLeft ? -6 : barWidth + 6);
      const text = cut(oneLine(name), column === 3 ? 26 : 22);
      return html`<rect x="${columnX[column] ?? 0}" y="${y.toFixed(1)}" width="${barWidth}" height="${tall.toFixed(1)}" rx="2"/><text x="${x}" y="${(y + Math.max(12, tall / 2 + 4)).toFixed(1)}" text-anchor="${atLeft ? 'end' : 'start'}">${text}<tspan class="label" dx="5">${number(people)}</tspan></text>`;
    }),
  );
  return html`<section><h2 id="reach">How far it reaches</h2><div class="reach" tabindex="0"><svg viewBox="0 0 ${viewWidth} ${height.toFixed(0)}" role="img" aria-label="From what was breached to the data within its reach, as wide as there are people; the same numbers stand in the tables">
${heads.map((head, i) => html`<text class="label" x="${(columnX[i] ?? 0) + (i === 0 ? barWidth : 0)}" y="16" text-anchor="${i === 0 ? 'end' : 'start'}">${head}</text>`)}
${paths}${labels}</svg><p class="small">As wide as there are people. Somebody with several mailboxes or kinds of data is in each of them; the totals above count everybody once.</p></div></section>`;
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
