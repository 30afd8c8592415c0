import type { AccessEvent } from '../../../core/access-event.ts';
import { ipOf } from '../../endpoint.ts';
import { behind, behindEach } from '../../marks.ts';
import { detailOf, printable } from '../../text.ts';

export type Verdict = Omit<AccessEvent, 'time' | 'component'>;

const recipientsMax = 100;

/** Marks of the values of `log_format`, in whatever order a host writes them. */
const marks = [
  ', qid: <',
  ', ip: ',
  ', user: ',
  ', from: <',
  ', smtp_from: <',
  ', mime_from: <',
  ', (',
  ', len: ',
  ', time: ',
  ', dns req: ',
  ', digest: <',
  ', rcpts: <',
  ', mime_rcpts: <',
  ', file: ',
  ', forced: ',
  ', settings_id: ',
  ', subject: ',
] as const;

const angled = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : value.replace(/>,?\s*$/, '');

const verdictMark =
  /\((\w[\w-]{0,40}): ([A-Z]) \(([a-z ]{1,40})\): \[(-?\d[\d.]{0,20}|-?nan)\/(-?\d[\d.]{0,20}|-?nan)\]/;

/** Whether the message gets through. */
const outcomeOf = (action: string | undefined): AccessEvent['outcome'] => {
  if (action === undefined) return 'unknown';
  return action === 'reject' ||
    action === 'soft reject' ||
    action === 'discard' ||
    action === 'quarantine'
    ? 'failure'
    : 'success';
};

/**
 * What stands behind `rspamd_task_write_log: `: `id: <…>, qid: <…>, ip: …, user: …, from: <…>, (default: F (no
 * action): [0.10/15.00] [SYMBOL(0.10){…;},…]), len: …, …, rcpts: <a,b>, mime_rcpts: <…>, file: …`, any part of
 * which logging.inc may leave out.
 */
export const taskOf = (text: string): Verdict => {
  const verdict = verdictMark.exec(text.slice(0, 8_000));
  // Symbols hold options that are the sender's; nothing of the head stands behind them.
  const head = verdict === null ? text : text.slice(0, verdict.index);
  const id = head.startsWith('id: <') ? head.slice(5, head.indexOf('>', 5)) : undefined;
  // The message id before the others, the user's name and the sender behind them are the client's.
  const values = behindEach(head, marks);
  const valueOf = (mark: (typeof marks)[number]): string | undefined =>
    values.get(mark)?.value?.replace(/,\s*$/, '');
  // Made to look like others: then nothing of a client's is believed.
  const doubtful = marks.slice(0, 6).some(mark => values.get(mark)?.repeated === true);
  const queueId = angled(valueOf(', qid: <'));
  const ip = ipOf(valueOf(', ip: ')?.replace(/[,\s]+$/, '') ?? '');
  const user = valueOf(', user: ')?.replace(/[,\s]+$/, '');
  const from = angled(valueOf(', from: <') ?? valueOf(', smtp_from: <'));
  const tail = text.slice(head.length);
  const digestAt = tail.lastIndexOf(', digest: <');
  const end = digestAt < 0 ? tail : tail.slice(digestAt);
  const recipients = angled(behind(end, ', rcpts: <', ['>, ']).value);
  const size = /, len: (\d{1,15})[,\s]/.exec(tail.slice(-4_000))?.[1];
  const action = verdict?.[3];
  const message = {
    ...(queueId === undefined || !/^[\w.-]{3,64}$/.test(queueId) || queueId === 'undef'
      ? {}
      : { queueId }),
    ...(id === undefined || id === '' || id === 'undef'
      ? {}
      : { messageId: printable(`<${id}>`, 1_000) }),
    ...(size === undefined ? {} : { sizeBytes: Number(size) }),
    ...(doubtful || from === undefined ? {} : { from: printable(from) }),
    ...(recipients === undefined || recipients === ''
      ? {}
      : { to: recipients.split(',', recipientsMax).map(recipient => printable(recipient)) }),
  };
  return {
    kind: 'message.scanned',
    outcome: outcomeOf(action),
    service: 'smtp',
    ...(doubtful || user === undefined || user === '' || user === 'unknown'
      ? {}
      : { user: { name: printable(user) } }),
    ...(doubtful || ip === undefined ? {} : { from: { ip } }),
    ...(Object.keys(message).length > 0 ? { messages: [message] } : {}),
    detail: detailOf(verdict === null ? text : tail),
    ...(doubtful ? { flags: ['forged-looking' as const] } : {}),
  };
};
