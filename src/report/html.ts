import type { Answer, AnsweredComponent, StateCounts } from '../core/answer.ts';
import { runsInside } from '../core/exposed.ts';
import { reachedWords } from '../core/reached-people.ts';
import { type Check, checks, type Verdict } from '../core/verdict.ts';
import { checkTitles } from './check-titles.ts';
import { docsOf, type Finding, findingsOf } from './findings.ts';
import { flawsSection } from './html/flaws.ts';
import { type Markup, html as markup, raw, render } from './html/markup.ts';
import { anchor, shortId } from './html/names.ts';
import { peopleSection } from './html/people.ts';
import { reachPicture } from './html/reach-picture.ts';
import { styles } from './html/styles.ts';
import { tableScript, tableScriptHash } from './html/table-script.ts';
import { comparedSections, prioritiesSection } from './html/urgency.ts';
import { idsBelow } from './nesting.ts';

const findingsMax = 400;
const place = ({ path, line }: { path?: string; line?: number }): Markup =>
  path === undefined
    ? markup``
    : markup` <code>${path}${line === undefined ? '' : `:${line}`}</code>`;

/** Words, not colour alone, carry the state. */
const stateWords = {
  pass: '✓ pass',
  fail: '✗ fail',
  unknown: '? unknown',
  'not-applicable': '– n/a',
} as const;

const badge = ({ state, exception }: Verdict): Markup => {
  const accepted =
    exception !== undefined && !exception.expired
      ? markup` <small>accepted until ${exception.until}</small>`
      : markup``;
  return markup`<span class="state ${state}">${stateWords[state]}</span>${accepted}`;
};

const total = ({ pass, fail, unknown }: StateCounts): number => pass + fail + unknown;

const tile = (answer: Answer, check: Check): Markup => {
  const counts = answer.counts[check];
  const all = Math.max(1, total(counts));
  const share = (count: number): string => `${((100 * count) / all).toFixed(2)}%`;
  return markup`<a class="tile" href="#check-${check}">
<h3>${checkTitles[check].title}</h3>
<p class="big">${counts.fail === 0 ? markup`<b>${counts.unknown}</b> unknown` : markup`<b class="bad">${counts.fail}</b> fail`}</p>
<div class="bar" role="img" aria-label="${counts.pass} pass, ${counts.fail} fail, ${counts.unknown} unknown">
<i class="pass" style="width:${share(counts.pass)}"></i><i class="fail" style="width:${share(counts.fail)}"></i><i class="unknown" style="width:${share(counts.unknown)}"></i>
</div>
<p class="small">${counts.pass} pass · ${counts.fail} fail · ${counts.unknown} unknown · ${counts['not-applicable']} n/a</p>
</a>`;
};

const acceptance = ({ exception }: Verdict): Markup =>
  exception === undefined
    ? markup``
    : markup`<p class="small">${exception.expired ? 'Was accepted' : 'Accepted'} until ${exception.until}${exception.by === undefined ? '' : ` by ${exception.by}`}${exception.expired ? ' (expired)' : ''}: ${exception.reason}</p>`;

const remedyBlock = ({ remedy }: Verdict): Markup =>
  remedy === undefined ? markup`` : markup`<pre tabindex="0">${remedy}</pre>`;

const evidenceList = ({ evidence }: Verdict): Markup =>
  evidence.length === 0
    ? markup``
    : markup`<ul class="evidence">${evidence.map(each => markup`<li>${each.what}${place(each)}</li>`)}</ul>`;

const findingItem = ({ check, verdict, components }: Finding, open = false): Markup => {
  const [first, ...others] = components;
  return markup`<li>
<details${open ? raw(' open') : ''}><summary>${badge(verdict)} <b>${check}</b> <a href="#${anchor(first?.id ?? '')}">${shortId(first?.id ?? '')}</a>${
    others.length === 0 ? '' : ` and ${others.length} more`
  }<br><span class="why">${verdict.why}</span></summary>
${others.length === 0 ? '' : markup`<p class="small">Also: ${others.map((each, i) => markup`${i === 0 ? '' : ', '}<a href="#${anchor(each.id)}">${shortId(each.id)}</a>`)}</p>`}
${acceptance(verdict)}${evidenceList(verdict)}${remedyBlock(verdict)}<p class="small">More: <code>${docsOf(check)}</code> in the package</p></details></li>`;
};

const versionText = ({ version }: AnsweredComponent): string =>
  'value' in version ? version.value : 'unknown';

const stateTitle: Readonly<Record<'true' | 'false' | 'null', string>> = {
  true: 'in use',
  false: 'switched off',
  null: 'perhaps in use',
};

const tableRow = (component: AnsweredComponent, below: ReadonlySet<string>): Markup => {
  const off = component.enabled === false;
  return markup`<tr class="${off ? 'off' : ''} ${below.has(component.id) ? '' : 'main'}">
<th scope="row"><a href="#${anchor(component.id)}">${shortId(component.id)}</a></th>
<td class="kind">${component.kind}</td><td class="version" title="${versionText(component)}">${versionText(component)}</td>
${checks.map(check => {
  const verdict = component.checks[check];
  return markup`<td><span class="state ${verdict.state}" title="${verdict.why}">${stateWords[verdict.state]}${verdict.exception !== undefined && !verdict.exception.expired ? '*' : ''}</span></td>`;
})}</tr>`;
};

/** What its own list of reach leaves out; never nothing, which would look like none. */
const reachNote = (component: AnsweredComponent): Markup =>
  runsInside(component)
    ? markup`<p class="small">Its code runs inside ${shortId(component.partOf ?? '')} and reaches what that reaches${component.reach.length === 0 ? '' : '; beside that:'}</p>`
    : component.reach.length === 0
      ? markup`<p class="small">not known</p>`
      : markup``;

const logRow = ({ question, emitted, why, trail }: AnsweredComponent['logs'][number]): Markup => {
  const kept = [
    trail?.path === undefined ? '' : trail.path,
    trail?.oldest === undefined ? '' : `oldest line ${trail.oldest.slice(0, 10)}`,
    trail?.retainedDays === undefined ? '' : `kept ${trail.retainedDays} days`,
    trail?.shippedTo === undefined ? '' : `copied to ${trail.shippedTo}`,
    trail?.unknown ?? '',
  ].filter(part => part !== '');
  return markup`<tr><th scope="row">${question}</th><td><span class="state log-${emitted}">${emitted}</span></td><td>${why}</td><td>${kept.join('; ')}</td></tr>`;
};

/** @param known ids that have a section on the page: what is plugged into something unlisted gets no link. */
const card = (component: AnsweredComponent, known: ReadonlySet<string>): Markup => {
  const facts: readonly (readonly [string, string | Markup])[] = [
    [
      'Version',
      'value' in component.version
        ? component.version.value
        : `unknown: ${component.version.unknown}`,
    ],
    [
      'Package',
      component.package === undefined
        ? 'none'
        : `${component.package.name} ${component.package.version} (${component.package.ecosystem})`,
    ],
    ['Supplier', component.supplier ?? 'unknown'],
    ['Origin', component.origin],
    ['Owner', component.owner ?? 'nobody named'],
    ['State', stateTitle[`${component.enabled}`]],
    [
      'Plugged into',
      component.partOf === undefined
        ? '–'
        : known.has(component.partOf)
          ? markup`<a href="#${anchor(component.partOf)}">${shortId(component.partOf)}</a>`
          : shortId(component.partOf),
    ],
    ['Runs as', component.runsAs?.user ?? 'not known'],
    ...(component.people === undefined
      ? []
      : [['People within reach', reachedWords(component.people)] as const]),
    [
      'Internet',
      component.exposure === undefined
        ? 'not known'
        : `${component.exposure.internet}: ${component.exposure.why}`,
    ],
  ];
  return markup`<section class="card" id="${anchor(component.id)}">
<h3>${component.id} <small>${component.kind}</small></h3>
<dl>${facts.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<p class="small">Found at${component.foundAt.slice(0, 12).map(each => place(each))}${component.foundAt.length > 12 ? ` and ${component.foundAt.length - 12} more places` : ''}</p>
<h4>Can reach</h4>${reachNote(component)}${component.reach.length === 0 ? '' : markup`<ul>${component.reach.map(each => markup`<li><b>${each.mode} ${each.resource}</b>: ${each.extent}${each.because === undefined ? '' : place(each.because)}</li>`)}</ul>`}
${component.logs.length === 0 ? '' : markup`<h4>Writes down</h4><table class="logs"><tbody>${component.logs.map(logRow)}</tbody></table>`}
<h4>Six questions</h4><ul class="verdicts">${checks.map(check => {
    const verdict = component.checks[check];
    const more = verdict.remedy !== undefined || verdict.evidence.length > 0;
    return more
      ? markup`<li><details><summary>${badge(verdict)} <b>${check}</b> ${verdict.why}</summary>${acceptance(verdict)}${evidenceList(verdict)}${remedyBlock(verdict)}</details></li>`
      : markup`<li class="plain">${badge(verdict)} <b>${check}</b> ${verdict.why}</li>`;
  })}</ul></section>`;
};

const tenantTable = ({ tenants, people }: Answer): Markup =>
  tenants.length === 0
    ? markup``
    : markup`<section><h2>People on the platform</h2><div class="scroll"><table><thead><tr><th scope="col">Tenant</th><th scope="col" class="number">Active</th><th scope="col" class="number">Dormant</th><th scope="col" class="number">Former</th><th scope="col">Counted</th></tr></thead><tbody>${tenants.map(
        ({ name, people: { active, dormant, former }, counted }) =>
          markup`<tr><th scope="row">${name}</th><td class="number">${active.toLocaleString('en')}</td><td class="number">${dormant.toLocaleString('en')}</td><td class="number">${former.toLocaleString('en')}</td><td>${counted}</td></tr>`,
      )}</tbody></table></div><p class="small">As the organisation counts them in its own configuration${people === undefined ? '' : '; where the scan counted, its numbers are used'}.</p></section>`;

const unseenList = ({ unseen }: Answer): Markup =>
  unseen.length === 0
    ? markup``
    : markup`<section><h2 id="unseen">Could not be seen (${unseen.length})</h2><ul>${unseen.map(
        ({ what, why, how }) =>
          markup`<li><code>${what}</code>: ${why}. <span class="small">${how}</span></li>`,
      )}</ul></section>`;

const findingSections = (findings: readonly Finding[]): readonly Markup[] =>
  checks.map(check => {
    const mine = findings.filter(each => each.check === check);
    return markup`<section><h3 id="check-${check}">${checkTitles[check].title} <small>${check}</small></h3><p class="small">${checkTitles[check].asks}</p>${
      mine.length === 0
        ? markup`<p>Nothing to mend.</p>`
        : markup`<ol class="findings">${mine.map(each => findingItem(each))}</ol>`
    }</section>`;
  });

/** One file: no network, no script needed to read it, printable. */
export const html = (answer: Answer): string => {
  const allFindings = findingsOf(answer);
  const ids = answer.components.map(({ id }) => id);
  const known = new Set<string>(ids);
  const below = idsBelow(ids);
  const findings = allFindings.slice(0, findingsMax);
  const target = 'sample' in answer.target ? 'the sample estate' : answer.target.root;
  const title = `Postern: ${answer.organisation ?? target}`;
  return render(markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${tableScriptHash}'; base-uri 'none'; form-action 'none'">
<title>${title}</title><style>${raw(styles)}</style></head><body>
<a class="skip" href="#findings">Skip to the findings</a>
<header><p class="brand">Postern</p><h1>${answer.sentence}</h1>
<p class="small">${answer.organisation === undefined ? '' : `${answer.organisation} · `}${target} · ${answer.generated} · version ${answer.tool.version}</p></header>
<main>
<nav class="tiles" aria-label="The six questions">${checks.map(check => tile(answer, check))}</nav>
<nav class="small" aria-label="On this page">${(answer.priorities ?? []).length === 0 ? '' : markup`<a href="#patch-first">What to patch first</a> · `}<a href="#findings">What to mend first</a> · <a href="#flaws">Known flaws</a>${answer.changes === undefined ? '' : markup` · <a href="#changes">What changed</a>`}${answer.parity === undefined ? '' : markup` · <a href="#parity">Beside customer-facing applications</a>`} · <a href="#parts">Every part</a> · <a href="#questions">Findings by question</a>${answer.unseen.length === 0 ? '' : markup` · <a href="#unseen">Could not be seen (${answer.unseen.length})</a>`} · <a href="#details">Parts in detail</a></nav>
${reachPicture(answer)}
${prioritiesSection(answer.priorities ?? [], known)}
<section><h2 id="findings">What to mend first</h2>${findings.length === 0 ? markup`<p>Nothing to mend.</p>` : ''}<ol class="findings">${findings.slice(0, 10).map((each, i) => findingItem(each, i === 0))}</ol></section>
${flawsSection(answer)}
${comparedSections(answer)}
<section><h2 id="parts">Every part</h2><div class="tools" hidden><label>Filter <input type="search" autocomplete="off"></label> <label><input type="checkbox"> only what fails</label> <output></output></div><div class="scroll" tabindex="0" role="region" aria-label="Every part"><table class="parts"><thead><tr><th scope="col">Part</th><th scope="col">Kind</th><th scope="col">Version</th>${checks.map(check => markup`<th scope="col">${check}</th>`)}</tr></thead><tbody>${answer.components.map(each => tableRow(each, below))}</tbody></table></div><p class="small">* accepted by the organisation until a day. n/a: the question does not apply.</p></section>
${peopleSection(answer)}
${tenantTable(answer)}
<h2 id="questions">Findings by question</h2>${allFindings.length > findings.length ? markup`<p>The worst ${findings.length} of ${allFindings.length}; --format json has all, and so has each part below.</p>` : ''}${findingSections(findings)}
${unseenList(answer)}
<h2 id="details">Parts in detail</h2>${answer.components.map(each => card(each, known))}
</main><script>${raw(tableScript)}</script></body></html>
`);
};
