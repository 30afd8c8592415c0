import type { HuntReport, ReportedAlert, RuleBacktest } from '../../core/hunt-report.ts';
import { safeJson } from '../plain.ts';
import { huntSentence, lineName } from './words.ts';

const rfc3339 = (timeMs: number): string => new Date(timeMs).toISOString();

const during = (firstMs: number | undefined, lastMs: number | undefined): object =>
  firstMs === undefined || lastMs === undefined
    ? {}
    : { first: rfc3339(firstMs), last: rfc3339(lastMs) };

/** An alert as every JSON of a hunt has it. */
export const alertJson = ({ firstMs, lastMs, lines, tags, ...rest }: ReportedAlert): object => ({
  ...rest,
  ...during(firstMs, lastMs),
  tags,
  lines: lines.map(lineName),
});

/** What a rule would have told, likewise. */
export const backtestJson = ({ firstMs, lastMs, lines, ...rest }: RuleBacktest): object => ({
  ...rest,
  ...during(firstMs, lastMs),
  lines: lines.map(lineName),
});

/** As `schemas/hunt.schema.json` has it. */
export const huntJson = (report: HuntReport, version: string): string => {
  const { mode, atMs, lines, rules, alerts, repeated, suppressed, backtest, notes, unseen } =
    report;
  const { firstMs, lastMs, ...counts } = lines;
  const value = {
    schema: 'postern.hunt/1',
    generated: rfc3339(atMs),
    tool: { name: 'postern', version },
    mode,
    summary: { sentence: huntSentence(report), alerts: alerts.length, repeated, suppressed },
    lines: { ...counts, ...during(firstMs, lastMs) },
    rules,
    alerts: alerts.map(alertJson),
    ...(backtest === undefined ? {} : { backtest: backtest.map(backtestJson) }),
    notes,
    unseen,
  };
  return `${safeJson(value, 2)}\n`;
};
