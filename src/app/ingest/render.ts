import type { AccessEvent } from '../../core/access-event.ts';
import { type OcsfContext, ocsfOf } from '../../logs/ocsf/ocsf.ts';
import type { ReadLine } from '../../logs/read-log.ts';
import { withoutSecrets } from '../../logs/redact.ts';
import { oneLine, safeJson } from '../../report/plain.ts';
import { toolVersion } from '../version.ts';

const ascii = /^[\x20-\x7e]*$/;

/** JSON that no terminal acts on and no strict reader refuses; the slow way only where it must be. */
export const json = (value: object): string => {
  const text = JSON.stringify(value);
  return ascii.test(text) && !text.includes('\\ud') ? text : safeJson(value);
};

const rawCharsMax = 4 << 20;

/** One OCSF event; or, for a line that no format understands, `{ "unparsed": true, … }`. */
const ndjsonOf = (
  log: string,
  { line, parsed, format, repeated }: ReadLine,
  context: OcsfContext,
  raw: boolean,
): string => {
  if (!('event' in parsed)) {
    return json({
      unparsed: true,
      log_name: log,
      sequence: line.number,
      why: 'unparsed' in parsed ? parsed.unparsed : parsed.quiet,
      ...(format === undefined ? {} : { format }),
      ...(line.truncated === true ? { truncated: true } : {}),
      ...(raw ? { raw_data: line.text.slice(0, rawCharsMax) } : {}),
    });
  }
  return json(
    ocsfOf(
      parsed.event,
      {
        log,
        line: line.number,
        format: format ?? 'none',
        ...(raw ? { raw: line.text.slice(0, rawCharsMax) } : {}),
        ...(repeated === undefined ? {} : { repeated }),
      },
      context,
    ),
  );
};

const shownMax = 400;

/** What it is about: folder, messages, request, change. */
export const subject = ({ folder, messages, count, request, change }: AccessEvent): string => {
  const [message] = messages ?? [];
  const rest = (messages?.length ?? 0) > 1 ? ` and ${(messages?.length ?? 0) - 1} more` : '';
  const named = message?.messageId ?? message?.queueId;
  const uid = message?.uid === undefined ? '' : `uid ${message.uid}`;
  const parts = [
    folder ?? message?.folder,
    named === undefined ? `${uid}${rest}` : `${named}${rest}`,
    message?.from === undefined ? undefined : `from ${message.from}`,
    message?.to === undefined ? undefined : `to ${message.to.slice(0, 3).join(', ')}`,
    count === undefined ? undefined : `${count} messages`,
    request === undefined ? undefined : `${request.method ?? ''} ${request.path ?? ''}`,
    change === undefined
      ? undefined
      : Object.entries(change)
          .map(([name, value]) => `${name}=${value}`)
          .join(' '),
  ];
  return parts.filter(part => part !== undefined && part.trim() !== '').join(' ');
};

/** An event on one line: when, what, who, from where, through what. */
const eventText = (event: AccessEvent, raw?: string): string => {
  const { kind, time, outcome, user, actor, from, component, service, detail, flags } = event;
  const at = time.atMs === undefined ? time.original : new Date(time.atMs).toISOString();
  const who = [user?.name, actor === undefined ? undefined : `by ${actor.name}`];
  const where = from?.ip ?? from?.host;
  const through =
    service === undefined || service === component ? component : `${component}/${service}`;
  const parts = [
    at,
    outcome === 'failure' ? `${kind} FAILED` : kind,
    ...who,
    where === undefined ? undefined : `from ${where}`,
    `through ${through}`,
    subject(event),
    flags === undefined ? undefined : `[${flags.join(', ')}]`,
    detail === undefined ? undefined : `(${detail})`,
  ];
  const text = oneLine(parts.filter(part => part !== undefined && part !== '').join('  '));
  const shown = text.length > shownMax ? `${text.slice(0, shownMax - 1)}…` : text;
  return raw === undefined ? shown : `${shown}\n    ${oneLine(raw.slice(0, 4_000))}`;
};

const lineMax = 4_000;

/** The beginning of a line, to be shown: without passwords and tokens unless it is asked for as it is. */
export const lineText = (text: string, chars: number, raw: boolean): string => {
  const start = text.slice(0, lineMax);
  return oneLine((raw ? start : withoutSecrets(start).text).slice(0, chars));
};

/** A line that no format understands, its place first. */
const unparsedText = (log: string, { line, parsed }: ReadLine, raw: boolean): string => {
  const why = 'unparsed' in parsed ? parsed.unparsed : '';
  const text = lineText(line.text, raw ? lineMax : 200, raw);
  return `${oneLine(log)}:${line.number}: not understood: ${oneLine(why)}: ${text}`;
};

export interface ShownAs {
  readonly format: 'text' | 'ndjson';
  /** With each line itself. */
  readonly raw: boolean;
  readonly nowMs: number;
}

/** A line as somebody wants to see it: its event, or why it is not understood. */
export const shown = (log: string, read: ReadLine, { format, raw, nowMs }: ShownAs): string => {
  if (format === 'ndjson') return ndjsonOf(log, read, { toolVersion, processedMs: nowMs }, raw);
  if (!('event' in read.parsed)) return unparsedText(log, read, raw);
  return eventText(read.parsed.event, raw ? read.line.text : undefined);
};
