import { ipOf } from '../endpoint.ts';
import { plainFormat, stampAs, type Told } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { personOf } from '../reading.ts';
import { withoutSecrets } from '../redact.ts';
import { detailOf } from '../text.ts';
import { isoStamp } from '../time/stamps.ts';

/** Who looks at the log of a mail host asks for webmaild; the others give access to the same mailboxes. */
const services: Readonly<Record<string, string>> = {
  webmaild: 'webmail',
  cpaneld: 'cpanel',
  whostmgrd: 'whm',
  cpdavd: 'dav',
};

const head = String.raw`^(?:info|warn) \[cp\w{1,20}\] ([0-9A-Fa-f.:]{2,45}) - `;
const tail = String.raw`(SUCCESS|FAILED|DEFERRED) LOGIN (\w{1,20})(?:: (.{0,500}))?$`;

/**
 * `203.0.113.9 - bob "POST /login/ HTTP/1.1" FAILED LOGIN cpaneld: why`, and
 * `203.0.113.9 - bob@example.jp (possessor: reseller) - SUCCESS LOGIN webmaild`. The address stands first; the name, the
 * request and the reason hold what the client typed, so that a request settles that it is the first of them.
 */
const logins: readonly RegExp[] = [
  new RegExp(`${head}(.{0,320}?) "[A-Z]{1,20} .{0,2000}" ${tail}`),
  new RegExp(`${head}(.{0,400}) - ${tail}`),
];
const possessed = /^(.{0,320}) \(possessor: (.{1,320})\)$/;
/** What stands behind the name is the session's key. */
const session =
  /^(?:info|warn) \[\w{1,30}\] ([0-9A-Fa-f.:]{2,45}) (NEW|PURGE) ([^\s:]{1,320}):\S{1,200}(?: (\w{1,40}))?/;

const told = (text: string): Told | undefined => {
  const tried = logins[0]?.exec(text) ?? logins[1]?.exec(text);
  if (tried !== null && tried !== undefined) {
    const [, address = '', who = '', outcome, service = '', why] = tried;
    const ip = ipOf(address);
    const [, owner, possessor] = possessed.exec(who) ?? [];
    const user = personOf(owner ?? who);
    const actor = personOf(possessor);
    const kept = withoutSecrets(why ?? '');
    return {
      kind: actor === undefined ? 'login' : 'login.impersonated',
      outcome: outcome === 'SUCCESS' ? 'success' : 'failure',
      service: services[service] ?? 'cpanel',
      ...(user === undefined ? {} : { user }),
      ...(actor === undefined ? {} : { actor }),
      ...(ip === undefined ? {} : { from: { ip } }),
      ...(why === undefined ? {} : { detail: detailOf(kept.text) }),
      ...(kept.secret ? { flags: ['secret' as const] } : {}),
    };
  }
  const kept = session.exec(text);
  if (kept === null || kept[2] !== 'PURGE') return undefined;
  const [, address = '', , name, why] = kept;
  const ip = ipOf(address);
  const user = personOf(name);
  return {
    kind: 'logout',
    outcome: 'success',
    service: 'cpanel',
    ...(user === undefined ? {} : { user }),
    ...(ip === undefined ? {} : { from: { ip } }),
    detail: detailOf(why ?? 'purged'),
    flags: ['secret'],
  };
};

/** cPanel's login_log and session_log: webmail, control panel, administration. */
export const cpanel: LogFormat = plainFormat({
  id: 'cpanel',
  title: 'cPanel: logins to webmail and control panels',
  program: /^cpsrvd$/,
  shape:
    /^(?:info|warn) \[\w{1,30}\] [0-9A-Fa-f.:]{2,45} (?:- .{0,2500}\b(?:SUCCESS|FAILED|DEFERRED) LOGIN \w|(?:NEW|PURGE) \S)/,
  stamp: stampAs(
    /\[(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} [+-]\d{4})\]/,
    match => match[1] ?? '',
    isoStamp,
  ),
  open: () => told,
});
