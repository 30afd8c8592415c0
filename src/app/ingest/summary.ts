import { oneLine, printable } from '../../report/plain.ts';
import type { DryRunReport, FormatCount } from './dry-run.ts';

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

/** What a reading came to, for standard error. */
export const summaryOf = ({
  logs,
  lines,
  truncated,
  formats,
  unseen,
  steps,
}: DryRunReport): string => {
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
  for (const { what, why, how } of unseen.slice(0, shownMax))
    out.push(`not read: ${what}: ${why}. ${how}`);
  if (unseen.length > shownMax) out.push(`not read: ${number(unseen.length - shownMax)} more`);
  if (unparsed > 0) out.push('--unparsed shows the lines that are not understood');
  return `${out.map(line => (line.startsWith('  ') ? printable(line) : oneLine(line))).join('\n')}\n`;
};
