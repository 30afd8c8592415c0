import type { EventKind } from '../../core/access-event.ts';
import { endpointOf } from '../endpoint.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { freeText, happened, onHost, personOf, quiet, timedWithin, unparsed } from '../reading.ts';
import { asctimeStamp } from '../time/stamps.ts';

/** ` - [72926] (192.0.2.1) bob - login error - no such user - loginname=bob`: the address is before the name. */
const shape = /^- \[(\d{1,9})\] \(([0-9a-fA-F.:]{2,45})[^)]{0,100}\) (.{0,255}?) - (.{0,2000})$/;

const kinds: readonly (readonly [string, EventKind, 'success' | 'failure'])[] = [
  ['login error', 'login', 'failure'],
  ['userinfo error', 'login', 'failure'],
  ['login - ', 'login', 'success'],
  ['logout', 'logout', 'success'],
  ['send message', 'message.submitted', 'success'],
  ['delete message', 'message.delete', 'success'],
  ['move message', 'message.change', 'success'],
  ['copy message', 'message.save', 'success'],
  ['change password error', 'password.changed', 'failure'],
  ['change password', 'password.changed', 'success'],
  ['download folder', 'mailbox.export', 'success'],
];

const read = (envelope: Envelope, context: FormatContext): Parsed => {
  const { time, text } = timedWithin(envelope, context, asctimeStamp);
  const match = shape.exec(text);
  if (match === null) return unparsed('no line of Open WebMail');
  const [, pid, ip = '', user, what = ''] = match;
  const found = kinds.find(([word]) => what.startsWith(word));
  if (found === undefined) return quiet('Open WebMail itself');
  return happened({
    kind: found[1],
    time,
    outcome: found[2],
    component: 'openwebmail',
    service: 'webmail',
    user: personOf(user),
    from: endpointOf(ip),
    pid: Number(pid),
    ...freeText(what),
  });
};

/** Open WebMail. */
export const openwebmail: LogFormat = {
  id: 'openwebmail',
  title: 'Open WebMail',
  sniff: ({ program, message }) =>
    program === undefined &&
    /^[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} [\d:]{8} \d{4} - \[\d+\] \([\da-fA-F.:]/.test(
      message,
    )
      ? 0.9
      : 0,
  open: context => ({ read: envelope => onHost(read(envelope, context), envelope) }),
};
