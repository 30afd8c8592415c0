import type { Answer } from '../../core/answer.ts';
import type { Changes } from '../../core/changes.ts';
import type { Parity, ParitySide } from '../../core/parity.ts';
import type { Priority } from '../../core/priority.ts';
import { html, type Markup } from './markup.ts';
import { anchor, shortId } from './names.ts';

const prioritiesMax = 100;
const namedMax = 12;
const listedMax = 200;

const lateBadge = ({ overdueDays, deadline }: Priority): Markup => {
  if (overdueDays === undefined) return html`<span class="small">no deadline with a day</span>`;
  return overdueDays > 0
    ? html`<span class="state fail">${overdueDays.toLocaleString('en')} day${overdueDays === 1 ? '' : 's'} overdue</span>`
    : html`<span class="small">due ${deadline?.on ?? ''}</span>`;
};

const usedBadge = ({ exploitation, likelihood }: Priority): Markup => {
  switch (exploitation) {
    case 'exploited':
      return html`<span class="state fail">exploited</span>`;
    case 'likely':
      return html`<span class="state unknown">exploitation likely${likelihood === undefined ? '' : `, EPSS ${(likelihood * 100).toFixed(0)}%`}</span>`;
    case 'other':
      return html``;
  }
};

const some = (names: readonly string[]): string =>
  names.length > namedMax
    ? `${names.slice(0, namedMax).join(', ')} and ${names.length - namedMax} more`
    : names.join(', ');

const priorityItem = (
  priority: Priority,
  known: ReadonlySet<string>,
): Markup => html`<li><details><summary><b>${priority.rank}. ${shortId(priority.what)}</b> ${usedBadge(priority)} ${lateBadge(priority)}<br><span class="why">${some(priority.flaws)}</span></summary>
<p class="small">In ${priority.components.slice(0, namedMax).map((id, i) => html`${i === 0 ? '' : ', '}${known.has(id) ? html`<a href="#${anchor(id)}">${shortId(id)}</a>` : shortId(id)}`)}${priority.components.length > namedMax ? ` and ${priority.components.length - namedMax} more` : ''}</p>
<p class="small">${priority.people.words}. ${priority.why}</p><pre tabindex="0">${priority.remedy}</pre></details></li>`;

/** Acts of mending by people within reach, exploitation and days overdue. */
export const prioritiesSection = (
  priorities: readonly Priority[],
  known: ReadonlySet<string>,
): Markup =>
  priorities.length === 0
    ? html``
    : html`<section><h2 id="patch-first">What to patch first</h2><p class="small">Exploited flaws first, then by people within reach and days: <code>docs/urgency.md</code> in the package.</p><ol class="findings">${priorities.slice(0, prioritiesMax).map(each => priorityItem(each, known))}</ol>${priorities.length > prioritiesMax ? html`<p class="small">${priorities.length - prioritiesMax} more are in --format json.</p>` : ''}</section>`;

const days = (value: number | undefined): string =>
  value === undefined ? 'not known' : `${value} day${value === 1 ? '' : 's'}`;

const sideRow = (name: string, side: ParitySide): Markup =>
  html`<tr><th scope="row">${name}<p class="small">${side.restsOn}</p></th><td class="number" data-label="Updates">${side.mended}</td><td class="number" data-label="Median">${days(side.median)}</td><td class="number" data-label="9 in 10 within">${days(side.percentile90)}</td><td class="number" data-label="Open">${side.open}</td><td class="number" data-label="Overdue">${side.overdue}</td></tr>`;

const barLeft = 180;
const barWidth = 330;
/** What the words beside a bar take. */
const wordsWidth = 70;

interface Bar {
  readonly label: string;
  readonly value: number;
  readonly slow: boolean;
}

/** Days to patch as bars, one scale for both sides; the line is what parity allows. */
const picture = ({ customerFacing, mailPlatform, allowedDays }: Parity): Markup => {
  const bar = (label: string, value: number | undefined): readonly Bar[] =>
    value === undefined
      ? []
      : [{ label, value, slow: allowedDays !== undefined && value > allowedDays }];
  const bars = [
    ...bar('customer-facing, median', customerFacing.median),
    ...bar('customer-facing, 9 in 10', customerFacing.percentile90),
    ...bar('mail platform, median', mailPlatform.median),
    ...bar('mail platform, 9 in 10', mailPlatform.percentile90),
  ];
  if (bars.length === 0) return html``;
  const most = Math.max(1, allowedDays ?? 0, ...bars.map(({ value }) => value));
  const x = (value: number): string => ((value / most) * barWidth).toFixed(1);
  const limit = allowedDays === undefined ? undefined : Number(x(allowedDays));
  // Beside the bar, but not under the line that parity draws.
  const wordsX = (value: number): string => {
    const end = Number(x(value));
    const crossed = limit !== undefined && limit >= end && limit < end + wordsWidth;
    return (barLeft + (crossed ? limit : end) + 8).toFixed(1);
  };
  const height = bars.length * 30 + 30;
  return html`<div class="reach" tabindex="0"><svg class="bars" viewBox="0 0 600 ${height}" role="img" aria-label="Days to patch; the same numbers are in the table">
${bars.map(({ label, value, slow }, i) => html`<text x="${barLeft - 10}" y="${i * 30 + 21}" text-anchor="end">${label}</text><rect class="${slow ? 'fail' : ''}" x="${barLeft}" y="${i * 30 + 7}" width="${Math.max(2, Number(x(value)))}" height="20" rx="3"/><text x="${wordsX(value)}" y="${i * 30 + 21}">${days(value)}</text>`)}
${allowedDays === undefined ? '' : html`<line x1="${(barLeft + Number(x(allowedDays))).toFixed(1)}" x2="${(barLeft + Number(x(allowedDays))).toFixed(1)}" y1="2" y2="${height - 22}"/><text class="label" x="${(barLeft + Number(x(allowedDays))).toFixed(1)}" y="${height - 6}" text-anchor="middle">parity allows ${days(allowedDays)}</text>`}
</svg></div>`;
};

/** The mail platform beside the customer-facing applications. */
const paritySection = (
  parity: Parity,
): Markup => html`<section><h2 id="parity">As fast as customer-facing applications?</h2><p>${parity.why}.</p>
${picture(parity)}
<div class="scroll" tabindex="0" role="region" aria-label="Days to patch of both sides"><table class="flaws"><thead><tr><th scope="col">Side</th><th scope="col" class="number">Updates</th><th scope="col" class="number">Median</th><th scope="col" class="number">9 in 10 within</th><th scope="col" class="number">Open</th><th scope="col" class="number">Overdue</th></tr></thead><tbody>${sideRow('Mail platform', parity.mailPlatform)}${sideRow('Customer-facing applications', parity.customerFacing)}${parity.customerFacing.applications
  .slice(0, listedMax)
  .map(each => sideRow(`– ${each.name}`, each))}</tbody></table></div>
${parity.customerFacing.applications.some(({ doubts }) => doubts.length > 0) ? html`<ul class="evidence">${parity.customerFacing.applications.flatMap(({ name, doubts }) => doubts.slice(0, 10).map(doubt => html`<li>${name}: ${doubt}</li>`))}</ul>` : ''}
${parity.slower.length === 0 ? html`<p class="small">Nothing is slower than parity allows.</p>` : html`<h3>Slower than parity allows</h3><ul class="evidence">${parity.slower.slice(0, listedMax).map(({ group, components: [first], why }) => html`<li><b>${first === undefined ? shortId(group) : html`<a href="#${anchor(first)}">${shortId(first)}</a>`}</b> ${why}</li>`)}</ul>`}</section>`;

const changeList = (title: string, items: readonly string[]): Markup =>
  items.length === 0
    ? html``
    : html`<h4>${title} (${items.length.toLocaleString('en')})</h4><ul class="evidence">${items.slice(0, listedMax).map(item => html`<li>${item}</li>`)}${items.length > listedMax ? html`<li>and ${items.length - listedMax} more</li>` : ''}</ul>`;

/** What is different since the run before. */
const changesSection = (changes: Changes): Markup => {
  const flaw = (each: { readonly component: string; readonly flaw: string }): string =>
    `${each.flaw} in ${each.component}`;
  const lists = [
    changeList('New parts', changes.componentsNew),
    changeList('Parts that are gone', changes.componentsGone),
    changeList('New flaws', changes.flawsNew.map(flaw)),
    changeList('Mended flaws', changes.flawsMended.map(flaw)),
    changeList(
      'Deadlines that changed',
      changes.deadlines.map(
        each => `${flaw(each)}: ${each.from ?? 'none'} → ${each.to ?? 'none'}, ${each.why}`,
      ),
    ),
    changeList(
      'Answers that changed',
      changes.verdicts.map(
        ({ component, check, from, to }) => `${component}, ${check}: ${from} → ${to}`,
      ),
    ),
  ];
  const nothing = lists.every(({ markup }) => markup === '');
  return html`<section><h2 id="changes">What changed since ${changes.since.slice(0, 16).replace('T', ' ')}</h2>${nothing ? html`<p>Nothing.</p>` : lists}</section>`;
};

/** The parts of the page that an answer has when it was compared with something. */
export const comparedSections = ({ changes, parity }: Answer): readonly Markup[] => [
  ...(changes === undefined ? [] : [changesSection(changes)]),
  ...(parity === undefined ? [] : [paritySection(parity)]),
];
