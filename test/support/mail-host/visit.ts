import { answered, talk } from '../talk.ts';
import type { Act, Fate, MailboxAct, Touched } from './acts.ts';
import { handIn, rawLetter, withImap } from './clients.ts';
import { type MailHost, master, password } from './host.ts';

export const ids = {
  sent: '<sent-1@example.test>',
  outside: '<outside-1@remote.test>',
  toCarol: '<outside-2@remote.test>',
  appended: '<appended-1@example.test>',
  appendedToo: '<appended-2@example.test>',
} as const;

export const people = {
  alice: 'alice@example.test',
  bob: 'bob@example.test',
  carol: 'carol@example.test',
  stranger: 'stranger@remote.test',
  friend: 'friend@remote.test',
} as const;

/** Sent on to a friend, and answered, since Carol is away. */
const script = `require ["vacation", "copy"];
redirect :copy "${people.friend}";
vacation :days 1 :subject "Away" "I am away.";
`;

type Told = Omit<MailboxAct, 'began' | 'ended' | 'done'>;

/** The list of what clients did, in its order. */
class Diary {
  readonly acts: Act[] = [];

  /** Does something that succeeds, and notes what of it the client got to know. */
  async act<T>(
    told: Told,
    run: () => Promise<T>,
    learned: (result: T) => Partial<MailboxAct> = () => ({}),
  ): Promise<void> {
    const began = Date.now();
    const result = await run();
    this.acts.push({ ...told, began, ended: Date.now(), done: true, ...learned(result) });
  }

  /** Tries something that must not succeed. */
  async refused(told: Told, run: () => Promise<unknown>): Promise<void> {
    const began = Date.now();
    const worked = await run().then(
      () => true,
      () => false,
    );
    if (worked) throw new Error(`${told.what} of ${told.user} worked`);
    this.acts.push({ ...told, began, ended: Date.now(), done: false });
  }

  note(began: number, ...acts: readonly Told[]): void {
    const ended = Date.now();
    for (const told of acts) this.acts.push({ ...told, began, ended, done: true });
  }
}

/** Its login is logged by another process than what follows, which under load may be quicker. */
const loggedIn = ({ logs, until }: MailHost, from: string): Promise<void> =>
  until(logs.dovecot, text => new RegExp(`: Login: .* rip=${from},`).test(text));

/** Alice hands in a message for four, and somebody tries her password. */
const submissions = async ({ ports }: MailHost, diary: Diary): Promise<void> => {
  const to: Readonly<Record<string, Fate>> = {
    [people.bob]: 'delivered',
    [people.friend]: 'sent on',
    'later@remote.test': 'deferred',
    'nobody@remote.test': 'bounced',
  };
  const letter = { from: people.alice, to: Object.keys(to), id: ids.sent, subject: 'Minutes' };
  const login = { user: people.alice, pass: password };
  const began = Date.now();
  await handIn(ports.submission, '127.0.0.2', letter, login);
  const who = { service: 'submission', user: people.alice, from: '127.0.0.2' } as const;
  diary.note(began, { what: 'login', ...who });
  const { from: sender, id } = letter;
  diary.acts.push({ what: 'mail', ...who, sender, id, to, began, ended: Date.now() });
  await diary.refused({ what: 'login', ...who, from: '127.0.0.3' }, () =>
    handIn(ports.submission, '127.0.0.3', letter, { ...login, pass: 'wrong' }),
  );
};

/** A stranger's server brings mail; not all of it is for somebody here. */
const stranger = async (
  { ports }: MailHost,
  diary: Diary,
  id: string,
  to: Readonly<Record<string, Fate>>,
): Promise<void> => {
  const began = Date.now();
  const from = '127.0.0.4';
  const sender = people.stranger;
  const letter = { from: sender, to: Object.keys(to), id, subject: 'News' };
  const refused = await handIn(ports.smtp, from, letter);
  const told = { service: 'smtp', from, sender, id, to, began, ended: Date.now() } as const;
  diary.acts.push({ what: 'mail', ...told });
  const expected = Object.keys(to).filter(each => to[each] === 'refused');
  if (refused.join() !== expected.join()) throw new Error(`refused: ${refused.join()}`);
};

/** Bob's own day with an IMAP client, after somebody tried his password. */
const owner = async (host: MailHost, diary: Diary): Promise<void> => {
  const { ports } = host;
  const who = { service: 'imap', user: people.bob, from: '127.0.0.5' } as const;
  const inbox = { ...who, folder: 'INBOX' } as const;
  const archive = { ...who, folder: 'Archive' } as const;
  const elsewhere = { ...who, from: '127.0.0.6' } as const;
  await diary.refused({ what: 'login', ...elsewhere }, () =>
    withImap(ports.imap, { ...elsewhere, pass: 'wrong' }, async () => {}),
  );
  const began = Date.now();
  await withImap(ports.imap, who, async client => {
    diary.note(began, { what: 'login', ...who });
    await loggedIn(host, who.from);
    await diary.act({ what: 'select', ...inbox }, () => client.mailboxOpen('INBOX'));
    const sent = (found: readonly { readonly uid: number }[]): Partial<MailboxAct> => ({
      messages: found.map(({ uid }) => ({ id: ids.sent, uid })),
    });
    await diary.act(
      { what: 'list', ...inbox },
      () => client.fetchAll('1:*', { envelope: true }),
      sent,
    );
    await diary.act(
      { what: 'read', peeked: true, ...inbox },
      () => client.fetchAll('1', { source: true }),
      sent,
    );
    await diary.act({ what: 'search', ...inbox }, () => client.search({ subject: 'Minutes' }));
    await diary.act({ what: 'create', ...archive }, () => client.mailboxCreate('Archive'));
    const uids = new Map<string, number>();
    for (const id of [ids.appended, ids.appendedToo]) {
      await diary.act(
        { what: 'append', ...inbox },
        () => client.append('INBOX', rawLetter(id, 'Appended')),
        answer => {
          const uid = answer === false ? 0 : (answer.uid ?? 0);
          uids.set(id, uid);
          return { messages: [{ id, uid }] };
        },
      );
    }
    const touched = (id: string): readonly Touched[] => [{ id, uid: uids.get(id) ?? 0 }];
    await diary.act({ what: 'copy', ...archive, messages: touched(ids.appended) }, () =>
      client.messageCopy('2', 'Archive'),
    );
    await diary.act({ what: 'move', ...archive, messages: touched(ids.appendedToo) }, () =>
      client.messageMove('3', 'Archive'),
    );
    const deletes = Date.now();
    await client.messageDelete('2');
    for (const what of ['mark deleted', 'expunge'] as const) {
      diary.note(deletes, { what, ...inbox, messages: touched(ids.appended) });
    }
    const idling = client.idle();
    await new Promise(done => setTimeout(done, 100));
    await client.noop();
    await idling;
  });
  diary.note(began, { what: 'logout', ...who });
};

/** Bob reads, which marks the message as seen. */
const reader = async (host: MailHost, diary: Diary): Promise<void> => {
  const who = { service: 'imap', user: people.bob, from: '127.0.0.7' } as const;
  const began = Date.now();
  await talk(
    host.ports.imap,
    [
      `a1 LOGIN ${who.user} "${password}"\r\n`,
      () => loggedIn(host, who.from).then(() => 'a2 SELECT INBOX\r\n'),
      'a3 UID FETCH 1 (BODY[])\r\n',
      'a4 LOGOUT\r\n',
    ],
    answered.imap,
    who.from,
  );
  const inbox = { ...who, folder: 'INBOX' } as const;
  diary.note(
    began,
    { what: 'login', ...who },
    { what: 'select', ...inbox },
    { what: 'read', ...inbox, messages: [{ id: ids.sent, uid: 1 }] },
    { what: 'logout', ...who },
  );
};

/** The help desk looks into Bob's mailbox over TLS, after somebody tried to be the help desk. */
const masterUser = async (host: MailHost, diary: Diary): Promise<void> => {
  const { ports } = host;
  const who = { service: 'imap', user: people.bob, actor: master, from: '127.0.0.8' } as const;
  const login = { user: `${people.bob}*${master}`, secure: true } as const;
  await diary.refused({ what: 'login', ...who, from: '127.0.0.9' }, () =>
    withImap(ports.imaps, { ...login, from: '127.0.0.9', pass: 'wrong' }, async () => {}),
  );
  const began = Date.now();
  await withImap(ports.imaps, { ...login, from: who.from }, async client => {
    diary.note(began, { what: 'login', ...who });
    await loggedIn(host, who.from);
    const contents = { INBOX: [ids.sent], Archive: [ids.appended, ids.appendedToo] } as const;
    for (const folder of ['INBOX', 'Archive'] as const) {
      await diary.act({ what: 'select', ...who, folder }, () =>
        client.mailboxOpen(folder, { readOnly: true }),
      );
      await diary.act(
        { what: 'read', peeked: true, ...who, folder },
        () => client.fetchAll('1:*', { source: true }),
        found => ({
          messages: found.map(({ uid }, i) => ({ id: contents[folder][i] ?? '', uid })),
        }),
      );
    }
  });
  diary.note(began, { what: 'logout', ...who });
};

/** Carol fetches by POP3 what the stranger brought. */
const pop3 = async (host: MailHost, diary: Diary): Promise<void> => {
  const who = { service: 'pop3', user: people.carol, from: '127.0.0.10' } as const;
  const began = Date.now();
  await talk(
    host.ports.pop3,
    [
      `USER ${who.user}\r\n`,
      `PASS ${password}\r\n`,
      () => loggedIn(host, who.from).then(() => 'RETR 1\r\n'),
      'QUIT\r\n',
    ],
    answered.pop3,
    who.from,
  );
  diary.note(
    began,
    { what: 'login', ...who },
    { what: 'read', ...who, folder: 'INBOX', messages: [{ id: ids.outside, uid: 1 }] },
    { what: 'logout', ...who },
  );
};

/** Carol has her mail sent on, and goes on holiday. */
const sieve = async (host: MailHost, diary: Diary): Promise<void> => {
  const who = { service: 'managesieve', user: people.carol, from: '127.0.0.11' } as const;
  const plain = Buffer.from(`\0${who.user}\0${password}`).toString('base64');
  const began = Date.now();
  const answers = await talk(
    host.ports.sieve,
    [
      `AUTHENTICATE "PLAIN" "${plain}"\r\n`,
      () =>
        loggedIn(host, who.from).then(
          () => `PUTSCRIPT "holiday" {${script.length}+}\r\n${script}\r\n`,
        ),
      'SETACTIVE "holiday"\r\n',
      'LOGOUT\r\n',
    ],
    answered.sieve,
    who.from,
  );
  if (/^NO/m.test(answers)) throw new Error(answers);
  for (const what of ['login', 'put script', 'activate script', 'logout'] as const) {
    diary.note(began, { what, ...who });
  }
};

const count = (text: string, what: RegExp): number => text.match(what)?.length ?? 0;

/** Everything that clients do on one day, and the list of it; all of it is in the logs then. */
export const visit = async (host: MailHost): Promise<readonly Act[]> => {
  const { logs, until } = host;
  const diary = new Diary();
  const stored = (id: string): Promise<void> =>
    until(logs.dovecot, text => text.includes(`msgid=${id}, `));
  await submissions(host, diary);
  await stored(ids.sent);
  await stranger(host, diary, ids.outside, {
    [people.carol]: 'delivered',
    'ghost@example.test': 'refused',
    [people.friend]: 'refused',
  });
  await stored(ids.outside);
  for (const day of [owner, reader, masterUser, pop3, sieve]) await day(host, diary);
  await stranger(host, diary, ids.toCarol, { [people.carol]: 'delivered' });
  // The bounce, and what Sieve sent out; then what is told of the deliveries.
  await until(
    logs.postfix,
    text =>
      count(text, /status=sent/g) === 7 &&
      count(text, /disconnect from unknown\[127\.0\.0\.[234]\]/g) === 4,
  );
  const finished = /"smtp_server_transaction_rcpt_finished"/g;
  for (const log of [logs.dovecot, logs.events]) {
    await until(log, text => count(text, finished) === 4);
  }
  await until(logs.dovecot, text => count(text, /: Disconnect from /g) === 4);
  return diary.acts;
};
