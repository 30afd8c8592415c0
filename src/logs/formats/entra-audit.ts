import type { AccessEvent } from '../../core/access-event.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { happened, quiet, unparsed } from '../reading.ts';
import { columnNames, csvCells } from '../records/csv.ts';
import { type EntraRecord, either, entraRecord } from '../records/entra.ts';
import type { Fields } from '../records/fields.ts';
import { addressOf, azureTime, Clean, isSame, whoOf } from '../records/meaning.ts';
import { printable } from '../text.ts';
import { auditTable, isAuditTable, recordOfRow } from './entra-audit/table.ts';
import { directoryKind } from './m365-ual/operations.ts';

const targetsMax = 20;

/** Who did it: a person, or an application as itself. */
const initiator = (
  record: EntraRecord,
): { by: AccessEvent['user']; from: AccessEvent['from']; app: Fields | undefined } => {
  const initiated = record.inner.object('initiatedby');
  const user = initiated?.object('user');
  const app = initiated?.object('app');
  return {
    by:
      whoOf(user?.text('userprincipalname', 'displayname', 'id'), user?.text('id')) ??
      whoOf(
        app?.text('displayname', 'serviceprincipalname', 'serviceprincipalid', 'appid'),
        app?.text('serviceprincipalid', 'appid'),
      ) ??
      whoOf(either(record, 'identity')),
    from: addressOf(user?.text('ipaddress')) ?? addressOf(either(record, 'calleripaddress')),
    app,
  };
};

const nameOf = (target: Fields | undefined): AccessEvent['user'] =>
  whoOf(target?.text('userprincipalname', 'displayname', 'id'), target?.text('id'));

/** Values are JSON within a text: `"\"x\""`. */
const plainValue = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : text.replace(/^"(.*)"$/s, '$1');

type Entry = readonly [string, string | undefined];

const changesOf = (targets: readonly Fields[]): readonly Entry[] =>
  targets.flatMap(target =>
    target.objects('modifiedproperties', 40).flatMap((each): readonly Entry[] => {
      const name = each.text('displayname', 'name');
      if (name === undefined) return [];
      const before = plainValue(each.text('oldvalue'));
      const after: Entry = [name, plainValue(each.text('newvalue')) ?? ''];
      return before === undefined || before === '' || before === '[]'
        ? [after]
        : [after, [`${name} (before)`, before]];
    }),
  );

const scopesOf = (changes: readonly Entry[]): string | undefined => {
  for (const [name, value] of changes) {
    if (/^(?:delegatedpermissiongrant\.scope|approle\.value)$/i.test(name)) return value?.trim();
    const found = /\bScope: ?([^,\]]{1,2000})/.exec(value?.slice(0, 20_000) ?? '')?.[1];
    if (found !== undefined) return found.trim();
  }
  return undefined;
};

const auditEvent = (record: EntraRecord, envelope: Envelope, context: FormatContext): Parsed => {
  const clean = new Clean();
  const operation = printable(either(record, 'activitydisplayname', 'operationname') ?? '');
  const kind = directoryKind(operation);
  const targets = record.inner.objects('targetresources', targetsMax);
  const { by, from, app } = initiator(record);
  const isConsent = kind === 'app.consent';
  const principal = targets.find(each =>
    /^(?:serviceprincipal|application)$/i.test(each.text('type') ?? ''),
  );
  const person = targets.find(each => /^user$/i.test(each.text('type') ?? ''));
  const changes = changesOf(targets);
  const scopes = isConsent ? scopesOf(changes) : undefined;
  const target = nameOf(
    person ?? (kind === 'account.changed' ? (principal ?? targets[0]) : undefined),
  );
  const user = target ?? by;
  const result = either(record, 'result', 'resulttype')?.toLowerCase();
  const agent = record.inner.pairs('additionaldetails').get('user-agent');
  const uid = either(record, 'id');
  const correlation = either(record, 'correlationid');
  const appName = clean.text(
    (isConsent ? principal : undefined)?.text('displayname') ?? app?.text('displayname'),
  );
  const appUid =
    (isConsent ? principal : undefined)?.text('id') ?? app?.text('appid', 'serviceprincipalid');
  const userAgent = clean.text(agent, 500);
  const change = clean.change([
    ['operation', operation],
    ...(scopes === undefined ? [] : [['scopes', scopes] as const]),
    ...targets
      .slice(0, 5)
      .map(
        (each, at): Entry => [
          at === 0 ? 'target' : `target ${at + 1}`,
          [each.text('type'), each.text('userprincipalname', 'displayname', 'id')]
            .filter(t => t !== undefined)
            .join(' '),
        ],
      ),
    ...changes,
  ]);
  return happened({
    kind,
    time: azureTime(envelope, context, either(record, 'activitydatetime', 'timegenerated', 'time')),
    outcome:
      result === 'success' || result === '0'
        ? 'success'
        : result?.startsWith('fail') === true
          ? 'failure'
          : 'unknown',
    component: 'entra-id',
    user,
    actor: user === by || isSame(user, by) ? undefined : by,
    app:
      appName === undefined && appUid === undefined
        ? undefined
        : {
            ...(appName === undefined ? {} : { name: appName }),
            ...(appUid === undefined ? {} : { uid: printable(appUid) }),
          },
    from,
    session: correlation === undefined ? undefined : printable(correlation),
    request: userAgent === undefined ? undefined : { userAgent },
    change: kind === 'other' ? undefined : change,
    eventUid: uid === undefined ? undefined : printable(uid),
    detail: clean.detail(operation, either(record, 'resultreason', 'resultdescription')),
    flags: clean.flags(),
  });
};

/** Changes of the directory: Graph's `auditLogs/directoryAudits`, diagnostic settings, a workspace's `AuditLogs`. */
export const entraAudit: LogFormat = {
  id: 'entra-audit',
  title: 'Entra ID: directory audits',
  sniff: ({ message }) => {
    if (!message.startsWith('{')) {
      const head = message.slice(0, 8_000);
      if (!/,"?(?:ActorUserPrincipalName|InitiatedBy)"?,/.test(head)) return 0;
      return isAuditTable(columnNames(csvCells(head))) ? 1 : 0;
    }
    const isAudit =
      /"(?:activityDisplayName|operationName)"/i.test(message) &&
      /"targetResources"/i.test(message);
    return isAudit && /"initiatedBy"/i.test(message) ? 0.95 : 0;
  },
  open: context => {
    const table = auditTable();
    return {
      read: envelope => {
        const text = envelope.message.replace(/^\ufeff/, '').trim();
        const row = text.startsWith('{') || text.startsWith('[') ? undefined : table.read(text);
        if (row === 'header') return quiet('a header of the table');
        const record = row === undefined ? entraRecord(text) : recordOfRow(row);
        const isAudit =
          record !== undefined &&
          either(record, 'activitydisplayname', 'operationname') !== undefined &&
          (record.inner.has('targetresources') || record.inner.has('initiatedby'));
        return isAudit
          ? auditEvent(record, envelope, context)
          : unparsed('no directory audit, or a broken record of one');
      },
    };
  },
};
