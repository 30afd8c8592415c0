import { identifierKinds } from '../../core/personal.ts';
import { printable } from '../../report/plain.ts';
import { stockLines } from '../people/stock-text.ts';
import { kindWords, type ScanAnswer, type TypeRow } from './scan-answer.ts';

const number = (value: number): string => value.toLocaleString('en-US');

const counted = (value: number, one: string, many: string): string =>
  `${number(value)} ${value === 1 ? one : many}`;

const messages = (value: number): string => counted(value, 'message', 'messages');

const duration = (seconds: number): string => {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};

const rate = (bytes: number, seconds: number): string =>
  `${(bytes / 1e6 / Math.max(seconds, 0.001)).toFixed(1)} MB/s`;

const peopleOf = ({ people }: ScanAnswer['index']): string => {
  const parts = identifierKinds
    .filter(kind => people[kind] > 0)
    .map(kind => counted(people[kind], ...kindWords[kind]));
  return parts.length === 0 ? 'nobody is named in it' : parts.join(', ');
};

const sentence = ({ run, index }: ScanAnswer): string => {
  const sensitive = index.types.filter(
    ({ sensitivity, high, medium }) => sensitivity !== 'ordinary' && high + medium > 0,
  );
  const what =
    sensitive.length === 0
      ? 'none holds data that does much harm in the wrong hands'
      : `found in them: ${sensitive
          .slice(0, 4)
          .map(({ title }) => title)
          .join(', ')}${sensitive.length > 4 ? ' and more' : ''}`;
  const known = `${messages(index.messages)} in ${counted(index.mailboxes, 'mailbox', 'mailboxes')}`;
  if (run.stopped) return `Stopped: ${known} are scanned; run it again, and it goes on there.`;
  const now = run.messages === 0 ? 'nothing new' : `${number(run.messages)} of them new`;
  return `${known} are scanned, ${now}; ${what}.`;
};

const table = (rows: readonly TypeRow[]): readonly string[] => {
  const cells = [
    ['found in messages', 'high', 'medium', 'low'],
    ...rows.map(({ title, high, medium, low }) => [
      title,
      ...[high, medium, low].map(each => (each === 0 ? '–' : number(each))),
    ]),
  ];
  const widths = [0, 1, 2, 3].map(i => Math.max(...cells.map(row => row[i]?.length ?? 0)));
  return cells.map(row =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  '),
  );
};

const shownMax = 20;

/** What a scan came to, as text. */
export const scanText = (answer: ScanAnswer): string => {
  const { run, index, unseen } = answer;
  const lines = [
    sentence(answer),
    '',
    `people     ${peopleOf(index)}`,
    ...(answer.people === undefined ? [] : stockLines(answer.people)),
    `messages   ${number(run.messages)} read${run.readAnew === 0 ? '' : `, ${number(run.readAnew)} of them anew`}; ${number(index.gone)} gone from their mailboxes`,
    `folders    ${number(run.folders)} seen, ${number(run.foldersUnchanged)} as they were`,
    `time       ${duration(run.seconds)}${run.bytes === 0 ? '' : `, ${number(Math.round(run.bytes / 1e6))} MB, ${rate(run.bytes, run.seconds)}`}`,
    ...(index.types.length === 0 ? [] : ['', ...table(index.types)]),
  ];
  if (unseen.length > 0) {
    lines.push('', 'not seen:');
    for (const { what, why, how, count } of unseen.slice(0, shownMax)) {
      const named =
        count === 1 && why.includes(' ') ? `${what}: ${why}` : `${what}: ${number(count)}`;
      lines.push(`  ${named}. ${how}`);
    }
    if (unseen.length > shownMax) lines.push(`  and ${number(unseen.length - shownMax)} more`);
  }
  return `${lines.map(line => printable(line)).join('\n')}\n`;
};
