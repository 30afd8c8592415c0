import type { Act, MailAct, MailboxAct, Touched } from './acts.ts';
import { ids, people } from './visit.ts';

/**
 * What each log of the mail host says of what clients did: the lines of `told.ts`. An act that a log's settings
 * do not log gives none, and that is said where it is so.
 */
type Expect = (act: Act, all: readonly Act[]) => readonly string[];

const who = ({ service, user, actor, from }: MailboxAct): string =>
  `${service} ${user}${actor === undefined ? '' : ` by ${actor}`} from ${from}`;

const idsOf = ({ messages = [] }: MailboxAct): readonly string[] => messages.map(({ id }) => id);

/** Mail for somebody here, as LMTP takes it; a bounce goes to whoever sent it. */
const deliveries = (act: MailAct): readonly (readonly [user: string, id: string])[] =>
  Object.entries(act.to).flatMap(([to, fate]) =>
    fate === 'delivered'
      ? [[to, act.id] as const]
      : fate === 'bounced'
        ? [[act.sender, '<a bounce>'] as const]
        : [],
  );

const isFirstOf = (user: string, act: MailAct, all: readonly Act[]): boolean =>
  all.find(each => each.what === 'mail' && deliveries(each).some(([to]) => to === user)) === act;

const login = (act: MailboxAct): string =>
  `login${act.actor === undefined ? '' : '.impersonated'}${act.done ? '' : ' FAILED'} ${who(act)}`;

/** How many bodies went out in the session that this is the end of. */
const bodies = ({ from }: MailboxAct, all: readonly Act[]): number =>
  all.flatMap(act => (act.what === 'read' && act.from === from ? (act.messages ?? []) : [])).length;

/** Dovecot's log, with `mail_log`, `auth_verbose` and `auth_user` among the elements of a login line. */
export const inDovecotsLog: Expect = (act, all) => {
  if (act.what === 'mail') {
    return deliveries(act).flatMap(([user, id]) => [
      ...(isFirstOf(user, act, all) ? [`other lmtp ${user} INBOX`] : []),
      `message.save lmtp ${user} INBOX ${id}`,
      `message.delivered lmtp ${user} INBOX ${id}`,
      // What Sieve does with Carol's: here her script runs.
      ...(id === ids.toCarol
        ? [people.friend, people.stranger].map(
            to => `message.submitted lmtp ${user} ${id} to ${to}`,
          )
        : []),
    ]);
  }
  switch (act.what) {
    case 'login': {
      // `auth` names no service, and of a master user that was refused no mailbox.
      if (!act.done && act.actor !== undefined)
        return [`login.impersonated FAILED unknown by ${act.actor} from ${act.from}`];
      if (!act.done) return [`login FAILED ${act.user} from ${act.from}`];
      // Of logins for Postfix only those that fail are logged.
      return act.service === 'submission' ? [] : [login(act)];
    }
    // Reading leaves a mark where it marks the message as seen; which message, nothing else tells.
    case 'read':
      return act.peeked === true
        ? []
        : idsOf(act).map(id => `message.change ${who(act)} INBOX ${id}`);
    case 'logout': {
      const read = bodies(act, all);
      return read === 0 ? [`logout ${who(act)}`] : [`message.read ${who(act)} x${read}`];
    }
    case 'append':
    case 'copy':
      return idsOf(act).map(id => `message.save ${who(act)} ${act.folder ?? ''} ${id}`);
    // A copy, and the original taken away.
    case 'move':
      return idsOf(act).flatMap(id => [
        `message.save ${who(act)} ${act.folder ?? ''} ${id}`,
        `message.delete ${who(act)} INBOX ${id}`,
      ]);
    case 'mark deleted':
      return idsOf(act).map(id => `message.change ${who(act)} INBOX ${id}`);
    case 'expunge':
      return idsOf(act).map(id => `message.delete ${who(act)} INBOX ${id}`);
    case 'create':
      return [`other ${who(act)} ${act.folder ?? ''}`];
    case 'select':
    case 'list':
    case 'search':
    case 'put script':
    case 'activate script':
      return [];
  }
};

/**
 * Dovecot's exported events, those of commands beside those of what they brought about; `named` where earlier lines
 * of the same log tell which message has which uid.
 */
const exported = (named: boolean): Expect => {
  const of = (folder: string, { id, uid }: Touched): string =>
    named ? id : `${folder};UID=${uid}`;
  return act => {
    if (act.what === 'mail') {
      return deliveries(act).flatMap(([user, id]) =>
        id === ids.toCarol
          ? [
              `message.submitted lmtp ${user} from 127.0.0.1 ${id} to ${people.friend}`,
              `message.submitted lmtp ${user} from 127.0.0.1 ${id}`,
              `message.delivered lmtp ${user} from 127.0.0.1 INBOX ${id} to ${user}`,
              `message.delivered lmtp ${user} from 127.0.0.1 to ${user}`,
            ]
          : [`message.delivered lmtp ${user} from 127.0.0.1 to ${user}`],
      );
    }
    const folder = act.folder ?? '';
    switch (act.what) {
      case 'login':
        return [login(act).replace(' submission ', ' smtp ')];
      case 'select':
        return [`mailbox.open ${who(act)} ${folder}`];
      // The command, and each message whose header was not in a cache.
      case 'list':
        return [
          `message.list ${who(act)} ${folder}`,
          ...(act.messages ?? []).map(
            each => `message.list ${who(act)} ${folder} ${of(folder, each)}`,
          ),
        ];
      case 'read':
        return (act.messages ?? []).map(
          each => `message.read ${who(act)} ${folder} ${of(folder, each)}`,
        );
      case 'search':
        return [`search ${who(act)} ${folder}`];
      case 'append':
      case 'copy':
        return [`message.save ${who(act)} ${folder}`];
      case 'move':
        return [
          `message.change ${who(act)} ${folder}`,
          ...(act.messages ?? []).map(
            each => `message.change ${who(act)} INBOX ${of('INBOX', each)}`,
          ),
        ];
      case 'mark deleted':
        return [`message.change ${who(act)} INBOX`];
      case 'expunge':
        return (act.messages ?? []).map(
          each => `message.delete ${who(act)} INBOX ${of('INBOX', each)}`,
        );
      // The client subscribes to a folder that it creates.
      case 'create':
        return [`other ${who(act)} ${folder}`, `other ${who(act)} ${folder}`];
      case 'put script':
        return [`rule.changed ${who(act)}`];
      case 'activate script':
        return [`rule.changed ${who(act)}`, `rule.changed ${who(act)}`];
      // In this version POP3 and ManageSieve export none.
      case 'logout':
        return act.service === 'imap' ? [`logout ${who(act)}`] : [];
    }
  };
};

export const amongExportedEvents: Expect = exported(false);
export const amongJoinedEvents: Expect = exported(true);

const fates = {
  delivered: 'message.delivered',
  'sent on': 'message.delivered',
  deferred: 'message.deferred FAILED',
  bounced: 'message.bounced FAILED',
  refused: 'message.refused FAILED',
} as const;

/** Postfix's log: logins that hand in nothing, and those of mailboxes, are not its own. */
export const inPostfixsLog: Expect = act => {
  if (act.what === 'login' && act.service === 'submission') return [login(act)];
  if (act.what !== 'mail') return [];
  const by = act.user === undefined ? '' : ` ${act.user}`;
  const from = `${act.service}${by} from ${act.from}`;
  const kind = act.user === undefined ? 'message.received' : 'message.submitted';
  return [
    `${kind} ${from} ${act.id}`,
    ...Object.entries(act.to).map(([to, fate]) =>
      // A recipient is refused before the message with its id comes.
      fate === 'refused'
        ? `${fates[fate]} ${from} to ${to}`
        : `${fates[fate]} ${from} ${act.id} to ${to}`,
    ),
    ...(Object.values(act.to).includes('bounced')
      ? [`message.delivered smtp <a bounce> to ${act.sender}`]
      : []),
    ...(act.id === ids.toCarol
      ? [
          `message.received smtp from 127.0.0.1 ${act.id}`,
          `message.delivered smtp from 127.0.0.1 ${act.id} to ${people.friend}`,
          'message.received smtp from 127.0.0.1 <an answer>',
          `message.delivered smtp from 127.0.0.1 <an answer> to ${people.stranger}`,
        ]
      : []),
  ];
};
