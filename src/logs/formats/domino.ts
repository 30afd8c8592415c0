import { endpointOf, ipOf } from '../endpoint.ts';
import { plainFormat, type Told } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { personOf } from '../reading.ts';
import { detailOf, printable } from '../text.ts';
import { isoStamp, type StampReader } from '../time/stamps.ts';

const head =
  /^(?:\[[0-9A-Fa-f:-]{3,60}\] +)?(?:(\d{4})-(\d{2})-(\d{2})|(\d{2})-(\d{2})-(\d{4})|(\d{2})\/(\d{2})\/(\d{4})) (\d{2}:\d{2}:\d{2})( [AP]M)?(?= )/;

/** `22-06-2014 09:56:12`, `2016-11-07 22:21:20`, and with slashes as in the United States, where the month comes first. */
const own: StampReader = (text, from = 0) => {
  const match = from === 0 ? head.exec(text.slice(0, 140)) : null;
  if (match === null) return undefined;
  const [whole, year, month, day, day2, month2, year2, month3, day3, year3, time = '', half] =
    match;
  // Half a day is written there only.
  if ((month3 === undefined) !== (half === undefined)) return undefined;
  const hour = Number(time.slice(0, 2));
  if (half !== undefined && (hour < 1 || hour > 12)) return undefined;
  const full = half === undefined ? hour : (hour % 12) + (half === ' PM' ? 12 : 0);
  const at = isoStamp(
    `${year ?? year2 ?? year3 ?? ''}-${month ?? month2 ?? month3 ?? ''}-${day ?? day2 ?? day3 ?? ''} ${String(full).padStart(2, '0')}${time.slice(2)}`,
  );
  if (at === undefined) return undefined;
  const original = whole.replace(/^\[[^\]]*\] +/, '');
  return { stamp: { ...at.stamp, original }, end: whole.length };
};

const task = String.raw`(SMTP|POP3|IMAP|LDAP|HTTP|smtp|pop3|imap|ldap|http)(?: Server)?(?: \[[0-9A-Fa-f:-]{3,60}\])?:? `;

/** Names are the client's; the address that the server writes stands behind them. */
const failures: readonly RegExp[] = [
  new RegExp(
    `^${task}Authentication fail(?:ed|ure) for (?:user )?(.{0,320}?) ?[;,] connecting host \\[?([0-9A-Fa-f.:]{2,45}?)\\]?(?:: .{0,300})?$`,
  ),
  new RegExp(
    `^${task}(.{0,320}) \\[([0-9A-Fa-f.:]{2,45})\\] authentication failure using internet password`,
  ),
  new RegExp(
    `^${task}(.{0,320}) ([0-9A-Fa-f.:]{2,45}) authentication failure using internet password`,
  ),
];
const rejected = new RegExp(`^${task}Connection from \\[?([0-9A-Fa-f.:]{2,45})\\]? rejected`);
const connected = new RegExp(
  `^${task}(\\S{1,255}|\\S{1,255} \\([0-9A-Fa-f.:]{2,45}\\)) (connected|disconnected)\\b`,
);
const session =
  /^(Opened|Closed) session for (.{1,320}?)(?: \(Release [^()]{1,40}\)| +Databases accessed:(.{0,200}))?$/;

const ofClient = (service: string, ip: string): Pick<Told, 'service' | 'from'> => {
  const address = ipOf(ip);
  return {
    service: service.toLowerCase(),
    ...(address === undefined ? {} : { from: { ip: address } }),
  };
};

const told = (text: string): Told | undefined => {
  for (const pattern of failures) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const [, service = '', name, ip = ''] = match;
    const user = personOf(name?.trim());
    return {
      kind: 'login',
      outcome: 'failure',
      ...ofClient(service, ip),
      ...(user === undefined ? {} : { user }),
      detail: detailOf(text),
    };
  }
  const refused = rejected.exec(text);
  if (refused !== null) {
    const [, service = '', ip = ''] = refused;
    return {
      kind: 'connection',
      outcome: 'failure',
      ...ofClient(service, ip),
      detail: detailOf(text),
    };
  }
  const came = connected.exec(text);
  if (came !== null) {
    const [, service = '', who = '', what = ''] = came;
    const ip = /\(([0-9A-Fa-f.:]{2,45})\)$/.exec(who)?.[1];
    const from = ip === undefined ? endpointOf(who) : endpointOf(`${who.split(' ', 1)[0]}[${ip}]`);
    return {
      kind: 'connection',
      outcome: 'success',
      service: service.toLowerCase(),
      ...(from === undefined ? {} : { from }),
      detail: what,
    };
  }
  const notes = session.exec(text);
  return notes === null
    ? undefined
    : {
        kind: notes[1] === 'Opened' ? 'login' : 'logout',
        outcome: 'success',
        service: 'notes',
        user: { name: printable(notes[2] ?? '') },
        ...(notes[3] === undefined
          ? {}
          : { detail: detailOf(`Databases accessed:${notes[3]}`.replace(/ +/g, ' ')) }),
      };
};

/** Domino's console log: Internet protocols and Notes sessions. */
export const domino: LogFormat = plainFormat({
  id: 'domino',
  title: 'HCL (Lotus) Domino',
  program: /^domino$/,
  shape: new RegExp(
    `^(?:${task}(?:Authentication fail|Connection from |.{1,400} (?:authentication failure using internet password|connected|disconnected)|Listen|.{1,60}Initializ)|(?:Opened|Closed) session for )`,
  ),
  stamp: own,
  open: () => told,
});
