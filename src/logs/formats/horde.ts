import { ipOf } from '../endpoint.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import {
  type EventParts,
  freeText,
  happened,
  onHost,
  personOf,
  quiet,
  timedBy,
  unparsed,
} from '../reading.ts';
import { printable } from '../text.ts';
import { anyStamp } from '../time/stamps.ts';
import { clientOf } from '../web/request.ts';

/** `HORDE [notice] [imp] `, `HORDE: [imp] `; in a file with `2026-11-22T12:00:00+01:00 NOTICE: ` before it. */
const head =
  /^(?:(?:EMERG|ALERT|CRIT|ERR|WARN|NOTICE|INFO|DEBUG|EMERGENCY|CRITICAL|ERROR|WARNING): )?(?:HORDE|Horde|horde):? ?(?:\[[a-z]{2,12}\] (?=\[))?(?:\[([a-z_]{2,30})\] )?/;

/** The same where the syslog header had the name. */
const headless =
  /^(?:\[(?:emergency|alert|critical|error|warning|notice|info|debug)\] )?\[([a-z_]{2,30})\] /;

/** Where in the program: Horde writes it, at the end. */
const where = / \[(?:pid \d{1,9} )?on line \d{1,7} of "[^"]{1,400}"\]$/;

const address =
  / [([]([0-9a-fA-F.:]{2,45})[)\]](?: \(forwarded for [[(]?([0-9a-fA-F.:, ]{2,300})[\])]?\))?/g;

const login =
  /^(Login success|FAILED LOGIN|LOGIN FAILED|Failed login|Login failed) (?:for|to)(?: user)? /i;
/** IMP 3 and 4: `FAILED LOGIN 192.0.2.1 to imap.example.jp:143[imap] as bob`. Only the name is the client's, and last. */
const early =
  /^FAILED LOGIN ([0-9a-fA-F.:]{2,45})(?: \(forwarded for [[(]?([0-9a-fA-F.:, ]{2,300})[\])]?\))? to (\S{1,255}?):\d{1,5}\[[^\]\s]{1,60}\] as (.{0,320})$/;
const logout = /^(?:User (.{1,320}) logged out of \w+|Logout (?:for|of) )/;

const peerOf = (
  text: string,
): {
  readonly name: string;
  readonly from: Pick<EventParts, 'from' | 'through'>;
  readonly forged: boolean;
  readonly rest: string;
} => {
  const found = [...text.matchAll(address)].slice(-20);
  // Horde writes the address behind the name, which the client typed: the last one is its.
  const last = found.at(-1);
  return {
    name: last === undefined ? (text.split(' ', 1)[0] ?? '') : text.slice(0, last.index),
    from: last === undefined ? {} : clientOf(last[1], last[2]),
    forged: found.length > 1,
    rest: last === undefined ? '' : text.slice(last.index + last[0].length),
  };
};

const sent =
  /^Message (?:sent to|delivered to) (.{1,2000}?) from (.{1,320}?)(?: [([]([0-9a-fA-F.:]{2,45})[)\]])?(?: \(forwarded.{0,200}\))?\.?$/;

const read = (envelope: Envelope, context: FormatContext): Parsed => {
  const { time, text: timed } = timedBy(envelope, context, anyStamp);
  const start = (/^horde$/i.test(envelope.program ?? '') ? headless : head).exec(timed);
  const text = (start === null ? timed : timed.slice(start[0].length)).replace(where, '');
  const known = {
    time,
    component: 'horde',
    service: start?.[1] === 'imp' ? 'webmail' : (start?.[1] ?? 'webmail'),
  };
  const begin = login.exec(text);
  if (begin !== null) {
    const { name, from, forged, rest } = peerOf(text.slice(begin[0].length));
    return happened({
      ...known,
      kind: 'login',
      outcome: /success/i.test(begin[1] ?? '') ? 'success' : 'failure',
      user: personOf(name.replace(/^["']|["']$/g, '')),
      ...from,
      ...freeText(rest.replace(/^ to /, ''), forged ? ['forged-looking'] : []),
    });
  }
  const old = early.exec(text);
  if (old !== null) {
    return happened({
      ...known,
      kind: 'login',
      outcome: 'failure',
      user: personOf(old[4]),
      ...clientOf(old[1], old[2]),
      to: { host: printable(old[3] ?? '') },
    });
  }
  const end = logout.exec(text);
  if (end !== null) {
    const { name, from } = peerOf(text.slice(end[0].length));
    return happened({
      ...known,
      kind: 'logout',
      outcome: 'success',
      user: personOf(end[1] ?? name),
      ...from,
    });
  }
  const message = sent.exec(text);
  if (message !== null) {
    const ip = ipOf(message[3] ?? '');
    return happened({
      ...known,
      kind: 'message.submitted',
      outcome: 'success',
      user: personOf(message[2]),
      from: ip === undefined ? undefined : { ip },
      messages: [
        {
          to: (message[1] ?? '')
            .split(',')
            .slice(0, 50)
            .map(each => printable(each.trim())),
        },
      ],
    });
  }
  if (/^Password (?:changed|reset)/i.test(text)) {
    const { name, from } = peerOf(text.replace(/^Password \w+ for (?:user )?/i, ''));
    return happened({
      ...known,
      kind: 'password.changed',
      outcome: 'success',
      user: personOf(name),
      ...from,
    });
  }
  return start === null ? unparsed('no line of Horde') : quiet('Horde itself');
};

/** Horde and IMP, in syslog and in a file of their own. */
export const horde: LogFormat = {
  id: 'horde',
  title: 'Horde: logins, messages sent',
  sniff: ({ program, message }) => {
    if (program !== undefined) return /^horde$/i.test(program) ? 1 : 0;
    const text = message.slice(anyStamp(message)?.end ?? 0).trimStart();
    return /^(?:[A-Z]{3,9}: )?HORDE(?::| \[)/.test(text) ? 0.95 : 0;
  },
  open: context => ({ read: envelope => onHost(read(envelope, context), envelope) }),
};
