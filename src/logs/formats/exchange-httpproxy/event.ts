import type { EventKind } from '../../../core/access-event.ts';
import type { Envelope, FormatContext, Parsed } from '../../format.ts';
import { happened, unparsed } from '../../reading.ts';
import type { Fields } from '../../records/fields.ts';
import { addressOf, Clean, numberOf, utcStamp, utcTime, whoOf } from '../../records/meaning.ts';
import { printable } from '../../text.ts';
import { requestEvent } from '../../web/request.ts';

/** What stands before `~` in AnchorMailbox, and a name behind it that is a mailbox's. */
const mailboxAnchor =
  /^(?:Smtp|PuidAndSmtp|UPN|UserBasedAnchorMailbox|LiveIdMemberName|Upn)~([^~,\s]{1,320}@[^~,\s]{1,320})$/i;

/**
 * CVE-2021-26855: nobody is authenticated, and the cookie that the client sent names a server with a path
 * behind it (`ServerInfo~a]@exch01.example.jp:444/ecp/proxyLogon.ecp?#`). Microsoft gives this test.
 */
const isForgedAnchor = (anchor: string, user: string | undefined): boolean =>
  user === undefined && /^ServerInfo~[^/]{0,2000}\//i.test(anchor);

/**
 * CVE-2021-34473 and CVE-2022-41040: an address within a request for Autodiscover leads the front end to another
 * path of the server behind it. Microsoft's rule for it names PowerShell.
 */
const isSmuggled = (stem: string | undefined, query: string): boolean => {
  const asked = `${stem ?? ''}?${query}`.slice(0, 8_000).toLowerCase();
  return (
    asked.includes('autodiscover.json') &&
    /@|%40/.test(asked) &&
    /powershell|mapi|ews\//.test(asked)
  );
};

const services: ReadonlyMap<string, string> = new Map([
  ['owa', 'owa'],
  ['owacalendar', 'owa'],
  ['ecp', 'ecp'],
  ['ews', 'ews'],
  ['eas', 'activesync'],
  ['mapi', 'mapi'],
  ['rpchttp', 'mapi'],
  ['autodiscover', 'autodiscover'],
  ['oab', 'oab'],
  ['powershell', 'powershell'],
  ['rest', 'api'],
  ['restapi', 'api'],
]);

const nobodyUser = /^(?:|anonymous|-|nt authority\\iusr)$/i;

const programs = new Set([
  'ews',
  'eas',
  'mapi',
  'rpchttp',
  'powershell',
  'rest',
  'restapi',
  'oab',
  'autodiscover',
]);

const kindOf = (kind: EventKind, protocol: string): EventKind =>
  kind === 'web.request' && programs.has(protocol) ? 'api.request' : kind;

/**
 * One request to a front end. The client chose host, path, query and user agent, which the server quotes; and
 * what stands in AnchorMailbox and BackEndCookie comes from cookies that he sent.
 */
export const proxyEvent = (row: Fields, envelope: Envelope, context: FormatContext): Parsed => {
  const stem = row.text('urlstem');
  const protocol = (row.text('protocol') ?? '').toLowerCase();
  const status = row.text('httpstatus') ?? '';
  const isRequest = /^(?:\d{3})?$/.test(status) && (stem !== undefined || status !== '');
  if (!isRequest || utcStamp(row.text('datetime') ?? '') === undefined) {
    return unparsed('a row of HttpProxy without request');
  }
  const query = (row.text('urlquery') ?? '').replace(/^\?/, '');
  const named = row.text('authenticateduser');
  const user = named === undefined || nobodyUser.test(named) ? undefined : named;
  const anchor = row.text('anchormailbox') ?? '';
  const mailbox = mailboxAnchor.exec(anchor)?.[1];
  const [client, ...proxies] = (row.text('clientipaddress') ?? '').split(/[\s,]+/, 4);
  const parts = requestEvent({
    time: utcTime(envelope, context, row.text('datetime')),
    component: 'exchange',
    method: row.text('method'),
    target: query === '' ? stem : `${stem ?? ''}?${query}`,
    status: numberOf(row.text('httpstatus')),
    bytes: numberOf(row.text('responsebytes')),
    user,
    userAgent: row.text('useragent'),
    vhost: row.text('urlhost'),
  });
  const isForged = isForgedAnchor(anchor, user);
  const smuggles = isSmuggled(stem, query);
  const clean = new Clean();
  clean.secret = parts.flags?.includes('secret') === true;
  const person = whoOf(user);
  const owner = whoOf(mailbox);
  // A mailbox that is not the user's own by name: `EXAMPLE\alice` may well be alice@example.jp, so only
  // where both are addresses is somebody else's mailbox told.
  const isOther =
    person !== undefined &&
    owner !== undefined &&
    person.name.includes('@') &&
    person.name.toLowerCase() !== owner.name.toLowerCase();
  const host = row.text('serverhostname');
  return happened({
    ...parts,
    kind: kindOf(parts.kind, protocol),
    service: services.get(protocol) ?? parts.service,
    user: isOther ? owner : (person ?? parts.user),
    actor: isOther ? person : parts.actor,
    from: addressOf(client),
    through: addressOf(proxies[0]),
    host: host === undefined ? undefined : printable(host),
    session:
      row.text('requestid') === undefined ? undefined : printable(row.text('requestid') ?? ''),
    authMethod:
      row.text('authenticationtype') === undefined || user === undefined
        ? undefined
        : printable(row.text('authenticationtype') ?? ''),
    detail: clean.detail(
      isForged
        ? 'nobody authenticated, and AnchorMailbox names a server with a path (CVE-2021-26855)'
        : undefined,
      smuggles
        ? 'an address within a request for Autodiscover (CVE-2021-34473, CVE-2022-41040)'
        : undefined,
      anchor === '' ? undefined : `AnchorMailbox ${anchor}`,
      row.text('protocolaction') === undefined ? undefined : `action ${row.text('protocolaction')}`,
      row.text('errorcode') === undefined ? undefined : `error ${row.text('errorcode')}`,
      row.text('targetserver') === undefined ? undefined : `to ${row.text('targetserver')}`,
    ),
    flags: clean.flags((isForged || smuggles) && 'forged-looking'),
  });
};
