import { endpointOf, ipOf } from '../endpoint.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { countOf, freeText, happened, onHost, personOf, quiet, timedBy } from '../reading.ts';
import { rfc3164Stamp } from '../time/stamps.ts';

const programs =
  /^(?:q?popper|in\.q?popper|solid-pop3d|spop3d|popa3d|teapop|cucipop|akpop3d|gnu-pop3d|vm-pop3d|tpop3d)$/;

/** Addresses at the end of a line, where none of these servers writes what the client sent. */
const lastIp = (text: string): string | undefined => {
  const found = [
    ...text.matchAll(
      /(?:^|[\s([@-])((?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?=[\s)\],;:.]|$)/g,
    ),
  ].slice(-20);
  return ipOf(found.at(-1)?.[1] ?? '');
};

const names: readonly RegExp[] = [
  /failed attempted login to (.{1,255}?) from host \(/i,
  /^(\S{1,255}) login not allowed - /,
  /login by user "(.{1,255}?)" at /,
  /^(\S{1,255}) at \S{1,255} \([0-9a-fA-F.:]+\): -ERR/,
  /-ERR \[AUTH\] \w+ (?:supplied for|password for) "(.{1,255}?)"/,
  /(?:no such user|authentication failed for user|for user|failed for|user)[: ]"?([^\s",:;]{1,255})/,
];

const read = (envelope: Envelope, context: FormatContext): Parsed => {
  const { time, text } = timedBy(envelope, context, rfc3164Stamp);
  const base = {
    time,
    component: envelope.program ?? 'qpopper',
    service: 'pop3',
    pid: envelope.pid,
  };
  const stats =
    /^Stats: (\S{1,255}) (\d{1,9}) (\d{1,15}) (\d{1,9}) (\d{1,15}) (\S{1,255}) (\S{2,60})/.exec(
      text,
    );
  if (stats !== null) {
    const ip = ipOf(stats[7] ?? '');
    const gone = countOf(stats[2]) ?? 0;
    // How many were deleted and how many are left: not how many were read.
    return happened({
      ...base,
      kind: gone > 0 ? 'message.delete' : 'logout',
      outcome: 'success',
      user: personOf(stats[1]),
      from: ip === undefined ? endpointOf(stats[6] ?? '') : { ip },
      count: gone > 0 ? gone : undefined,
      ...freeText(text),
    });
  }
  const ip = lastIp(text.slice(-600).replace(/\[\w{1,40}\.c:\d{1,6}\]$/, ''));
  let user: string | undefined;
  for (const name of names) user ??= name.exec(text)?.[1];
  const from = ip === undefined ? undefined : { ip };
  if (
    /-ERR \[AUTH\]|authentication fail|authentication failed|failed (?:attempted )?(?:login|auth)|login not allowed - |can't find APOP secret|login failed|no such user|bad password|incorrect/i.test(
      text,
    )
  ) {
    return happened({
      ...base,
      kind: 'login',
      outcome: 'failure',
      user: personOf(user),
      from,
      ...freeText(text),
    });
  }
  if (
    /login by user "|user \S+ (?:authenticated|logged in)|authentication passed|Authentication OK|APOP? login by/i.test(
      text,
    )
  ) {
    return happened({ ...base, kind: 'login', outcome: 'success', user: personOf(user), from });
  }
  return quiet('a POP3 server itself');
};

/** Qpopper, Solid POP3 and other small POP3 servers. */
export const qpopper: LogFormat = {
  id: 'qpopper',
  title: 'Qpopper, Solid POP3 and other small POP3 servers',
  sniff: ({ program }) => (program !== undefined && programs.test(program) ? 1 : 0),
  open: context => ({ read: envelope => onHost(read(envelope, context), envelope) }),
};
