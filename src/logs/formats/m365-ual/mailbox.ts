import type { EventKind, MessageRef, Person } from '../../../core/access-event.ts';
import type { Parsed } from '../../format.ts';
import { type EventParts, happened } from '../../reading.ts';
import type { Fields } from '../../records/fields.ts';
import { type Clean, isSame, messageIdOf, numberOf, whoOf } from '../../records/meaning.ts';
import { printable } from '../../text.ts';
import type { Base } from './base.ts';
import { mailboxOperations } from './operations.ts';

const foldersMax = 500;
const itemsMax = 5_000;

/** `\Inbox`, as Exchange writes paths. */
const folderOf = (item: Fields | undefined, clean: Clean): string | undefined =>
  clean.text(item?.text('path', 'folderpathname', 'name'));

const refOf = (
  item: Fields,
  folder: string | undefined,
  part: MessageRef['part'],
  clean: Clean,
): MessageRef | undefined => {
  const messageId = messageIdOf(item.text('internetmessageid'));
  const subject = clean.text(item.text('subject', 'itemsubject'));
  const sizeBytes = numberOf(item.text('sizeinbytes'));
  if (messageId === undefined && subject === undefined && sizeBytes === undefined) return undefined;
  return {
    ...(messageId === undefined ? {} : { messageId }),
    ...(folder === undefined ? {} : { folder }),
    ...(part === undefined ? {} : { part }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(subject === undefined ? {} : { subject }),
  };
};

interface Touched {
  readonly messages: readonly MessageRef[];
  /** How many the record lists, those that it does not name included. */
  readonly listed: number;
  /** The one folder, where all lie in it. */
  readonly folder: string | undefined;
}

/** `Folders[].FolderItems[]` of MailItemsAccessed. */
const accessed = (record: Fields, part: MessageRef['part'], clean: Clean): Touched => {
  const messages: MessageRef[] = [];
  const paths = new Set<string>();
  let listed = 0;
  for (const folder of record.objects('folders', foldersMax)) {
    const path = folderOf(folder, clean);
    if (path !== undefined) paths.add(path);
    listed += folder.size('folderitems');
    for (const item of folder.objects('folderitems', itemsMax)) {
      const ref = refOf(item, path, part, clean);
      if (ref !== undefined && messages.length < itemsMax) messages.push(ref);
    }
  }
  const [only, another] = paths;
  // A sync names its folder in `Item`.
  const synced = folderOf(record.object('item')?.object('parentfolder'), clean);
  return { messages, listed, folder: another === undefined ? (only ?? synced) : undefined };
};

/** `AffectedItems[]` of moves and deletions, and `Item` of what concerns one message. */
const affected = (record: Fields, part: MessageRef['part'], clean: Clean): Touched => {
  const own = record.object('item');
  const items = [...(own === undefined ? [] : [own]), ...record.objects('affecteditems', itemsMax)];
  const paths = new Set<string>();
  const messages = items.flatMap(item => {
    const path = folderOf(item.object('parentfolder'), clean);
    if (path !== undefined) paths.add(path);
    return refOf(item, path, part, clean) ?? [];
  });
  const [only, another] = paths;
  const folder = another === undefined ? only : undefined;
  return {
    messages,
    listed: Math.max(messages.length, record.size('affecteditems')),
    folder:
      folder ??
      folderOf(record.object('folder'), clean) ??
      clean.text(record.text('folderpathname')),
  };
};

/** `Messages[].MessageItems[]` of AttachmentAccess: attachments, by ids of Exchange's own. */
const attachments = (record: Fields): Touched => {
  const messages: MessageRef[] = [];
  for (const message of record.objects('messages', foldersMax)) {
    const messageId = messageIdOf(message.text('internetmessageid'));
    for (const item of message.objects('messageitems', itemsMax)) {
      const sizeBytes = numberOf(item.text('sizeinbytes'));
      messages.push({
        part: 'attachment',
        ...(messageId === undefined ? {} : { messageId }),
        ...(sizeBytes === undefined ? {} : { sizeBytes }),
      });
      if (messages.length >= itemsMax) break;
    }
  }
  return { messages, listed: messages.length, folder: undefined };
};

interface People {
  readonly user: Person | undefined;
  readonly actor: Person | undefined;
}

/** Whose mailbox, and who was in it: `LogonType` 1 is an administrator, 2 a delegate (0 the owner). */
const peopleOf = (record: Fields, { by }: Base): People => {
  const owner = whoOf(
    record.text('mailboxownerupn', 'mailboxresolvedownername'),
    record.text('mailboxguid'),
  );
  if (owner === undefined) return { user: by, actor: undefined };
  return { user: owner, actor: by !== undefined && !isSame(owner, by) ? by : undefined };
};

const sentAs = (record: Fields): { readonly address: string | undefined } => ({
  address: record.text('sendasusersmtp', 'sendonbehalfofusersmtp'),
});

const sentMessages = (touched: Touched, address: string | undefined): readonly MessageRef[] =>
  address === undefined
    ? touched.messages
    : (touched.messages.length === 0 ? [{}] : touched.messages).map(message => ({
        ...message,
        from: printable(address),
      }));

const partOf = (kind: EventKind): MessageRef['part'] =>
  kind === 'message.read' ? 'body' : undefined;

const touchedBy = (record: Fields, operation: string, kind: EventKind, clean: Clean): Touched => {
  if (operation === 'attachmentaccess') return attachments(record);
  if (operation === 'mailitemsaccessed') return accessed(record, partOf(kind), clean);
  return affected(record, partOf(kind), clean);
};

/** What was set by a rule or a permission: `OperationProperties`, and who was given what. */
const changeOf = (
  record: Fields,
  kind: EventKind,
  operation: string,
  clean: Clean,
): EventParts['change'] => {
  if (kind !== 'rule.changed' && kind !== 'permission.changed') return undefined;
  const properties = record
    .objects('operationproperties', 60)
    .map(each => [each.text('name') ?? '', each.text('value')] as const);
  const folder = record.object('item')?.object('parentfolder') ?? record.object('folder');
  return clean.change([
    ['operation', operation],
    ...properties,
    ['Folder', folder?.text('path', 'name')],
    ['MemberUpn', folder?.text('memberupn') ?? record.text('memberupn')],
    ['MemberRights', folder?.text('memberrights') ?? record.text('memberrights')],
  ]);
};

/** A mailbox was entered by its owner, or by somebody else. */
const loginKind = (kind: EventKind, actor: Person | undefined): EventKind =>
  kind === 'login' && actor !== undefined ? 'login.impersonated' : kind;

/** Only where not all are named: a record of six accesses may well name three messages. */
const countOf = ({ listed, messages }: Touched, told: number | undefined): number | undefined => {
  if (listed > messages.length) return listed;
  return messages.length === 0 ? told : undefined;
};

/** An operation on a mailbox; undefined where it is none of those. */
export const mailboxEvent = (record: Fields, base: Base): Parsed | undefined => {
  const { operation, parts, clean } = base;
  const name = operation.toLowerCase();
  const known = mailboxOperations.get(name);
  if (known === undefined) return undefined;
  const properties = record.pairs('operationproperties');
  const access = properties.get('mailaccesstype') ?? properties.get('attachmentaccesstype');
  // Outlook copies the whole folder; whatever is in it has been read.
  const isSync = access?.toLowerCase() === 'sync';
  const { user, actor } = peopleOf(record, base);
  const kind = isSync ? 'mailbox.sync' : loginKind(known, actor);
  const touched = touchedBy(record, name, kind, clean);
  const { address } = sentAs(record);
  const messages =
    known === 'message.submitted' ? sentMessages(touched, address) : touched.messages;
  const operations = numberOf(
    record.text('operationcount', 'auditoperationscountinaggregatedrecord'),
  );
  const count = kind === 'mailbox.sync' ? undefined : countOf(touched, operations);
  const isThrottled = properties.get('isthrottled')?.toLowerCase() === 'true';
  const logon = record.text('logontype');
  const destination = folderOf(record.object('destfolder'), clean);
  return happened({
    ...parts,
    kind,
    user,
    actor,
    folder: touched.folder,
    messages: messages.length === 0 ? undefined : messages,
    count,
    change: changeOf(record, known, operation, clean),
    detail: clean.detail(
      access === undefined ? operation : `${operation} ${access}`,
      destination === undefined ? undefined : `to ${destination}`,
      logon === undefined || logon === '0' || logon === 'Owner' ? undefined : `LogonType ${logon}`,
      record.text('externalaccess')?.toLowerCase() === 'true'
        ? 'by Microsoft or from outside'
        : undefined,
      known === 'search' ? record.text('querytext', 'searchquerytext') : undefined,
      parts.outcome === 'failure' ? record.text('clienterror', 'operationresult') : undefined,
    ),
    // Last: what stands above may have had secrets.
    flags: clean.flags(isThrottled && 'throttled', (operations ?? 0) > 1 && 'aggregated'),
  });
};
