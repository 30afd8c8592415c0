import { ipOf } from '../../endpoint.ts';
import type { Envelope, FormatContext, LogReader, Parsed } from '../../format.ts';
import { eventOf, timedWithin } from '../../reading.ts';
import { detailOf, printable } from '../../text.ts';
import { isoStamp } from '../../time/stamps.ts';
import { taskOf, type Verdict } from './task.ts';

/** `#1234(normal) <a1b2c3>; task; function: `: process and session, module, function; each may be missing. */
const prefix =
  /^(?:\[?#?(\d{1,10})\(([^)]{1,40})\)\]? )?(?:\(([a-z_]{1,40})\) )?(?:<([\w-]{1,40})>; )?(?:([\w -]{1,40}); )?(?:(\w{1,80}): )?/;

const refusals: readonly RegExp[] = [
  /^(?:absent or incorrect|incorrect or absent|absent|incorrect)(?: enable)? password has been specified/,
  /^deny default password for remote access/,
  /^no password to check while executing/,
  /^(?:invalid|wrong) password/,
];

const addressIn = (text: string): string | undefined => {
  const named = /(?:source ip: |trusted IP |via |from )([0-9A-Fa-f:.]{2,45})/.exec(
    text.slice(0, 400),
  );
  return ipOf(named?.[1] ?? '');
};

/** Who got at the controller: its password opens statistics, learning, and the settings. */
const controllerOf = (text: string): Verdict | undefined => {
  const ip = addressIn(text);
  const from = ip === undefined ? {} : { from: { ip } };
  if (refusals.some(refusal => refusal.test(text))) {
    return { kind: 'login', outcome: 'failure', service: 'web', ...from, detail: detailOf(text) };
  }
  if (text.startsWith('allow unauthorized ')) {
    return { kind: 'login', outcome: 'success', service: 'web', ...from, detail: detailOf(text) };
  }
  // `<192.0.2.1> learned message as spam: id`.
  const learned = /^<?([0-9A-Fa-f:.]{2,45})>? learned message as (spam|ham): (.{1,998})$/.exec(
    text,
  );
  if (learned !== null) {
    const teacher = ipOf(learned[1] ?? '');
    return {
      kind: 'other',
      outcome: 'success',
      service: 'web',
      ...(teacher === undefined ? {} : { from: { ip: teacher } }),
      messages: [{ messageId: printable(`<${(learned[3] ?? '').replace(/^<|>$/g, '')}>`, 1_000) }],
      detail: `learned as ${learned[2] ?? ''}`,
    };
  }
  return undefined;
};

const writeMark = 'rspamd_task_write_log: ';

const read = (envelope: Envelope, context: FormatContext): Parsed => {
  const { time, text } = timedWithin(envelope, context, isoStamp);
  const match = prefix.exec(text.slice(0, 400));
  const [whole = '', pid, , , session, module, name] = match ?? [];
  const base = {
    time,
    component: 'rspamd',
    host: envelope.host === undefined ? undefined : printable(envelope.host),
    pid: pid === undefined ? envelope.pid : Number(pid),
    session,
  };
  // The first mark is rspamd's own: nothing of a client's stands before it.
  const taskAt = text.indexOf(writeMark);
  if (taskAt >= 0 && taskAt < 400) {
    return { event: eventOf({ ...taskOf(text.slice(taskAt + writeMark.length)), ...base }) };
  }
  const words = text.slice(whole.length);
  const controlled =
    module === 'csession' ||
    module === 'controller' ||
    name?.startsWith('rspamd_controller_') === true
      ? controllerOf(words)
      : undefined;
  if (controlled !== undefined) return { event: eventOf({ ...controlled, ...base }) };
  // Console and file begin with the process, syslog with the session.
  return whole !== '' || envelope.program !== undefined
    ? { quiet: 'about itself' }
    : { unparsed: 'no known line of Rspamd' };
};

/** Verdicts on messages, and who used the controller. */
export const openRspamd = (context: FormatContext): LogReader => ({
  read: envelope => read(envelope, context),
});
