import type { Parsed } from '../../format.ts';
import { countOf, type EventParts, freeText, happened, personOf } from '../../reading.ts';
import { printable } from '../../text.ts';
import { isForeign, ownerOf } from './audit.ts';
import { type Base, repeated, type Seen, type SeenSessions } from './seen.ts';

const delivered = 'Delivered: ';
const opened = /^open: user (\S{1,320}) opened (.{1,400})$/;
const expunged = /^Expunged (\d{1,9}) messages from (.{1,400})$/;
/** What a POP3 session came to. */
const retrieved = /^counts: retr=<(\d{1,9})> /;
const renamed = /^Rename: (\S{1,400}) -> (\S{1,400})$/;
const mailbox = /^(Created|Deleted|Renamed) mailbox (.{1,400})$/;
const duplicate = /^dupelim: eliminated duplicate message to (\S{1,400}) id (<.{0,990}?>)/;
const command =
  /^sessionid=<([^<>\s]{1,200})> userid=<([^<>]{0,320})> command=<([A-Za-z ]{2,40})> mailbox=<([^<>]{0,400})>/;
const fetchKinds: Readonly<Record<string, 'mailbox.open' | 'search'>> = {
  select: 'mailbox.open',
  examine: 'mailbox.open',
  search: 'search',
  sort: 'search',
  thread: 'search',
};

/** Whose mailbox it is and who did it, of a line that names its process alone. */
const whoIn = (
  folder: string | undefined,
  base: Base,
  sessions: SeenSessions,
): Pick<EventParts, 'user' | 'actor' | 'from' | 'session'> => {
  const session = sessions.servedBy(base.pid);
  const seen: Seen = (session === undefined ? undefined : sessions.get(session)) ?? {};
  const owner = ownerOf(folder);
  return {
    user: personOf(owner ?? seen.user),
    actor: isForeign(owner, seen.user) ? personOf(seen.user) : undefined,
    from: seen.from,
    session: session === undefined ? undefined : printable(session),
  };
};

/** Where deletion is delayed (`delete_mode`), a deleted folder becomes one of `DELETED.…`. */
const renaming = (from: string, to: string, base: Base, sessions: SeenSessions): Parsed => {
  const deleted = /^DELETED[./]/.test(to);
  return happened({
    ...base,
    ...whoIn(from, base, sessions),
    kind: deleted ? 'message.delete' : 'other',
    outcome: 'success',
    folder: printable(deleted ? from : to),
    change: { mailbox: `${printable(from)} -> ${printable(to)}` },
    detail: deleted ? 'Deleted mailbox' : 'Renamed mailbox',
  });
};

/** Lines of access in prose; undefined for others. */
export const proseLine = (text: string, base: Base, sessions: SeenSessions): Parsed | undefined => {
  if (text.startsWith(delivered)) {
    // The sender chooses the id: the last of these words is Cyrus's.
    const at = text.lastIndexOf(' to mailbox: ');
    if (at < 0) return undefined;
    const folder = text.slice(at + ' to mailbox: '.length);
    const id = text.slice(delivered.length, at);
    return happened({
      ...base,
      kind: 'message.delivered',
      outcome: 'success',
      user: personOf(ownerOf(folder)),
      folder: printable(folder),
      messages: [
        {
          ...(id.startsWith('<') ? { messageId: printable(id, 998) } : {}),
          folder: printable(folder),
        },
      ],
    });
  }
  const open = opened.exec(text);
  if (open !== null) {
    return happened({
      ...base,
      kind: 'mailbox.open',
      outcome: 'success',
      user: personOf(open[1]),
      folder: printable(open[2] ?? ''),
    });
  }
  const gone = expunged.exec(text);
  if (gone !== null) {
    const folder = gone[2] ?? '';
    const session = sessions.servedBy(base.pid);
    return happened({
      ...base,
      ...whoIn(folder, base, sessions),
      kind: 'message.delete',
      outcome: 'success',
      folder: printable(folder),
      count: countOf(gone[1]),
      flags: repeated(sessions.hasTold(session, 'message.delete')),
    });
  }
  const moved = renamed.exec(text);
  if (moved !== null) return renaming(moved[1] ?? '', moved[2] ?? '', base, sessions);
  const fetched = countOf(retrieved.exec(text)?.[1]) ?? 0;
  if (fetched > 0) {
    return happened({
      ...base,
      ...whoIn(undefined, base, sessions),
      kind: 'message.read',
      outcome: 'success',
      count: fetched,
      detail: printable(text),
    });
  }
  const folder = mailbox.exec(text);
  if (folder !== null) {
    return happened({
      ...base,
      kind: folder[1] === 'Deleted' ? 'message.delete' : 'other',
      outcome: 'success',
      user: personOf(ownerOf(folder[2])),
      folder: printable(folder[2] ?? ''),
      detail: `${folder[1] ?? ''} mailbox`,
    });
  }
  const same = duplicate.exec(text);
  if (same !== null) {
    return happened({
      ...base,
      kind: 'message.discarded',
      outcome: 'success',
      user: personOf(ownerOf(same[1]) ?? same[1]),
      messages: [{ messageId: printable(same[2] ?? '', 998) }],
      detail: 'a duplicate',
    });
  }
  const timed = command.exec(text);
  const kind = fetchKinds[timed?.[3]?.toLowerCase().replace(/^uid /, '') ?? ''];
  if (timed === null || kind === undefined) return undefined;
  const seen = sessions.get(timed[1] ?? '');
  return happened({
    ...base,
    kind,
    outcome: 'unknown',
    user: personOf(timed[2]),
    from: seen?.from,
    session: printable(timed[1] ?? ''),
    folder: printable(timed[4] ?? ''),
    ...freeText(timed[3] ?? ''),
  });
};
