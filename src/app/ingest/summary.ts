import type { Unseen } from '../../core/unseen.ts';
import { oneLine, printable } from '../../report/plain.ts';
import type { IngestReport } from './ingest.ts';
import type { FormatCount, ReadReport } from './read-counts.ts';

const number = (value: number): string => value.toLocaleString('en-US');

const counted = (value: number, one: string, many: string): string =>
  `${number(value)} ${value === 1 ? one : many}`;

const shownMax = 20;

const formatRows = (formats: ReadonlyMap<string, FormatCount>): readonly string[] => {
  const rows = [...formats]
    .sort(([, a], [, b]) => b.events + b.quiet + b.unparsed - (a.events + a.quiet + a.unparsed))
    .map(([id, { events, quiet, unparsed }]) => [
      id === 'none' ? 'no format' : id,
      number(events),
      number(quiet),
      number(unparsed),
    ]);
  const table = [['format', 'events', 'quiet', 'not understood'], ...rows];
  const widths = [0, 1, 2, 3].map(i => Math.max(...table.map(row => row[i]?.length ?? 0)));
  return table.map(row =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
};

const unseenLines = (unseen: readonly Unseen[]): readonly string[] => [
  ...unseen.slice(0, shownMax).map(({ what, why, how }) => `not read: ${what}: ${why}. ${how}`),
  ...(unseen.length > shownMax ? [`not read: ${number(unseen.length - shownMax)} more`] : []),
];

const safe = (lines: readonly string[]): string =>
  `${lines.map(line => (line.startsWith('  ') ? printable(line) : oneLine(line))).join('\n')}\n`;

/** What a reading came to, for standard error. */
export const summaryOf = (report: ReadReport): string => safe(linesOf(report));

/** What a run kept, for standard error. */
export const ingestSummaryOf = (report: IngestReport): string => {
  const { store, files, logs, lines, again, left, gaps, sealed, isStopped } = report;
  const more = files > logs ? `, nothing new in ${number(files - logs)} more` : '';
  const out =
    logs === 0
      ? [`nothing new in ${counted(files, 'file', 'files')}`, ...unseenLines(report.unseen)]
      : [
          ...linesOf(report),
          `kept in ${store}: ${counted(lines, 'new line', 'new lines')} of ${counted(logs, 'file', 'files')}${more}`,
        ];
  if (again > 0) {
    out.push(`${counted(again, 'record is', 'records are')} in the store already, by their ids`);
  }
  for (const { log, bytes } of left.slice(0, shownMax)) {
    out.push(
      `${log}: its last line has no end yet: ${counted(bytes, 'byte', 'bytes')} wait for it`,
    );
  }
  for (const { log, fromDay, toDay, why } of gaps.slice(0, shownMax)) {
    const days = fromDay === toDay ? fromDay : `${fromDay} to ${toDay}`;
    out.push(`gap in ${log}, ${days}: ${why}`);
  }
  const last = sealed.at(-1);
  if (last !== undefined) {
    out.push(`sealed: ${counted(sealed.length, 'day', 'days')}, up to ${last}`);
  }
  if (isStopped) out.push('stopped; run the same command again, and it goes on there');
  return safe(out);
};

const linesOf = ({
  logs,
  lines,
  truncated,
  formats,
  unseen,
  steps,
}: ReadReport): readonly string[] => {
  const all = [...formats.values()];
  const sum = (of: (count: FormatCount) => number): number =>
    all.reduce((total, each) => total + of(each), 0);
  const unparsed = sum(each => each.unparsed);
  const out = [
    `${counted(logs, 'log', 'logs')}, ${counted(lines, 'line', 'lines')}: ${counted(
      sum(each => each.events),
      'event',
      'events',
    )}, ${number(sum(each => each.quiet))} that say nothing of access, ${number(unparsed)} not understood`,
    ...(lines === 0 ? [] : formatRows(formats).map(row => `  ${row}`)),
  ];
  if (truncated > 0) {
    out.push(
      `${counted(truncated, 'line is', 'lines are')} longer than is read of a line; their beginnings were read`,
    );
  }
  for (const { log, first, count } of steps.slice(0, shownMax)) {
    const on = first.host === undefined ? '' : ` of ${first.host}`;
    const times = count === 1 ? 'once' : `${number(count)} times`;
    out.push(
      `${log}: the clock${on} was set back ${times}, first in line ${first.line} by ${number(first.seconds)} s`,
    );
  }
  out.push(...unseenLines(unseen));
  if (unparsed > 0) out.push('--unparsed shows the lines that are not understood');
  return out;
};
