import type { AdvisoryState, Answer, AnsweredComponent } from '../../core/answer.ts';
import type { Finding } from '../../core/finding.ts';
import { asOfDay } from '../../core/stamp.ts';
import {
  advisoriesSentence,
  ageText,
  countsSentence,
  type FlawGroup,
  flawCounts,
  flawGroups,
  type GroupedFlaw,
  overdueOf,
} from '../flaw-groups.ts';
import { cut, oneLine } from '../plain.ts';
import { severityWord } from '../severity.ts';
import { html, type Markup, raw } from './markup.ts';
import { anchor, shortId } from './names.ts';

/** Over the whole page: what is cut off is in the JSON. */
const rowsMax = 2_000;
const asideMax = 2_000;
const sharersMax = 60;
const titleMax = 200;
/** Groups that are opened at once: a reader scrolls through no more. */
const openedMax = 6;

/** How many rows the page may still show. */
interface Room {
  rows: number;
  asides: number;
}

const groupAnchor = ({ components }: FlawGroup): string =>
  `f-${anchor(components[0]?.id ?? '').slice(2)}`;

const severityCell = ({ severity }: Finding): Markup => {
  const word = severityWord(severity);
  if (severity === undefined) return html`<span class="small">nobody says</span>`;
  const score = severity.score === undefined ? '' : ` ${severity.score.toFixed(1)}`;
  return html`<span title="${severity.by}${severity.vector === undefined ? '' : `: ${severity.vector}`}">${word}${score}</span>`;
};

const lateBadge = (finding: Finding): Markup => {
  const days = overdueOf(finding);
  if (days > 0) {
    return html`<span class="state fail">${days.toLocaleString('en')} day${days === 1 ? '' : 's'} over</span>`;
  }
  const left = finding.deadline?.overdueDays;
  return left === undefined
    ? html``
    : html`<span class="small">${-left} day${left === -1 ? '' : 's'} left</span>`;
};

const deadlineText = ({ deadline }: Finding): string => {
  if (deadline === undefined) return '';
  if (deadline.on !== undefined) return deadline.on;
  return deadline.days === undefined ? 'next upgrade' : `${deadline.days} days from the first fix`;
};

const newBadge = ({ isNew }: Finding): Markup =>
  isNew === true ? html` <span class="state unknown">new</span>` : html``;

const likelihoodText = ({ likelihood }: Finding): string =>
  likelihood === undefined ? '' : ` · EPSS ${(likelihood.score * 100).toFixed(1)}%`;

const stepText = ({ steps }: Finding): Markup => {
  const [last] = steps ?? [];
  return last === undefined
    ? html``
    : html`<p class="small">${last.state} ${last.on.slice(0, 10)} by ${last.by}: ${last.why}</p>`;
};

/** Only of those whose parts are not all judged alike. */
const onlyText = (flaw: GroupedFlaw, group: FlawGroup): Markup =>
  flaw.components.length === group.components.length
    ? html``
    : html`<p class="small">in ${flaw.components.slice(0, 8).map(({ id }, i) => html`${i === 0 ? '' : ', '}${shortId(id)}`)}${flaw.components.length > 8 ? ` and ${flaw.components.length - 8} more` : ''}</p>`;

/** What the row rests on: folded on the screen, open in print. */
const basis = (finding: Finding): Markup => {
  const { clock, deadline, earlierDeadlines = [], evidence, references } = finding;
  const lines = [
    ...(clock === undefined ? [] : [`fix public: ${clock.sign}, ${clock.basis}`]),
    ...(deadline === undefined
      ? []
      : [
          `deadline${deadline.days === undefined ? ': the next upgrade' : ` of ${deadline.days} days`}: ${deadline.why}${deadline.triage ? '; traces of an intruder must be looked for, too' : ''}`,
        ]),
    ...earlierDeadlines
      .slice(0, 3)
      .map(
        ({ on, why, computed }) =>
          `earlier deadline ${on ?? 'none'}, computed ${computed.slice(0, 10)}: ${why}`,
      ),
    ...evidence.slice(0, 4).map(({ what }) => what),
    ...references.slice(0, 2),
  ];
  return lines.length === 0
    ? html``
    : html`<details><summary class="small">what it rests on</summary><ul class="evidence small">${lines.map(line => html`<li>${line}</li>`)}</ul></details>`;
};

const openRow = (flaw: GroupedFlaw, group: FlawGroup): Markup => {
  const { finding } = flaw;
  const { id, title, why, fixedIn, unmended, clock, exploited } = finding;
  return html`<tr><th scope="row"><b>${id}</b>${newBadge(finding)}${
    exploited === undefined
      ? ''
      : html` <span class="state fail" title="${exploited.by}, ${exploited.on.slice(0, 10)}">exploited</span>`
  }<p>${cut(oneLine(title), titleMax)}</p><p class="small">${why}${likelihoodText(finding)}</p>${onlyText(flaw, group)}${stepText(finding)}${basis(finding)}</th>
<td data-label="Severity">${severityCell(finding)}</td><td data-label="Mended in">${fixedIn ?? (unmended === undefined ? 'no fix known' : html`will not be mended <p class="small">${unmended}</p>`)}</td>
<td data-label="Fix public since">${clock === undefined ? 'no fix in public' : html`${clock.atLatest === true ? 'at the latest ' : ''}${clock.started.slice(0, 10)} <span class="small">${clock.sign}</span>`}</td>
<td data-label="Deadline">${deadlineText(finding)} ${lateBadge(finding)}</td></tr>`;
};

const untoldItem = ({ finding }: GroupedFlaw): Markup =>
  html`<li><b>${finding.id}</b>${newBadge(finding)} ${cut(oneLine(finding.title), titleMax)}: <span class="why">${finding.why}</span>${stepText(finding)}</li>`;

const asideItem = ({ finding: { id, why, evidence } }: GroupedFlaw): Markup =>
  html`<li><b>${id}</b> ${evidence[0]?.what ?? why}</li>`;

const take = <Item>(items: readonly Item[], room: number): readonly Item[] =>
  items.slice(0, Math.max(0, room));

const moreText = (count: number, shown: number): Markup =>
  count === shown ? html`` : html`<p class="small">${count - shown} more are in --format json.</p>`;

/** The first deadline that is yet to come. */
const soonest = (open: readonly GroupedFlaw[]): readonly string[] => {
  const [next] = open
    .flatMap(({ finding: { deadline } }) =>
      deadline?.on === undefined || (deadline.overdueDays ?? 0) > 0 ? [] : [deadline.on],
    )
    .sort();
  return next === undefined ? [] : [`next deadline ${next}`];
};

const failCount = (count: number, words: string): Markup =>
  count === 0 ? html`` : html` <span class="state fail">${count} ${words}</span>`;

const summaryOf = ({ open, undetermined, notAffected }: FlawGroup): Markup => {
  const late = open.filter(({ finding }) => overdueOf(finding) > 0).length;
  const used = open.filter(({ finding }) => finding.exploited !== undefined).length;
  const not = notAffected.length;
  const rest = [
    ...soonest(open),
    ...(not === 0 ? [] : [`${not} ${not === 1 ? 'does' : 'do'} not apply`]),
  ].join(' · ');
  return html`${open.length} open${failCount(late, 'past deadline')}${failCount(used, 'exploited')}${undetermined.length === 0 ? '' : html` <span class="state unknown">${undetermined.length} undetermined</span>`} <span class="small">${rest}</span>`;
};

const sharers = (components: readonly AnsweredComponent[]): Markup => {
  const shown = components.slice(0, sharersMax);
  return html`<p class="small">${components.length === 1 ? 'Part' : `Shared by ${components.length} parts`}: ${shown.map(({ id }, i) => html`${i === 0 ? '' : ', '}<a href="#${anchor(id)}">${shortId(id)}</a>`)}${components.length > shown.length ? ', …' : ''}</p>`;
};

const groupItem = (group: FlawGroup, room: Room, isOpen: boolean): Markup => {
  const open = take(group.open, room.rows);
  room.rows -= open.length;
  const untold = take(group.undetermined, room.rows);
  room.rows -= untold.length;
  const not = take(group.notAffected, room.asides);
  room.asides -= not.length;
  return html`<li id="${groupAnchor(group)}"><details${isOpen ? raw(' open') : ''}><summary><b>${shortId(group.name)}</b> ${cut(oneLine(group.version), 80)} · ${summaryOf(group)}</summary>
${sharers(group.components)}
${open.length === 0 ? '' : html`<div class="scroll" tabindex="0" role="region" aria-label="Open flaws of ${shortId(group.name)}"><table class="flaws"><thead><tr><th scope="col">Flaw</th><th scope="col">Severity</th><th scope="col">Mended in</th><th scope="col">Fix public since</th><th scope="col">Deadline</th></tr></thead><tbody>${open.map(flaw => openRow(flaw, group))}</tbody></table></div>`}${moreText(group.open.length, open.length)}
${untold.length === 0 ? '' : html`<h4>Cannot be told</h4><ul class="evidence">${untold.map(untoldItem)}</ul>`}${moreText(group.undetermined.length, untold.length)}
${group.closed.length === 0 ? '' : html`<h4>Decided by somebody</h4><ul class="evidence">${take(group.closed, 100).map(untoldItem)}</ul>`}
${group.notAffected.length === 0 ? '' : html`<details class="aside"><summary>${group.notAffected.length} that ${group.notAffected.length === 1 ? 'does' : 'do'} not apply, and why</summary><ul class="evidence">${not.map(asideItem)}</ul>${moreText(group.notAffected.length, not.length)}</details>`}
<p class="small">Judged by ${group.judges.length === 0 ? 'nobody' : group.judges.map(({ holding, asOf, stale }, i) => html`${i === 0 ? '' : ', '}${holding} as of ${asOfDay(asOf)}${stale ? ' (too old)' : ''}`)}</p></details></li>`;
};

const hours = (count: number): string =>
  count < 48 ? `${count} h` : `${Math.floor(count / 24)} days`;

const stateCell = ({ stale, partial, failed }: AdvisoryState): Markup =>
  html`${
    partial === true
      ? html`<span class="small">names single flaws only</span>`
      : stale
        ? html`<span class="state unknown">too old</span>`
        : html`<span class="state pass">recent enough</span>`
  }${failed === undefined ? '' : html`<p class="small">the last fetch, ${failed.on.slice(0, 10)}, failed: ${failed.why}</p>`}`;

const agesTable = (advisories: readonly AdvisoryState[]): Markup =>
  html`<details class="aside"${advisories.some(({ stale, partial, failed }) => (stale && partial !== true) || failed !== undefined) ? raw(' open') : ''}><summary>Age of each source</summary><div class="scroll" tabindex="0" role="region" aria-label="Age of each source"><table class="flaws"><thead><tr><th scope="col">Source</th><th scope="col">As of</th><th scope="col" class="number">Age</th><th scope="col" class="number">Counts up to</th><th scope="col" class="number">Records</th><th scope="col" class="number">Not understood</th><th scope="col">State</th></tr></thead><tbody>${advisories.map(
    each =>
      html`<tr><th scope="row">${each.source}</th><td data-label="As of">${each.asOf.slice(0, 16).replace('T', ' ')}</td><td data-label="Age" class="number">${ageText(each.ageHours).replace(/ old$/, '')}</td><td data-label="Counts up to" class="number">${hours(each.maxAgeHours)}</td><td data-label="Records" class="number">${each.entries.toLocaleString('en')}</td><td data-label="Not understood" class="number">${each.refused.toLocaleString('en')}</td><td data-label="State">${stateCell(each)}</td></tr>`,
  )}</tbody></table></div></details>`;

/** Every known flaw once for each piece of software that has it; sections of parts lead here. */
export const flawsSection = (answer: Answer): Markup => {
  const groups = flawGroups(answer);
  const { advisories } = answer;
  if (advisories === undefined) {
    return html`<section><h2 id="flaws">Known flaws</h2><p>No advisory database was asked, so that only the package managers of the host tell of updates. Fill one: <code>postern advisories update</code></p></section>`;
  }
  const room: Room = { rows: rowsMax, asides: asideMax };
  const telling = groups.filter(
    ({ open, undetermined, closed }) => open.length + undetermined.length + closed.length > 0,
  );
  const quiet = groups.filter(group => !telling.includes(group));
  return html`<section><h2 id="flaws">Known flaws</h2><p>${countsSentence(flawCounts(groups))}.</p><p class="small">${advisoriesSentence(answer)}.</p>
${telling.length === 0 ? '' : html`<ol class="findings flaw-groups">${telling.map((group, i) => groupItem(group, room, i < openedMax && group.open.some(({ finding }) => overdueOf(finding) > 0)))}</ol>`}
${quiet.length === 0 ? '' : html`<details class="aside"><summary>${quiet.length} piece${quiet.length === 1 ? '' : 's'} of software in which no known flaw applies</summary><ol class="findings flaw-groups">${quiet.map(group => groupItem(group, room, false))}</ol></details>`}
${agesTable(advisories)}</section>`;
};
