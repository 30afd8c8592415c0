import { ipOf } from '../../endpoint.ts';
import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { freeText, happened, personOf, quiet, timedWithin } from '../../reading.ts';
import { isoStamp, type StampReader } from '../../time/stamps.ts';

/** `2026-11-22 12:00:01: (mod_auth.c.525) …`, and without the stamp in syslog. */
const shape = /^(?:\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}: )?\(?[a-z0-9_./-]{1,60}\.c[.:]\d{1,6}\) /;

/** A colon stands behind it. */
const own: StampReader = (text, from) =>
  isoStamp(text.slice(0, (from ?? 0) + 'YYYY-MM-DD hh:mm:ss'.length), from);

export const looksLikeLighttpdError = (message: string): boolean => shape.test(message);

const users: readonly RegExp[] = [
  / username: (.{1,255})$/,
  /auth failed for (.{1,255}?) : wrong password$/,
  /^digest: auth failed for (.{1,255}?): wrong password$/,
];

/** A line of lighttpd's error log. The address is the last thing in it; path and user before it are the client's. */
export const lighttpdError = (envelope: Envelope, context: FormatContext): Parsed => {
  const { time, text: timed } = timedWithin(envelope, context, own);
  const text = timed.replace(/^: /, '').replace(shape, '');
  // Before 1.4.5 a comma stood before it.
  const at = text.lastIndexOf(' IP: ');
  const ip = at < 0 ? undefined : ipOf(text.slice(at + ' IP: '.length).trim());
  if (ip === undefined) return quiet('lighttpd itself');
  const said = text.slice(0, at).replace(/,$/, '');
  let user: string | undefined;
  for (const pattern of users) user ??= pattern.exec(said)?.[1]?.trim();
  return happened({
    kind: 'login',
    time,
    outcome: 'failure',
    component: 'lighttpd',
    service: 'web',
    user: personOf(user),
    from: { ip },
    ...freeText(said),
  });
};
