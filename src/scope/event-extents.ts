import type { AccessEvent, EventKind, MessageRef } from '../core/access-event.ts';
import type { Belongs } from './belongs.ts';
import type { Basis, EvidenceAt, Extent, Shown, Span } from './extent.ts';

const dayMs = 86_400_000;
/** Clocks of the log and of the mailbox differ, and what a mailbox holds is dated by other programs. */
export const slackMs: number = 3_600_000;
export const always: number = -8_640_000_000_000_000;

/** Kinds of which an event can show anything by what it says in common words: who, when, through what. */
export const plainKinds: ReadonlySet<EventKind> = new Set<EventKind>([
  'login',
  'login.impersonated',
  'mailbox.open',
  'mailbox.sync',
  'message.list',
  'message.change',
  'message.delete',
  'message.save',
  'search',
  'rule.changed',
  'forward.changed',
]);

/** Kinds of which all has to be known. */
export const wholeKinds: ReadonlySet<EventKind> = new Set<EventKind>([
  'message.read',
  'mailbox.export',
  'api.request',
  'other',
]);

/** Kinds that tell of a message on its way. */
export const transitKinds: ReadonlySet<EventKind> = new Set<EventKind>([
  'message.received',
  'message.submitted',
  'message.delivered',
  'message.scanned',
]);

/** Services that hand out whole mailboxes, one after the other. */
const downloads: ReadonlySet<string> = new Set(['pop3', 'pop3s', 'imap', 'imaps']);
/** Where who asked for an export is an administrator, and whose mailbox it was stands elsewhere, if at all. */
const adminNamed: ReadonlySet<string> = new Set(['microsoft-365', 'mimecast', 'slack']);
const mailboxNames = ['Mailbox', 'SourceMailbox', 'mailbox', 'Identity', 'account'];
/** Something about a table, in the names of logs that have any. */
const tableNames = ['table', 'Table', 'object_name'];

const exportedOf = ({ change, component, user }: AccessEvent): string | undefined => {
  const named = mailboxNames.map(name => change?.[name]).find(each => each !== undefined);
  return named ?? (adminNamed.has(component) ? undefined : user?.name);
};

/** Until when mail lay in a mailbox that was looked into then. */
const until = (atMs: number | undefined, end: number): Span => ({
  fromMs: always,
  toMs: (atMs ?? end) + slackMs,
  ...(atMs === undefined ? {} : { lookedMs: atMs }),
});

interface Named {
  readonly extents: readonly Extent[];
  /** How many messages they name. */
  readonly count: number;
}

/** Messages that a line names: by their ids, else by folder and UID. */
const namedBy = (messages: readonly MessageRef[], event: AccessEvent): Named => {
  const mailbox = event.user?.name;
  const ids: string[] = [];
  const uids = new Map<string, number[]>();
  let count = 0;
  for (const { messageId, uid, folder = event.folder } of messages) {
    if (messageId !== undefined) ids.push(messageId);
    else if (uid !== undefined && folder !== undefined && mailbox !== undefined) {
      const known = uids.get(folder);
      if (known === undefined) uids.set(folder, [uid]);
      else known.push(uid);
    } else continue;
    count += 1;
  }
  const extents: Extent[] = [];
  if (ids.length > 0) {
    extents.push({ is: 'messages', ids, ...(mailbox === undefined ? {} : { mailbox }) });
  }
  if (mailbox !== undefined) {
    for (const [folder, each] of uids) extents.push({ is: 'uids', mailbox, folder, uids: each });
  }
  return { extents, count };
};

/** What one event shows of one breach. */
class Showing {
  readonly shown: Shown[] = [];
  private readonly event: AccessEvent;
  private readonly belongs: Belongs;
  private readonly end: number;
  private readonly at: EvidenceAt | undefined;

  constructor(event: AccessEvent, belongs: Belongs, end: number, at: EvidenceAt | undefined) {
    this.event = event;
    this.belongs = belongs;
    this.end = end;
    this.at = at;
  }

  /** Where the outcome is not told, or the time, evidence is no evidence: it stays within reach. */
  private get isClear(): boolean {
    return this.event.outcome === 'success' && this.event.time.atMs !== undefined;
  }

  private put(basis: Basis, extent: Extent, counted?: number): void {
    const { at } = this;
    this.shown.push({
      basis: this.isClear ? basis : 'unclear',
      extent,
      ...(at === undefined ? {} : { at }),
      ...(counted === undefined ? {} : { counted }),
    });
  }

  private get span(): Span {
    return until(this.event.time.atMs, this.end);
  }

  private mailbox(basis: Basis, counted?: number, span = this.span): void {
    const mailbox = this.event.user?.name;
    if (mailbox !== undefined) this.put(basis, { is: 'mailbox', mailbox, span }, counted);
    // Whose it was is not told: it may have been anybody's.
    else this.put('unclear', { is: 'stored-mail', span }, counted);
  }

  private folderOr(basis: Basis, otherwise: Basis, counted?: number): void {
    const { folder, user } = this.event;
    if (folder === undefined || user === undefined) this.mailbox(otherwise, counted);
    else {
      const { span } = this;
      this.put(basis, { is: 'folder', mailbox: user.name, folder, span }, counted);
    }
  }

  read(): void {
    const { messages = [], count, request, service } = this.event;
    const named = namedBy(messages, this.event);
    const isShown = request !== undefined || service === 'webmail';
    for (const extent of named.extents)
      this.put(isShown ? 'message-shown' : 'message-read', extent);
    const others = Math.max(count ?? 0, messages.length, 1) - named.count;
    // More than it names: which ones, nobody knows.
    if (others > 0) this.folderOr('bodies-counted', 'bodies-counted', others);
  }

  synced(): void {
    const { service = '' } = this.event;
    if (this.belongs.isClientTheirs) this.mailbox('mailbox-synced');
    else if (downloads.has(service)) this.mailbox('mailbox-downloaded');
    else this.folderOr('folder-synced', 'mailbox-synced');
  }

  exported(): void {
    const mailbox = exportedOf(this.event);
    const { span } = this;
    if (mailbox !== undefined) this.put('mailbox-exported', { is: 'mailbox', mailbox, span });
    else this.put('unclear', { is: 'stored-mail', span });
  }

  touched(): void {
    this.mailbox('touched');
  }

  login(): void {
    if (this.event.user !== undefined) this.mailbox('login');
  }

  /** From then on. */
  forwarded(): void {
    const fromMs = (this.event.time.atMs ?? always) - slackMs;
    this.mailbox('forwarded', undefined, { fromMs, toMs: this.end + slackMs });
  }

  /** Microsoft stops naming after 1,000 records in 24 hours; another program only says that it left lines out. */
  throttled(): void {
    const { component, user, time } = this.event;
    const end = (time.atMs ?? this.end) + dayMs;
    if (user !== undefined && /^(?:exchange-online|microsoft-365)$/.test(component)) {
      this.mailbox('throttled', undefined, { ...this.span, toMs: end + slackMs });
    } else {
      this.put('gap', { is: 'stored-mail', span: { ...this.span, toMs: end + slackMs } });
    }
  }

  /** A message that passed while a filter was under the attacker's control. */
  passed(basis: Basis): void {
    const ids = (this.event.messages ?? []).flatMap(({ messageId }) => messageId ?? []);
    if (ids.length > 0) this.put(basis, { is: 'messages', ids });
  }

  table(): void {
    const { change, service } = this.event;
    const table = tableNames.map(name => change?.[name]).find(each => each !== undefined);
    if (table === undefined && service !== 'sql') return;
    this.put('table-read', { is: 'records', of: { types: [] } });
  }
}

/**
 * Extents of an event that belongs to a breach. Failed attempts give none; an event that repeats another gives none.
 *
 * @param belongs of the breach, which was asked already. @param end of its window, in milliseconds since 1970.
 */
export const extentsOf = (
  event: AccessEvent,
  belongs: Belongs,
  end: number,
  at?: EvidenceAt,
  transit?: Basis,
): readonly Shown[] => {
  if (event.outcome === 'failure' || event.flags?.includes('repeats') === true) return [];
  const showing = new Showing(event, belongs, end, at);
  if (event.flags?.includes('throttled') === true) showing.throttled();
  switch (event.kind) {
    case 'message.read':
      showing.read();
      break;
    case 'mailbox.sync':
      showing.synced();
      break;
    case 'mailbox.export':
      showing.exported();
      break;
    case 'login':
    case 'login.impersonated':
    case 'mailbox.open':
      showing.login();
      break;
    case 'message.list':
    case 'message.change':
    case 'message.delete':
    case 'message.save':
    case 'search':
      showing.touched();
      break;
    case 'rule.changed':
    case 'forward.changed':
      showing.forwarded();
      break;
    case 'message.received':
    case 'message.submitted':
    case 'message.delivered':
    case 'message.scanned':
      if (transit !== undefined) showing.passed(transit);
      break;
    case 'api.request':
    case 'other':
      showing.table();
      break;
    case 'logout':
    case 'message.refused':
    case 'message.deferred':
    case 'message.bounced':
    case 'message.discarded':
    case 'permission.changed':
    case 'app.consent':
    case 'account.changed':
    case 'password.changed':
    case 'configuration.changed':
    case 'audit.changed':
    case 'web.request':
    case 'connection':
      break;
  }
  return showing.shown;
};
