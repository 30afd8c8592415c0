import type { AccessEvent } from '../../../core/access-event.ts';
import type { Envelope, FormatContext } from '../../format.ts';
import type { EventParts } from '../../reading.ts';
import type { Fields } from '../../records/fields.ts';
import { addressOf, azureTime, Clean, utcTime, whoOf } from '../../records/meaning.ts';
import { printable } from '../../text.ts';

const components: ReadonlyMap<string, string> = new Map([
  ['exchange', 'exchange-online'],
  ['azureactivedirectory', 'entra-id'],
  ['microsoftteams', 'microsoft-teams'],
  ['sharepoint', 'sharepoint-online'],
  ['onedrive', 'onedrive'],
]);

export const workloadOf = (record: Fields): string =>
  (record.text('workload', 'officeworkload') ?? '').toLowerCase();

/** `ResultStatus` and `OperationResult`: what each workload writes for yes and no. */
const statusOf = (record: Fields): AccessEvent['outcome'] => {
  const status = record.text('resultstatus', 'operationresult')?.toLowerCase();
  if (status === undefined) return 'unknown';
  if (/^(?:success|succeeded|true|partiallysucceeded|passed)$/.test(status)) return 'success';
  return /^(?:fail|failed|failure|false|denied|blocked)/.test(status) ? 'failure' : 'unknown';
};

/** Exchange's `ClientInfoString`: `Client=OWA;Action=ViaProxy`, `Client=REST;Client=RESTSystem;UserAgent=[…]`. */
const services: readonly (readonly [RegExp, string])[] = [
  [/Client=(?:OWA|OutlookWebApp|Monarch)/i, 'owa'],
  [/Client=POP3/i, 'pop3'],
  [/Client=IMAP4?/i, 'imap'],
  [/Client=(?:ActiveSync|AirSync|EAS)/i, 'activesync'],
  [/Client=(?:WebServices|EWS)/i, 'ews'],
  [/Client=(?:REST|Graph)/i, 'api'],
  [/Client=(?:MSExchangeRPC|MapiHttp|Outlook)/i, 'mapi'],
  [/Client=(?:Management|PowerShell|RemotePowershell)/i, 'powershell'],
];

const serviceOf = (record: Fields): string | undefined => {
  const info = record.text('clientinfostring', 'actorinfostring')?.slice(0, 1_000);
  return info === undefined ? undefined : services.find(([pattern]) => pattern.test(info))?.[1];
};

/** Ids that say that no application acted. */
const noApp = /^(?:|0{8}-0{4}-0{4}-0{4}-0{12})$/;

const appOf = (record: Fields, clean: Clean): AccessEvent['app'] => {
  const context = record.object('appaccesscontext');
  const ids = [
    record.text('clientappid'),
    record.text('appid'),
    record.text('applicationid'),
    context?.text('clientappid'),
  ];
  const uid = ids.find(id => id !== undefined && !noApp.test(id));
  const name = clean.text(
    record.text(
      'applicationdisplayname',
      'clientinfostring',
      'actorinfostring',
      'clientprocessname',
    ),
  );
  if (uid === undefined && name === undefined) return undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(uid === undefined ? {} : { uid: printable(uid) }),
  };
};

/** The session that joins a sign-in with what was done in it. */
const sessionOf = (record: Fields): string | undefined => {
  const context = record.object('appaccesscontext');
  const found =
    record.text('sessionid') ??
    context?.text('aadsessionid') ??
    record.pairs('deviceproperties').get('sessionid') ??
    context?.text('uniquetokenid');
  return found === undefined ? undefined : printable(found);
};

/** `PowerShell` writes the address with a port, others without, and some in a property of its own. */
const clientOf = (record: Fields): AccessEvent['from'] =>
  addressOf(record.text('clientipaddress')) ??
  addressOf(record.text('clientip')) ??
  addressOf(record.text('actoripaddress')) ??
  addressOf(record.text('client_ipaddress'));

const agentOf = (record: Fields, clean: Clean): string | undefined => {
  const given = record.pairs('extendedproperties').get('useragent') ?? record.text('useragent');
  return clean.text(given, 500);
};

/** What every record of the unified audit log has. */
export interface Base {
  readonly parts: EventParts;
  readonly operation: string;
  readonly clean: Clean;
  /** Who did it, by `UserId`. */
  readonly by: AccessEvent['user'];
}

export const baseOf = (record: Fields, envelope: Envelope, context: FormatContext): Base => {
  const clean = new Clean();
  const workload = workloadOf(record);
  const operation = printable(
    record.text('operation', 'operations') ?? record.text('workload') ?? '',
  );
  const by = whoOf(
    record.text('userid', 'userids', 'userprincipalname', 'logonuserdisplayname'),
    record.text('userkey'),
  );
  const agent = agentOf(record, clean);
  const uid = record.text('id', 'officeid');
  return {
    operation,
    clean,
    by,
    parts: {
      kind: 'other',
      // A workspace's table has times as Azure's portal writes them.
      time: (record.has('timegenerated') ? azureTime : utcTime)(
        envelope,
        context,
        record.text('creationtime'),
        record.text('creationdate', 'createddatetime', 'timegenerated', 'lastaccessed'),
      ),
      outcome: statusOf(record),
      component: components.get(workload) ?? 'microsoft-365',
      service: serviceOf(record),
      user: by,
      app: appOf(record, clean),
      from: clientOf(record),
      session: sessionOf(record),
      request: agent === undefined ? undefined : { userAgent: agent },
      eventUid: uid === undefined ? undefined : printable(uid),
    },
  };
};
