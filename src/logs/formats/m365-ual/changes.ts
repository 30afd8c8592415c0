import type { AccessEvent, EventKind } from '../../../core/access-event.ts';
import type { Parsed } from '../../format.ts';
import { happened } from '../../reading.ts';
import { interruptions } from '../../records/entra.ts';
import type { Fields } from '../../records/fields.ts';
import { isSame, whoOf } from '../../records/meaning.ts';
import { printable } from '../../text.ts';
import { type Base, workloadOf } from './base.ts';
import { type Cmdlet, cmdletKind, cmdletOf, directoryKind, otherKind } from './operations.ts';

const parametersMax = 100;

type Entry = readonly [string, string | undefined];

/** Parameters as a cmdlet was given them; values may be objects of Exchange's own. */
const parametersOf = (record: Fields): readonly Entry[] =>
  record
    .objects('parameters', parametersMax)
    .map(each => [each.text('name') ?? '', each.text('value') ?? ''] as const);

/** Of an `Identity` such as `alice@example.jp\Rule 1` or `NAMPR01A001.PROD…/example.onmicrosoft.com/alice`. */
const mailboxOf = (identity: string | undefined): string | undefined => {
  const [mailbox = ''] = (identity ?? '').split('\\', 1);
  const last = mailbox.split('/').at(-1)?.trim() ?? '';
  return last === '' ? undefined : last;
};

const ofMailbox: ReadonlySet<EventKind> = new Set<EventKind>([
  'rule.changed',
  'forward.changed',
  'permission.changed',
  'account.changed',
  'audit.changed',
  'configuration.changed',
]);

/** Rules are their owner's, unless the cmdlet names a mailbox. */
const ownedOf = (
  { noun }: Cmdlet,
  kind: EventKind,
  given: ReadonlyMap<string, string>,
  record: Fields,
): string | undefined => {
  if (!ofMailbox.has(kind)) return undefined;
  if (noun === 'inboxrule') {
    return (
      mailboxOf(given.get('mailbox')) ??
      mailboxOf(given.get('identity')?.includes('\\') === true ? given.get('identity') : undefined)
    );
  }
  const isOfMailbox = /mailbox|recipient|^user$|mailuser/.test(noun);
  if (!isOfMailbox) return undefined;
  return mailboxOf(given.get('identity')) ?? mailboxOf(record.text('objectid'));
};

/** Settings that switch auditing, and what they are when it is off. */
const switches: ReadonlyMap<string, string> = new Map([
  ['auditenabled', 'false'],
  ['unifiedauditlogingestionenabled', 'false'],
  ['adminauditlogenabled', 'false'],
  ['auditdisabled', 'true'],
  ['auditbypassenabled', 'true'],
]);

const switchedBy = (given: ReadonlyMap<string, string>): readonly Entry[] => {
  for (const [name, off] of switches) {
    const value = given.get(name)?.toLowerCase().replace('$', '');
    if (value !== undefined) return [['action', value === off ? 'disable' : 'enable']];
  }
  return [];
};

/** A cmdlet that an administrator or a user ran (record type 1); undefined where it is none. */
export const cmdletEvent = (record: Fields, base: Base): Parsed | undefined => {
  const { operation, parts, clean, by } = base;
  const cmdlet = cmdletOf(operation);
  if (cmdlet === undefined) return undefined;
  const entries = parametersOf(record);
  const given = new Map(entries.map(([name, value]) => [name.toLowerCase(), value ?? ''] as const));
  const kind = cmdletKind(cmdlet, [...given.keys()]);
  const owner = whoOf(ownedOf(cmdlet, kind, given, record));
  const isOther = owner !== undefined && !isSame(owner, by);
  const change = clean.change([
    ...(kind === 'audit.changed' ? switchedBy(given) : []),
    ['operation', operation],
    ['ObjectId', record.text('objectid')],
    ...entries,
  ]);
  return happened({
    ...parts,
    kind,
    user: owner ?? by,
    actor: isOther ? by : undefined,
    service: parts.service ?? 'powershell',
    folder: undefined,
    change: kind === 'other' ? undefined : change,
    detail: clean.detail(
      operation,
      record.text('externalaccess')?.toLowerCase() === 'true'
        ? 'by Microsoft or from outside'
        : undefined,
      parts.outcome === 'failure' ? record.text('resultstatus') : undefined,
    ),
    flags: clean.flags(),
  });
};

/** The target of a directory operation: `Target[]` of type 5 is a name, of type 1 an object's name. */
const targetOf = (record: Fields): AccessEvent['user'] => {
  const targets = record.objects('target', 50);
  const named = (type: string): string | undefined =>
    targets.find(each => each.text('type') === type)?.text('id');
  return whoOf(named('5') ?? record.text('objectid') ?? named('1'));
};

const modifiedOf = (record: Fields): readonly Entry[] =>
  record.objects('modifiedproperties', 60).flatMap((each): readonly Entry[] => {
    const name = each.text('name');
    if (name === undefined) return [];
    const before = each.text('oldvalue');
    return [
      [name, each.text('newvalue') ?? ''],
      ...(before === undefined || before === '[]' ? [] : [[`${name} (before)`, before] as const]),
    ];
  });

/** A failed sign-in bears `ResultStatus: Success`: the request was answered, and the answer was no. */
const loginOutcome = (
  record: Fields,
  operation: string,
  status: AccessEvent['outcome'],
): AccessEvent['outcome'] => {
  const name = operation.toLowerCase();
  if (name === 'userloginfailed') return 'failure';
  const error = record.text('errornumber');
  if (error !== undefined && error !== '0') return interruptions.has(error) ? 'unknown' : 'failure';
  if (record.has('logonerror')) return 'failure';
  return name === 'userloggedin' ? 'success' : status;
};

const signIn = (record: Fields, base: Base, kind: EventKind): Parsed => {
  const { operation, parts, clean, by } = base;
  const properties = record.pairs('extendedproperties');
  const name = by ?? whoOf(record.text('objectid'));
  return happened({
    ...parts,
    kind,
    outcome: kind === 'logout' ? parts.outcome : loginOutcome(record, operation, parts.outcome),
    user: name,
    service: parts.service,
    authMethod: clean.text(properties.get('requesttype')),
    detail: clean.detail(
      operation,
      record.text('logonerror'),
      record.text('errornumber') === '0' ? undefined : record.text('errornumber'),
      properties.get('resultstatusdetail'),
      properties.get('keepmesignedin') === undefined
        ? undefined
        : `keep me signed in: ${properties.get('keepmesignedin')}`,
    ),
    flags: clean.flags(),
  });
};

const consentedApp = (record: Fields, base: Base): AccessEvent['app'] => {
  const targets = record.objects('target', 50);
  const name = base.clean.text(targets.find(each => each.text('type') === '1')?.text('id'));
  const uid =
    record.pairs('modifiedproperties').get('serviceprincipal.appid') ??
    /\b([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12})\b/i.exec(
      record.text('objectid')?.slice(0, 500) ?? '',
    )?.[1];
  const held = base.parts.app;
  return {
    ...(name === undefined ? (held?.name === undefined ? {} : { name: held.name }) : { name }),
    ...(uid === undefined
      ? held?.uid === undefined
        ? {}
        : { uid: held.uid }
      : { uid: printable(uid) }),
  };
};

/** Scopes that a consent gave, as `ConsentAction.Permissions` lists them among much else. */
const scopesOf = (modified: readonly Entry[]): string | undefined => {
  for (const [, value] of modified) {
    const found = /\bScope: ?([^,\]]{1,2000})/.exec(value?.slice(0, 20_000) ?? '')?.[1];
    if (found !== undefined) return found.trim();
  }
  const [, direct] =
    modified.find(([name]) =>
      /^(?:delegatedpermissiongrant\.scope|approle\.value|oauth2permissiongrant\.scope)$/i.test(
        name,
      ),
    ) ?? [];
  return direct;
};

/** Changes of an account; others are of the directory, by whoever made them. */
const ofSomebody: ReadonlySet<EventKind> = new Set<EventKind>([
  'account.changed',
  'password.changed',
  'permission.changed',
]);

/** What happened in the directory: sign-ins, consents, passwords, roles. */
export const directoryEvent = (record: Fields, base: Base): Parsed => {
  const { operation, parts, clean, by } = base;
  const kind = directoryKind(operation);
  if (kind === 'login' || kind === 'logout') return signIn(record, base, kind);
  const modified = modifiedOf(record);
  const target = targetOf(record);
  const isConsent = kind === 'app.consent';
  const scopes = isConsent ? scopesOf(modified) : undefined;
  const user = ofSomebody.has(kind) ? (target ?? by) : by;
  const change = clean.change([
    ['operation', operation],
    ...(scopes === undefined ? [] : [['scopes', scopes] as const]),
    ['ObjectId', record.text('objectid')],
    ...modified,
  ]);
  return happened({
    ...parts,
    kind,
    user,
    actor: user !== by ? by : undefined,
    app: isConsent ? consentedApp(record, base) : parts.app,
    change: kind === 'other' ? undefined : change,
    detail: clean.detail(operation),
    flags: clean.flags(),
  });
};

/** Records of whatever else has an audit log there: understood by their kind of operation at most. */
export const otherEvent = (record: Fields, base: Base): Parsed => {
  const { operation, parts, clean } = base;
  const workload = workloadOf(record);
  const kind = otherKind(operation, workload);
  const owner = record.text('objectid', 'sourcefilename', 'case', 'query');
  return happened({
    ...parts,
    kind,
    service: parts.service ?? (workload === 'microsoftteams' ? 'teams' : undefined),
    detail: clean.detail(operation, owner),
    flags: clean.flags(),
  });
};
