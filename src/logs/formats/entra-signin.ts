import type { AccessEvent } from '../../core/access-event.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { happened, quiet, unparsed } from '../reading.ts';
import { CsvTable, columnNames, csvCells } from '../records/csv.ts';
import { type EntraRecord, either, entraRecord, interruptions } from '../records/entra.ts';
import type { Fields } from '../records/fields.ts';
import { addressOf, azureTime, Clean, whoOf } from '../records/meaning.ts';
import { printable } from '../text.ts';

const outcomeOf = (error: string | undefined): AccessEvent['outcome'] => {
  if (error === undefined || error === '') return 'unknown';
  if (error === '0') return 'success';
  return interruptions.has(error) ? 'unknown' : 'failure';
};

/** `clientAppUsed`: old protocols by name. */
const services: ReadonlyMap<string, string> = new Map([
  ['imap4', 'imap'],
  ['imap', 'imap'],
  ['pop3', 'pop3'],
  ['pop', 'pop3'],
  ['authenticated smtp', 'submission'],
  ['smtp', 'submission'],
  ['exchange activesync', 'activesync'],
  ['exchange web services', 'ews'],
  ['mapi over http', 'mapi'],
  ['outlook anywhere (rpc over http)', 'mapi'],
  ['exchange online powershell', 'powershell'],
  ['autodiscover', 'autodiscover'],
]);

/** Who came in: a person, or an application as itself. */
const whoCame = (record: EntraRecord): AccessEvent['user'] => {
  const user = whoOf(
    either(record, 'userprincipalname', 'userdisplayname', 'identity'),
    either(record, 'userid'),
  );
  return (
    user ??
    whoOf(
      either(record, 'serviceprincipalname', 'serviceprincipalid', 'managedidentityname'),
      either(record, 'serviceprincipalid'),
    )
  );
};

const appOf = (record: EntraRecord, clean: Clean): AccessEvent['app'] => {
  const name = clean.text(either(record, 'appdisplayname'));
  const uid = either(record, 'appid');
  if (name === undefined && uid === undefined) return undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(uid === undefined ? {} : { uid: printable(uid) }),
  };
};

const riskOf = (record: EntraRecord): string | undefined => {
  const level = either(record, 'risklevelduringsignin', 'risklevelaggregated');
  return level === undefined || /^(?:none|hidden)$/i.test(level) ? undefined : `risk ${level}`;
};

const signInEvent = (record: EntraRecord, envelope: Envelope, context: FormatContext): Parsed => {
  const clean = new Clean();
  const status = record.inner.object('status');
  const error = status?.text('errorcode') ?? either(record, 'resulttype', 'errorcode');
  const outcome = outcomeOf(error);
  const client = either(record, 'clientappused');
  const agent = clean.text(either(record, 'useragent'), 500);
  const session = either(record, 'sessionid', 'correlationid');
  const uid = either(record, 'id');
  const resource = clean.text(either(record, 'resourcedisplayname'));
  return happened({
    kind: 'login',
    time: azureTime(envelope, context, either(record, 'createddatetime', 'timegenerated', 'time')),
    outcome,
    component: 'entra-id',
    service: services.get((client ?? '').toLowerCase()),
    user: whoCame(record),
    app: appOf(record, clean),
    from: addressOf(either(record, 'ipaddress', 'calleripaddress')),
    session: session === undefined ? undefined : printable(session),
    authMethod: clean.text(
      either(record, 'authenticationprotocol')?.replace(/^none$/i, '') ??
        record.inner.objects('authenticationdetails', 10)[0]?.text('authenticationmethod'),
    ),
    request: agent === undefined ? undefined : { userAgent: agent },
    eventUid: uid === undefined ? undefined : printable(uid),
    detail: clean.detail(
      error === undefined || error === '0' ? undefined : `error ${error}`,
      outcome === 'success'
        ? undefined
        : (status?.text('failurereason') ?? either(record, 'resultdescription')),
      status?.text('additionaldetails'),
      resource === undefined ? undefined : `to ${resource}`,
      client === undefined ? undefined : `with ${client}`,
      riskOf(record),
    ),
    flags: clean.flags(),
  });
};

const categories =
  /"category"\s{0,9}:\s{0,9}"(?:NonInteractiveUser|ServicePrincipal|ManagedIdentity|ADFS)?SignInLogs"/;

/** Columns of the portal's table, as the API names the same things. */
const portalNames: ReadonlyMap<string, string> = new Map([
  ['date-(utc)', 'createddatetime'],
  ['request-id', 'id'],
  ['username', 'userprincipalname'],
  ['user', 'userdisplayname'],
  ['user-id', 'userid'],
  ['user-agent', 'useragent'],
  ['correlation-id', 'correlationid'],
  ['application', 'appdisplayname'],
  ['application-id', 'appid'],
  ['resource', 'resourcedisplayname'],
  ['ip-address', 'ipaddress'],
  ['sign-in-error-code', 'errorcode'],
  ['failure-reason', 'resultdescription'],
  ['client-app', 'clientappused'],
  ['service-principal-id', 'serviceprincipalid'],
  ['service-principal-name', 'serviceprincipalname'],
]);

const isPortalColumns = (names: readonly string[]): boolean =>
  names.includes('sign-in-error-code') && names.includes('ip-address');

/** The portal leaves the code of a success away, or writes `None`. */
const fromPortal = (row: Fields): EntraRecord => {
  const named = row.renamed(name => portalNames.get(name) ?? name);
  const isSuccess = named.text('status')?.toLowerCase() === 'success';
  const fields = isSuccess ? named.with('errorcode', '0') : named;
  return { inner: fields, outer: fields };
};

/** A table of a Log Analytics workspace, as its portal exports it; `[UTC]` stands behind the names of times. */
const isWorkspaceColumns = (names: readonly string[]): boolean =>
  names.some(name => /^timegenerated(?:-\[utc\])?$/.test(name)) &&
  names.includes('resulttype') &&
  names.includes('ipaddress') &&
  (names.includes('userprincipalname') || names.includes('serviceprincipalname'));

const isTable = (names: readonly string[]): boolean =>
  isPortalColumns(names) || isWorkspaceColumns(names);

const isOfPortal = (row: Fields): boolean => row.has('date-(utc)');

const fromWorkspace = (row: Fields): EntraRecord => {
  const fields = row.renamed(name => name.replace(/-\[utc\]$/, ''));
  return { inner: fields, outer: fields };
};

/** Sign-ins of Entra ID: Graph's `auditLogs/signIns`, diagnostic settings, a workspace's `SigninLogs`. */
export const entraSignin: LogFormat = {
  id: 'entra-signin',
  title: 'Entra ID: sign-ins',
  sniff: ({ message }) => {
    if (!message.startsWith('{')) {
      const head = message.slice(0, 8_000);
      if (!/(?:^\ufeff?"?Date \(UTC\)|(?:^\ufeff?|,)"?TimeGenerated(?: \[UTC\])?)"?,/i.test(head))
        return 0;
      return isTable(columnNames(csvCells(head))) ? 1 : 0;
    }
    if (categories.test(message)) return 0.95;
    const hasStatus = message.includes('"errorCode"') || /"ResultType"/i.test(message);
    const isSignIn = /"(?:clientAppUsed|appDisplayName|isInteractive|servicePrincipalName)"/i.test(
      message,
    );
    return hasStatus && isSignIn && /"ipAddress"/i.test(message) ? 0.9 : 0;
  },
  open: context => {
    const table = new CsvTable(isTable);
    return {
      read: envelope => {
        const text = envelope.message.replace(/^\ufeff/, '').trim();
        const row = text.startsWith('{') || text.startsWith('[') ? undefined : table.read(text);
        if (row === 'header') return quiet('a header of the table');
        const record =
          row === undefined
            ? entraRecord(text)
            : isOfPortal(row)
              ? fromPortal(row)
              : fromWorkspace(row);
        const isSignIn =
          record !== undefined &&
          (record.inner.has('status') ||
            record.inner.has('errorcode') ||
            record.inner.has('resulttype') ||
            record.outer.has('resulttype')) &&
          whoCame(record) !== undefined;
        return isSignIn
          ? signInEvent(record, envelope, context)
          : unparsed('no sign-in, or a broken record of one');
      },
    };
  },
};
