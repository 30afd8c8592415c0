import { ipOf } from '../../endpoint.ts';
import { detailOf, printable } from '../../text.ts';
import type { Verdict } from './verdict.ts';

const recipientsMax = 100;

/** A record of a hundred attachments has some kilobytes. */
const charsMax = 1_000_000;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value)
    ? value.slice(0, recipientsMax).flatMap(each => (typeof each === 'string' ? [each] : []))
    : [];

const bracketless = (address: string): string => printable(address.replace(/^<|>$/g, ''));

/** What the macro `report_json` writes (RELEASE_NOTES of 2.9.0). */
export const recordOf = (text: string): Verdict | undefined => {
  if (text.length > charsMax) return undefined;
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const record = given as Readonly<Record<string, unknown>>;
  if (record['type'] !== 'amavis' && record['mail_id'] === undefined) return undefined;
  // `src_ip` is who connected, the mail server; `client_ip` whom it passed on.
  const ip = ipOf(textOf(record['client_ip']) ?? '');
  const port = record['client_port'];
  const sender = textOf(record['mail_from']);
  const to = textsOf(record['rcpt_to']);
  const id = textOf(record['queue_id']);
  const messageId = textOf(record['message_id']);
  const subject = textOf(record['subject']);
  const size = record['size'];
  const actions = textsOf(record['action']);
  const blocked = actions.length > 0 && actions.every(action => action !== 'PASS');
  const message = {
    ...(id === undefined ? {} : { queueId: printable(id) }),
    ...(messageId === undefined ? {} : { messageId: printable(messageId, 1_000) }),
    ...(typeof size === 'number' && size >= 0 ? { sizeBytes: Math.trunc(size) } : {}),
    ...(subject === undefined ? {} : { subject: printable(subject, 1_000) }),
    ...(sender === undefined ? {} : { from: bracketless(sender) }),
    ...(to.length === 0 ? {} : { to: to.map(bracketless) }),
  };
  const said = [
    ...actions,
    textOf(record['content_type']),
    ...textsOf(record['virusnames']),
    typeof record['spam_score'] === 'number' ? `score=${record['spam_score']}` : undefined,
    textsOf(record['queued_as']).map(queued => `queued_as=${queued}`)[0],
  ].filter(word => word !== undefined);
  return {
    kind: 'message.scanned',
    outcome: blocked ? 'failure' : 'success',
    service: 'smtp',
    ...(ip === undefined
      ? {}
      : { from: typeof port === 'number' && port > 0 && port <= 65_535 ? { ip, port } : { ip } }),
    ...(Object.keys(message).length > 0 ? { messages: [message] } : {}),
    detail: detailOf(said.join(' ')),
  };
};
