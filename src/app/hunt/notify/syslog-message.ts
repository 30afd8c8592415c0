import type { Alert, AlertLevel } from '../../../core/alert.ts';
import { type LetterContent, oneLine, stampOf, subjectOf } from './letter.ts';

/** RFC 5424, 6.2.1. */
const severities: Readonly<Record<AlertLevel, number>> = {
  critical: 2,
  high: 3,
  medium: 4,
  low: 5,
  informational: 6,
};
const notice = 5;

/** What every receiver must take (RFC 5424, 6.1: should take 2,048). */
const messageBytesMax = 2_048;

/** Printable ASCII without spaces; a hyphen stands for nothing. */
const headerField = (text: string, charactersMax: number): string => {
  const field = text.replace(/[^!-~]/g, '').slice(0, charactersMax);
  return field === '' ? '-' : field;
};

/** RFC 5424, 6.3.3: three characters need a backslash. */
const parameter = (name: string, value: string): string =>
  `${name}="${oneLine(value, 200).replace(/["\\\]]/g, character => `\\${character}`)}"`;

/** Cut between characters, never within one. */
const cutTo = (text: string, bytesMax: number): string => {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString('utf8');
};

/** The number that RFC 5612 keeps for examples: Postern has none of its own. */
const sdId = 'postern@32473';

const structured = (alert: Alert): string =>
  `[${[
    sdId,
    parameter('alert', alert.id),
    parameter('rule', alert.rule),
    parameter('level', alert.level),
    parameter('component', alert.component),
    ...(alert.who === '' ? [] : [parameter('who', alert.who)]),
    ...(alert.addresses[0] === undefined ? [] : [parameter('address', alert.addresses[0])]),
    parameter('events', String(alert.events)),
    parameter('first', stampOf(alert.firstMs)),
    parameter('last', stampOf(alert.lastMs)),
  ].join(' ')}]`;

const message = (
  { madeMs, host, id }: LetterContent,
  facility: number,
  given: { severity: number; id: string; data: string; text: string },
): Buffer => {
  const head = [
    `<${facility * 8 + given.severity}>1`,
    new Date(madeMs).toISOString(),
    headerField(host, 255),
    'postern',
    headerField(id.replaceAll('-', ''), 32),
    given.id,
    given.data,
  ].join(' ');
  // A byte order mark says that what follows is UTF-8.
  const start = Buffer.from(`${head} \uFEFF`);
  const room = Math.max(messageBytesMax - start.length, 0);
  return Buffer.concat([start, Buffer.from(cutTo(oneLine(given.text, 4_000), room))]);
};

/** RFC 5424: a message for each alert; of a letter without any, one that says so. */
export const syslogMessages = (content: LetterContent, facility: number): readonly Buffer[] => {
  const alerts = content.groups.flatMap(group => group.alerts);
  const told = alerts.map(alert =>
    message(content, facility, {
      severity: severities[alert.level],
      id: 'alert',
      data: structured(alert),
      text: `${alert.title}: ${alert.sentence}`,
    }),
  );
  const rest =
    content.more === 0 && told.length > 0
      ? []
      : [
          message(content, facility, {
            severity: notice,
            id: content.kind,
            data: '-',
            text:
              told.length === 0
                ? [subjectOf(content), ...content.notes].join(' ')
                : `${content.more} more alerts: postern hunt alerts`,
          }),
        ];
  return [...told, ...rest];
};
