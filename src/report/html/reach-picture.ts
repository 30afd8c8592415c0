import type { Answer, AnsweredComponent } from '../../core/answer.ts';
import { type Resource, resources } from '../../core/component.ts';
import { checks } from '../../core/verdict.ts';
import { cut, oneLine, width } from '../plain.ts';
import { html, type Markup } from './markup.ts';

const rowsMax = 24;
const rowHeight = 26;
const top = 34;
const leftEdge = 320;
const rightEdge = 760;
const viewWidth = 1000;

const resourceTitles: Readonly<Record<Resource, string>> = {
  'stored-mail': 'stored mail',
  'mail-in-transit': 'mail in transit',
  credentials: 'credentials',
  directory: 'directory',
  'customer-records': 'customer records',
  host: 'the host itself',
};

const modeStrength = { read: 1, write: 2, send: 2, admin: 4 } as const;

interface Row {
  readonly component: AnsweredComponent;
  readonly reached: ReadonlyMap<Resource, number>;
  readonly failing: boolean;
}

const rowOf = (component: AnsweredComponent): Row => {
  const reached = new Map<Resource, number>();
  for (const { resource, mode } of component.reach) {
    reached.set(resource, Math.max(reached.get(resource) ?? 0, modeStrength[mode]));
  }
  const failing = checks.some(check => component.checks[check].state === 'fail');
  return { component, reached, failing };
};

const strength = ({ reached }: Row): number =>
  [...reached.values()].reduce((sum, each) => sum + each, 0);

/** As wide as the room left of the bars; of a path the end tells most. */
const labelColumns = 38;

const label = (id: string): string => {
  const text = oneLine(id);
  if (width(text) <= labelColumns) return text;
  const characters = Array.from(text);
  let tail = '';
  while (width(tail) < labelColumns - 16) tail = `${characters.pop() ?? ''}${tail}`;
  return `${cut(text, 14).replace(/…$/, '')}…${tail}`;
};

/** Who can reach what: components on the left, what they hold in reach on the right. */
export const reachPicture = ({ components }: Answer): Markup => {
  const all = components
    .filter(({ enabled, reach }) => enabled !== false && reach.length > 0)
    .map(rowOf)
    .sort((a, b) => strength(b) - strength(a) || (a.component.id < b.component.id ? -1 : 1));
  if (all.length === 0) return html``;
  const rows = all.slice(0, rowsMax);
  const held = resources.filter(resource => rows.some(({ reached }) => reached.has(resource)));
  const height = top + Math.max(rows.length, held.length * 2) * rowHeight + 10;
  const rowY = (i: number): number => top + (i + 0.5) * rowHeight;
  const resourceY = (i: number): number => top + ((i + 0.5) * (height - top - 10)) / held.length;
  const middle = (leftEdge + rightEdge) / 2;
  return html`<section><h2>Who can reach what</h2><div class="reach" tabindex="0"><svg viewBox="0 0 ${viewWidth} ${height}" role="img" aria-label="Components and what each can reach; the same is listed with every part below">
<text class="label" x="${leftEdge - 8}" y="18" text-anchor="end">part</text><text class="label" x="${rightEdge + 16}" y="18">can reach (thicker: may change it)</text>
${rows.flatMap(({ reached, failing }, i) =>
  held.flatMap((resource, k) => {
    const weight = reached.get(resource);
    return weight === undefined
      ? []
      : html`<path class="${failing ? 'fail' : ''}" stroke-width="${weight * 2.5}" d="M${leftEdge + 8} ${rowY(i)}C${middle} ${rowY(i)} ${middle} ${resourceY(k).toFixed(1)} ${rightEdge} ${resourceY(k).toFixed(1)}"/>`;
  }),
)}
${rows.map(
  ({ component, failing }, i) =>
    html`<rect class="${failing ? 'fail' : ''}" x="${leftEdge}" y="${rowY(i) - 9}" width="8" height="18" rx="2"/><text x="${leftEdge - 8}" y="${rowY(i) + 4}" text-anchor="end">${label(component.id)}</text>`,
)}
${held.map((resource, k) => {
  const count = all.filter(({ reached }) => reached.has(resource)).length;
  return html`<rect x="${rightEdge}" y="${(resourceY(k) - 16).toFixed(1)}" width="8" height="32" rx="2"/><text x="${rightEdge + 16}" y="${(resourceY(k) + 4).toFixed(1)}">${resourceTitles[resource]} (${count})</text>`;
})}
</svg><p class="small">Red: at least one question fails. ${all.length > rowsMax ? `The ${rowsMax} with the widest reach of ${all.length}; ` : ''}code inside another program (plug-ins) reaches what that program reaches.</p></div></section>`;
};
