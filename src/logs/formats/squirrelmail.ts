import { ipOf } from '../endpoint.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { freeText, happened, onHost, personOf, quiet, timeless, unparsed } from '../reading.ts';
import type { Stamp } from '../stamp.ts';

/**
 * The plug-in Squirrel Logger: `10/06/2026 15:50:41 [LOGIN_ERROR] bob (mail.example.jp) from 192.0.2.1: Unknown
 * user or password incorrect.` The message at the end is the program's, the name before is the client's.
 */
const shape = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}):(\d{2}):(\d{2}) \[([A-Z_]{3,30})\] (.{0,2000})$/;

const stampOf = (match: RegExpExecArray): Stamp => ({
  original: match[0].slice(0, 19),
  month: Number(match[1]),
  day: Number(match[2]),
  year: Number(match[3]),
  hour: Number(match[4]),
  minute: Number(match[5]),
  second: Number(match[6]),
});

const read = (envelope: Envelope, context: FormatContext): Parsed => {
  const match = shape.exec(envelope.message);
  const bare = match === null ? /^\[([A-Z_]{3,30})\] (.{0,2000})$/.exec(envelope.message) : null;
  const word = match?.[7] ?? bare?.[1];
  const text = match?.[8] ?? bare?.[2] ?? '';
  if (word === undefined) return unparsed('no line of Squirrel Logger');
  const stamp = match === null ? envelope.stamp : stampOf(match);
  const found = [...text.matchAll(/ from ([0-9a-fA-F.:]{2,45}?)(?=: |:?$)/g)].at(-1);
  const ip = ipOf(found?.[1] ?? '');
  const name = /^(.{0,320}?) \(([^()\s]{0,255})\)$/.exec(
    found === undefined ? text : text.slice(0, found.index),
  );
  const known = {
    time: stamp === undefined ? timeless : context.time(stamp),
    component: 'squirrelmail',
    service: 'webmail',
    user: personOf(name?.[1]),
    from: ip === undefined ? undefined : { ip },
    ...freeText(
      found === undefined ? text : text.slice(found.index + found[0].length).replace(/^: ?/, ''),
    ),
  };
  switch (word) {
    case 'LOGIN':
      return happened({ ...known, kind: 'login', outcome: 'success' });
    case 'LOGIN_ERROR':
      return happened({ ...known, kind: 'login', outcome: 'failure' });
    case 'LOGOUT':
      return happened({ ...known, kind: 'logout', outcome: 'success' });
    case 'OUTGOING_MAIL':
    case 'MASS_MAILING':
      return happened({ ...known, kind: 'message.submitted', outcome: 'success' });
    default:
      return quiet('SquirrelMail itself');
  }
};

/** SquirrelMail with the plug-in Squirrel Logger. */
export const squirrelmail: LogFormat = {
  id: 'squirrelmail',
  title: 'SquirrelMail: logins, by Squirrel Logger',
  sniff: ({ program, message }) => {
    if (program !== undefined) return program === 'squirrelmail' ? 1 : 0;
    return /^\d{2}\/\d{2}\/\d{4} \d{2}:\d{2}:\d{2} \[(?:LOGIN|LOGOUT|LOGIN_ERROR|OUTGOING_MAIL|MASS_MAILING|ERROR)\] /.test(
      message,
    )
      ? 0.9
      : 0;
  },
  open: context => ({ read: envelope => onHost(read(envelope, context), envelope) }),
};
