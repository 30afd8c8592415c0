import type { AlertLevel } from '../../core/alert.ts';
import type { HuntReport, ReportedAlert, RuleBacktest, Share } from '../../core/hunt-report.ts';
import { type Markup, html as markup, raw, render } from '../html/markup.ts';
import { styles } from '../html/styles.ts';
import { basisOf, counted, huntSentence, lineName, number, span, techniques } from './words.ts';

const rowsMax = 1_000;

const states: Readonly<Record<AlertLevel, string>> = {
  informational: 'not-applicable',
  low: 'not-applicable',
  medium: 'unknown',
  high: 'fail',
  critical: 'fail',
};

const level = (of: AlertLevel): Markup => markup`<span class="state ${states[of]}">${of}</span>`;

const table = (
  id: string,
  title: string,
  heads: readonly string[],
  rows: readonly Markup[],
): Markup =>
  rows.length === 0
    ? markup``
    : markup`<section><h2 id="${id}">${title}</h2><div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${heads.map(
        head => markup`<th scope="col">${head}</th>`,
      )}</tr></thead><tbody>${rows.slice(0, rowsMax)}</tbody></table></div>${
        rows.length > rowsMax
          ? markup`<p class="small">${number(rows.length - rowsMax)} more in the JSON.</p>`
          : ''
      }</section>`;

/** A sentence whose names stand between backquotes. */
const sentence = (text: string): readonly (Markup | string)[] =>
  text.split('`').map((part, i) => (i % 2 === 1 ? markup`<code>${part}</code>` : part));

const alertRow = (alert: ReportedAlert): Markup => {
  const last = alert.lines.at(-1);
  return markup`<tr><td>${level(alert.level)}</td><th scope="row">${alert.title}<br><span class="small">${sentence(alert.sentence)}.</span></th><td>${alert.component}</td><td>${alert.who ?? '–'}</td><td>${span(alert.firstMs, alert.lastMs)}</td><td class="number">${number(alert.events)}</td><td>${techniques(alert.tags).join(', ')}</td><td><code class="id">${alert.id}</code>${last === undefined ? '' : markup`<br><span class="small"><code>${lineName(last)}</code></span>`}</td></tr>`;
};

const shares = (of: readonly Share[]): string =>
  of
    .slice(0, 5)
    .map(({ name, events }) => `${name} (${number(events)})`)
    .join(', ');

const backtestRow = (tried: RuleBacktest): Markup =>
  markup`<tr><td class="number">${number(tried.alerts)}</td><td>${level(tried.level)}</td><th scope="row">${tried.title}<br><span class="small">${sentence(tried.sentences[0] ?? '')}</span></th><td class="number">${number(tried.events)}</td><td class="number">${number(tried.days.length)}</td><td>${shares(tried.people)}</td><td>${shares(tried.addresses)}</td><td><code>${tried.place?.path ?? tried.rule}</code></td></tr>`;

const list = (id: string, title: string, items: readonly string[]): Markup =>
  items.length === 0
    ? markup``
    : markup`<section><h2 id="${id}">${title}</h2><ul>${items
        .slice(0, rowsMax)
        .map(item => markup`<li>${item}</li>`)}</ul></section>`;

/** One file: no network, no script, readable with a keyboard and in print. */
export const huntHtml = (report: HuntReport, version: string): string => {
  const { alerts, backtest = [], notes, rules, unseen } = report;
  const title = report.mode === 'watch' ? 'Postern: alerts' : 'Postern: backtest';
  return render(markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<title>${title}</title><style>${raw(styles)}</style></head><body>
<a class="skip" href="#main">Skip to what was found</a>
<header><p class="brand">Postern</p><h1>${huntSentence(report)}</h1>
<p class="small">${basisOf(report)} · ${new Date(report.atMs).toISOString()} · version ${version}</p></header>
<main id="main">
${table('alerts', 'New alerts', ['Level', 'What', 'Component', 'Who', 'When (UTC)', 'Events', 'ATT&CK', 'Alert, line'], alerts.map(alertRow))}
${table('backtest', 'What each rule would have told', ['Alerts', 'Level', 'Rule', 'Events', 'Days', 'By', 'From', 'Where it stands'], backtest.map(backtestRow))}
${list('notes', 'Limits of this answer', notes)}
${list(
  'problems',
  'Problems in rules',
  rules.problems.map(({ path, line, why }) => `${path}:${line}: ${why}`),
)}
${list(
  'unseen',
  'Not seen',
  unseen.map(({ what, why, how }) => `${what}: ${why}. ${how}`),
)}
<footer><p class="small">${counted(rules.read, 'rule')} were read. People are called by pseudonyms unless they were asked for by name.</p></footer></main></body></html>
`);
};
