import type {
  ScopeCount,
  ScopeCoverage,
  ScopeDuty,
  ScopeReport,
  ScopeTenant,
  ScopeType,
  ScopeTypeCount,
} from '../../core/scope-report.ts';
import { type Markup, html as markup, raw, render } from '../html/markup.ts';
import { styles } from '../html/styles.ts';
import { coveragePicture, coverageWords, reachFlow } from './pictures.ts';
import { boundTitles, stretchesOf } from './text.ts';

const rowsMax = 500;
const number = (value: number): string => value.toLocaleString('en');

const cell = (value: number | string): Markup =>
  markup`<td class="number">${typeof value === 'number' ? number(value) : value}</td>`;

const bound = (title: string, means: string, count: ScopeCount, share: number): Markup =>
  markup`<div class="tile"><h3>${title}</h3><p class="big"><b>${number(count.people)}</b> people</p>
<div class="bar" aria-hidden="true"><i class="fail" style="width:${(100 * share).toFixed(2)}%"></i></div>
<p class="small">${means}</p>
<dl><div><dt>Active</dt><dd>${number(count.customers.active)}</dd></div><div><dt>Dormant</dt><dd>${number(count.customers.dormant)}</dd></div><div><dt>Former</dt><dd>${number(count.customers.former)}</dd></div><div><dt>In no list</dt><dd>${number(count.others)}</dd></div><div><dt>Probable only</dt><dd>${number(count.probable)}</dd></div><div><dt>Contracts</dt><dd>${number(count.contracts)}</dd></div><div><dt>Mailboxes</dt><dd>${number(count.mailboxes)}</dd></div><div><dt>Messages</dt><dd>${number(count.messages)}</dd></div></dl></div>`;

const typeCells = ({ own, shared, weak }: ScopeTypeCount): readonly Markup[] => [
  cell(own),
  cell(shared),
  cell(weak),
];

const typeTable = (types: readonly ScopeType[]): Markup =>
  types.length === 0
    ? markup`<section><h2 id="types">By data type</h2><p>None was found in the mail that was scanned.</p></section>`
    : markup`<section><h2 id="types">By data type</h2><div class="scroll" tabindex="0" role="region" aria-label="By data type"><table><thead><tr><th scope="col" rowspan="2">Data type</th><th scope="col" rowspan="2">Kind</th><th scope="colgroup" colspan="3" class="number">Evidenced</th><th scope="colgroup" colspan="3" class="number">Within reach</th></tr><tr>${['own', 'named', 'weak', 'own', 'named', 'weak'].map(head => markup`<th scope="col" class="number">${head}</th>`)}</tr></thead><tbody>${types
        .slice(0, rowsMax)
        .map(
          ({ title, sensitivity, evidenced, withinReach }) =>
            markup`<tr><th scope="row">${title}</th><td>${sensitivity}</td>${typeCells(evidenced)}${typeCells(withinReach)}</tr>`,
        )}</tbody></table></div><p class="small">People, each number within the next. Own: the data is theirs. Named: a message with it names them, and it may be another’s. Weak: with what was found with low confidence.</p></section>`;

const tenantTable = (tenants: readonly ScopeTenant[]): Markup =>
  tenants.length === 0
    ? markup``
    : markup`<section><h2 id="tenants">By tenant</h2><div class="scroll" tabindex="0" role="region" aria-label="By tenant"><table><thead><tr><th scope="col" rowspan="2">Tenant</th><th scope="colgroup" colspan="4" class="number">Evidenced</th><th scope="colgroup" colspan="4" class="number">Within reach</th></tr><tr>${['people', 'active', 'dormant', 'former', 'people', 'active', 'dormant', 'former'].map(head => markup`<th scope="col" class="number">${head}</th>`)}</tr></thead><tbody>${tenants
        .slice(0, rowsMax)
        .map(
          ({ tenant, evidenced, withinReach }) =>
            markup`<tr><th scope="row">${tenant}</th>${[evidenced, withinReach].map(each => markup`${cell(each.people)}${cell(each.active)}${cell(each.dormant)}${cell(each.former)}`)}</tr>`,
        )}</tbody></table></div><p class="small">Somebody with contracts at several tenants is counted at each; the totals count everybody once.</p></section>`;

const coverageSection = (logs: readonly ScopeCoverage[]): Markup =>
  logs.length === 0
    ? markup``
    : markup`<section><h2 id="coverage">What the logs of that time can tell</h2>${coveragePicture(logs)}<div class="scroll" tabindex="0" role="region" aria-label="Coverage of the logs"><table><thead><tr><th scope="col">Log</th><th scope="col">Answers</th><th scope="col">Days</th></tr></thead><tbody>${logs.map(
        log =>
          markup`<tr><th scope="row"><code>${log.log}</code></th><td>${log.question}</td><td>${stretchesOf(
            log,
          ).map(
            ({ from, to, is, why }) =>
              markup`<div><span class="state ${is === 'kept' ? 'pass' : is === 'partial' ? 'unknown' : 'fail'}">${coverageWords[is]}</span> ${from === to ? from : `${from} to ${to}`}${why === undefined ? '' : `: ${why}`}</div>`,
          )}</td></tr>`,
      )}</tbody></table></div><p class="small">A day that is missing, or of which nothing was written, leaves everybody whom the breach could reach then in the upper number.</p></section>`;

const applies: Readonly<Record<ScopeDuty['applies'], readonly [string, string]>> = {
  yes: ['fail', 'due'],
  possible: ['unknown', 'perhaps due'],
  ask: ['unknown', 'to be decided'],
  no: ['not-applicable', 'not due'],
};

const peopleSection = ({ evidenced, withinReach }: ScopeReport): Markup => {
  const rows: readonly (readonly [string, (count: ScopeCount) => number])[] = [
    ['whose mailbox it is', ({ roles }) => roles.owner],
    ['who wrote or got a message', ({ roles }) => roles.correspondent],
    ['who is named in a message', ({ roles }) => roles.mentioned],
    ['probable, not certain', ({ probable }) => probable],
    ['former customers whose data could have been deleted', ({ deletable }) => deletable],
  ];
  return markup`<section><h2 id="people">People</h2><div class="scroll"><table><thead><tr><th scope="col">Of the people</th><th scope="col" class="number">Evidenced</th><th scope="col" class="number">Within reach</th></tr></thead><tbody>${rows.map(
    ([title, of]) =>
      markup`<tr><th scope="row">${title}</th>${cell(of(evidenced))}${cell(of(withinReach))}</tr>`,
  )}</tbody></table></div><p class="small">Who is several of these counts in each. <code>postern scope people</code> lists them.</p></section>`;
};

const deadlineSection = (duties: readonly ScopeDuty[]): Markup =>
  duties.length === 0
    ? markup``
    : markup`<section><h2 id="deadlines">What must be done, and by when</h2><div class="scroll" tabindex="0" role="region" aria-label="Deadlines"><table><thead><tr><th scope="col">By</th><th scope="col">State</th><th scope="col">What</th><th scope="col">Rule</th></tr></thead><tbody>${duties.map(
        duty =>
          markup`<tr><td class="number">${duty.due === undefined ? '–' : duty.due.slice(0, 16).replace('T', ' ')}</td><td><span class="state ${applies[duty.applies][0]}">${applies[duty.applies][1]}</span></td><th scope="row">${duty.what}<br><span class="small">${duty.why}</span></th><td>${duty.title}<br><span class="small">${duty.within} (${duty.source})</span></td></tr>`,
      )}</tbody></table></div><p class="small">Times are UTC. Where a rule leaves room (3 to 5 days), the earlier day stands. Whether a rule applies to the organisation is for its counsel to say.</p></section>`;

const list = (id: string, title: string, items: readonly Markup[]): Markup =>
  items.length === 0
    ? markup``
    : markup`<section><h2 id="${id}">${title}</h2><ul>${items.slice(0, rowsMax).map(item => markup`<li>${item}</li>`)}</ul>${items.length > rowsMax ? markup`<p class="small">${number(items.length - rowsMax)} more in the JSON.</p>` : ''}</section>`;

/** One file: no network, no script, readable with a keyboard and in print. */
export const scopeHtml = (report: ScopeReport): string => {
  const { evidenced, withinReach, changes } = report;
  const share = evidenced.people / Math.max(1, withinReach.people);
  const title = `Postern: ${report.case?.name ?? 'scope'}`;
  return render(markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${title}</title><style>${raw(styles)}${raw(scopeStyles)}</style></head><body>
<a class="skip" href="#numbers">Skip to the numbers</a>
<header><p class="brand">Postern</p><h1>${report.sentence}</h1>
<p class="small">${report.case === undefined ? '' : `Case ${report.case.name}, version ${report.case.version} · `}${report.generated} · version ${report.tool.version}</p></header>
<main>
<section id="numbers" class="tiles two" aria-label="The two numbers">${bound('Evidenced', 'A log shows that it was read, copied or sent. No fewer.', evidenced, share)}${bound('Within reach', 'All that could be reached in that time, gaps in the logs included. No more.', withinReach, 1)}</section>
<nav class="small" aria-label="On this page"><a href="#types">By data type</a>${report.tenants.length === 0 ? '' : markup` · <a href="#tenants">By tenant</a>`}${report.picture.nodes.length === 0 ? '' : markup` · <a href="#reach">How far it reaches</a>`}${report.coverage.length === 0 ? '' : markup` · <a href="#coverage">What the logs can tell</a>`}${report.deadlines.length === 0 ? '' : markup` · <a href="#deadlines">Deadlines</a>`} · <a href="#inputs">What it rests on</a></nav>
${list(
  'findings',
  'What was in other hands',
  report.findings.map(
    ({ subject, value, from, to }) => markup`${subject} <code>${value}</code>, ${from} to ${to}`,
  ),
)}
${typeTable(report.types)}
${tenantTable(report.tenants)}
${reachFlow(report)}
${coverageSection(report.coverage)}
${list(
  'timeline',
  'What happened',
  report.timeline.map(({ at, what }) => markup`<time>${at}</time> ${what}`),
)}
${peopleSection(report)}
${list(
  'basis',
  'Why people are counted',
  report.basis.map(
    ({ bound: which, title: name, people, messages, evidence, counted, first }) =>
      markup`<b>${boundTitles[which]}</b>: ${name}: ${number(people)} people, ${number(messages)} messages${evidence === 0 ? '' : `, by ${number(evidence)} lines, findings or gaps`}${counted === 0 ? '' : `; ${number(counted)} messages were counted and not named`}${first === undefined ? '' : markup` <span class="small">first: <code>${first.where}</code>${first.at === undefined ? '' : ` ${first.at}`}</span>`}`,
  ),
)}
${list(
  'unknown',
  'What cannot be known',
  report.unknown.map(
    ({ what, why, how }) =>
      markup`<b>${what}</b>: ${why}${how === '' ? '' : markup` <span class="small">${how}</span>`}`,
  ),
)}
${deadlineSection(report.deadlines)}
${
  changes === undefined
    ? ''
    : markup`<section><h2 id="changes">Since version ${changes.since}</h2><p>Evidenced: ${number(changes.evidenced.in)} people came in, ${number(changes.evidenced.out)} went out. Within reach: ${number(changes.withinReach.in)} came in, ${number(changes.withinReach.out)} went out.</p><ul>${changes.because.map(each => markup`<li>${each}</li>`)}</ul></section>`
}
${list(
  'inputs',
  'What this rests on',
  report.inputs.map(
    ({ what, digest, asOf }) =>
      markup`${what}${asOf === undefined ? '' : `, ${asOf}`}${digest === undefined ? '' : markup` <code>${digest}</code>`}`,
  ),
)}
</main></body></html>
`);
};

const scopeStyles = `
.tiles.two{grid-template-columns:repeat(2,1fr)}.tiles.two .tile:hover{border-color:var(--line)}.tiles.two dl{grid-template-columns:repeat(4,1fr)}
.coverage{margin-bottom:10px}.coverage rect.day.pass{fill:#2f9d62}.coverage rect.day.partial{fill:#c79a2b}.coverage rect.day.fail,.coverage rect.day.off{fill:url(#gap)}.coverage rect.hatch{fill:var(--paper)}.coverage pattern rect.fail{fill:#d0453c}
thead tr+tr th{top:26px}thead th[scope=colgroup]{text-align:center}.flow text{paint-order:stroke;stroke:var(--paper);stroke-width:4px;stroke-linejoin:round}
@media(max-width:760px){.tiles.two,.tiles.two dl{grid-template-columns:1fr 1fr}}
`;
