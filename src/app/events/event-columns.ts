import type { KeptEvent } from './kept-event.ts';

/** An event as a line of a table: what most of them have, each in a column of its own. */
export const eventColumns = [
  'time',
  'kind',
  'outcome',
  'user',
  'actor',
  'address',
  'client_host',
  'component',
  'service',
  'app',
  'host',
  'folder',
  'message_ids',
  'imap_uids',
  'senders',
  'recipients',
  'count',
  'bytes',
  'session',
  'detail',
  'flags',
  'unparsed',
  'log',
  'sequence',
  'original_time',
  'segment',
  'line',
  'format',
] as const;
export type EventColumn = (typeof eventColumns)[number];

const joined = (values: readonly (string | number | undefined)[]): string | undefined => {
  const known = values.filter(value => value !== undefined);
  return known.length === 0 ? undefined : known.join(' ');
};

/** `mail.log/12`: with the line what `evidence prove` takes. */
export const segmentOf = ({ source, seq }: KeptEvent): string => `${source}/${seq}`;

/** Undefined for what the log does not say. */
export const columnsOf = (
  kept: KeptEvent,
): Readonly<Record<EventColumn, string | number | undefined>> => {
  const { parsed, log, sequence, line, format } = kept;
  const event = 'event' in parsed ? parsed.event : undefined;
  const messages = event?.messages ?? [];
  return {
    time: event?.time.atMs,
    kind: event?.kind,
    outcome: event?.outcome,
    user: event?.user?.name,
    actor: event?.actor?.name,
    address: event?.from?.ip,
    client_host: event?.from?.host,
    component: event?.component,
    service: event?.service,
    app: event?.app?.name ?? event?.app?.uid,
    host: event?.host,
    folder: event?.folder ?? messages.find(each => each.folder !== undefined)?.folder,
    message_ids: joined(messages.map(each => each.messageId ?? each.queueId)),
    imap_uids: joined(messages.map(each => each.uid)),
    senders: joined(messages.map(each => each.from)),
    recipients: joined(messages.flatMap(each => each.to ?? [])),
    count: event?.count,
    bytes: event?.bytes,
    session: event?.session,
    detail: event?.detail,
    flags: joined(event?.flags ?? []),
    unparsed: 'unparsed' in parsed ? parsed.unparsed : undefined,
    log,
    sequence,
    original_time: event?.time.original,
    segment: segmentOf(kept),
    line,
    format,
  };
};
