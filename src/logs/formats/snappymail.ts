import { endpointOf, ipOf } from '../endpoint.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { freeText, happened, onHost, personOf, quiet, timedWithin, unparsed } from '../reading.ts';
import { isoStamp, type StampReader } from '../time/stamps.ts';

const own: StampReader = (text, from = 0) => {
  const inner = text.charCodeAt(from) === 0x5b ? from + 1 : from;
  const at = isoStamp(text, inner);
  return at === undefined || inner === from || text.charCodeAt(at.end) !== 0x5d
    ? at
    : { stamp: at.stamp, end: at.end + 1 };
};

/**
 * `Auth failed: ip=192.0.2.1 user=bob host=imap.example.jp port=143` (`auth_logging_format`, as fail2ban wants
 * it). The address is first; the name behind it is the client's.
 */
const failed =
  /^Auth (failed|successful|success): ip=(\S{0,60}) user=(.{0,320}?)(?: host=(\S{0,255}))?(?: port=(\d{0,5}))?$/;

/** Any other arrangement of that setting, as long as the address is before the name. */
const loose = /\bip=([0-9a-fA-F.:]{2,45})\b/;

const general = /^(?:\[[0-9a-f]{4,12}\])?\[?(?:[A-Z]{3,12}|[A-Za-z]{3,20}\[[A-Z]{2,12}\])\]?:?/;

const read = (envelope: Envelope, context: FormatContext): Parsed => {
  const { time, text } = timedWithin(envelope, context, own);
  const component = envelope.program?.toLowerCase() === 'rainloop' ? 'rainloop' : 'snappymail';
  const match = failed.exec(text);
  const ip = ipOf(match?.[2] ?? loose.exec(text)?.[1] ?? '');
  if (match !== null || (text.startsWith('Auth') && ip !== undefined)) {
    const server = match?.[4] === undefined ? undefined : endpointOf(match[4]);
    return happened({
      kind: 'login',
      time,
      outcome: match?.[1]?.startsWith('success') === true ? 'success' : 'failure',
      component,
      service: 'webmail',
      user: personOf(match?.[3]),
      from: ip === undefined ? undefined : { ip },
      to: server,
      ...(match === null ? freeText(text) : {}),
    });
  }
  return general.test(text)
    ? quiet('a log of traffic')
    : unparsed('SnappyMail says something unknown');
};

/** SnappyMail and RainLoop: logins that failed. */
export const snappymail: LogFormat = {
  id: 'snappymail',
  title: 'SnappyMail and RainLoop: logins that failed',
  sniff: ({ program, message }) => {
    if (program !== undefined && /^(?:snappymail|rainloop)$/i.test(program)) return 1;
    const text = message.slice(own(message)?.end ?? 0).trimStart();
    return /^Auth (?:failed|success\w*): ip=/.test(text) ? 0.9 : 0;
  },
  open: context => ({ read: envelope => onHost(read(envelope, context), envelope) }),
};
