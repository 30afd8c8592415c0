import type { EventKind } from '../../core/access-event.ts';
import { endpointOf } from '../endpoint.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { freeText, happened, onHost, personOf, quiet, timedBy, unparsed } from '../reading.ts';
import { rfc3164Stamp } from '../time/stamps.ts';

const programs = /^(?:imapd|ipop[23]d|imap|pop3?|uw-imapd)$/;

const verbs: readonly (readonly [RegExp, EventKind, 'success' | 'failure' | 'unknown'])[] = [
  [
    /^Login (?:failed|failure|excessive|disabled|aborted)|^(?:Authentication|Auth(?:enticate)?) (?:failed|failure)|^Excessive login/i,
    'login',
    'failure',
  ],
  [/^(?:Login|Authenticated|Auth|APOP|Preauthenticated) user=/, 'login', 'success'],
  [/^Logout user=/, 'logout', 'success'],
  [
    /^(?:Autologout|Killed|Broken pipe|Command stream end of file|Connection reset|Kod|Unexpected)|^[\w' ]{3,60}, while (?:reading|writing) \w+ user=/i,
    'logout',
    'unknown',
  ],
];

const init =
  /^(?:imaps?|pop3?s?|ipop3d|connect|port \d{1,5})(?: \w+)? service init from ([0-9a-fA-F.:]{2,45})$|^connect from ([0-9a-fA-F.:]{2,45})$/;

/** Somebody who is not among its administrators asked for another one's mailbox. */
const overridden =
  /^Failed (.{1,80}) override of user=(.{0,80}) host=([^\s[\]]{1,255}) ?(?:\[([0-9a-fA-F.:]{2,45})\])? ?$/;

/**
 * `Login user=bob auth=admin host=mail.example.jp [192.0.2.1] nmsgs=3/5`. Names are the client's; the host
 * behind them is the server's, so the last one counts.
 */
const read = (envelope: Envelope, context: FormatContext): Parsed => {
  const { time, text } = timedBy(envelope, context, rfc3164Stamp);
  const service = envelope.program?.includes('pop') === true ? 'pop3' : 'imap';
  const base = { time, component: 'uw-imap', service, pid: envelope.pid };
  const from = init.exec(text);
  if (from !== null) {
    return happened({
      ...base,
      kind: 'connection',
      outcome: 'success',
      from: endpointOf(from[1] ?? from[2] ?? ''),
    });
  }
  const override = overridden.exec(text);
  if (override !== null) {
    const [, admin, owner, name = '', ip = ''] = override;
    return happened({
      ...base,
      kind: 'login.impersonated',
      outcome: 'failure',
      user: personOf(owner),
      actor: personOf(admin),
      from: endpointOf(ip === '' ? name : `${name}[${ip}]`),
      ...freeText(text),
    });
  }
  const verb = verbs.find(([pattern]) => pattern.test(text));
  if (verb === undefined)
    return /^(?:Moved|Expunged|Mailbox|Trying|Unable|Can't|Error|Warning|Fatal|Null|Authenticating|Fork|[A-Z][a-z]+ ).{0,2000}$/.test(
      text,
    )
      ? quiet('UW IMAP itself')
      : unparsed('UW IMAP says something unknown');
  const at = text.lastIndexOf(' host=');
  const host = /^(?:([^\s[\]]{1,255}) ?)?(?:\[([0-9a-fA-F.:]{2,45})\])?/.exec(
    at < 0 ? '' : text.slice(at + ' host='.length),
  );
  const name =
    host?.[1] === undefined || host[1] === 'UNKNOWN' || host[1] === 'unknown' ? undefined : host[1];
  const whence =
    host?.[2] === undefined
      ? name === undefined
        ? undefined
        : endpointOf(name)
      : endpointOf(`${name ?? ''}[${host[2]}]`);
  const head = at < 0 ? text : text.slice(0, at);
  const [, user, login] = /user=(.{0,320}?)(?: auth=(.{0,320}))?$/.exec(head) ?? [];
  if (user === undefined && whence === undefined) return quiet('UW IMAP itself');
  const master = login !== undefined && login !== '' && login !== user ? login : undefined;
  return happened({
    ...base,
    kind: master !== undefined && verb[1] === 'login' ? 'login.impersonated' : verb[1],
    outcome: verb[2],
    user: personOf(user?.replace(/^\?\?\?$/, '')),
    actor: personOf(master),
    from: whence,
    ...freeText(verb[2] === 'success' ? '' : text),
  });
};

/** The IMAP and POP3 servers of the University of Washington, and Panda IMAP. */
export const uwImap: LogFormat = {
  id: 'uw-imap',
  title: 'UW IMAP: imapd, ipop3d',
  sniff: ({ program, message }) =>
    program !== undefined &&
    programs.test(program) &&
    (/\bhost=/.test(message) || init.test(message)) &&
    /^(?:Log(?:in|out)|Failed .{1,80} override of |Auth|Autologout|Moved|Killed|Command stream|Broken|APOP|Preauth|Excessive|\w+ (?:SSL |\d{1,5} )?service init|connect from|Connection|[\w' ]{3,60}, while (?:reading|writing) \w+ user=)/i.test(
      message,
    )
      ? 0.9
      : 0,
  open: context => ({ read: envelope => onHost(read(envelope, context), envelope) }),
};
