/**
 * Lines of a mixed Postfix and Dovecot log as a provider's host with mailboxes writes it, made up, and the same in
 * every run: sessions and messages that begin and end, side by side, each with the lines that the programs write of
 * it. Whoever reads it finds queue ids and sessions again, as in a true log.
 *
 * What the shares rest on: people's programs look for mail far more often than mail comes, most connections from
 * outside bring no mail, and half the lines of a message are steps of it. `mail_log` is on, which is what keeps
 * reads on the record.
 */
interface Unit {
  readonly name: string;
  /** Of a hundred units, so many are such. */
  readonly share: number;
  /** Its lines, with the seconds that pass before each. */
  readonly lines: () => readonly (readonly [seconds: number, line: string])[];
}

const linesOfSecond = 40;
const usersCount = 20_000;
const families = ['suzuki', 'sato', 'tanaka', 'ito', 'kato'];
const folders = ['INBOX', 'INBOX', 'INBOX', 'Sent', 'Trash', 'Archive.2026', 'Drafts'];
const letters = '0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz';
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

class Maker {
  private state = 42;
  private queued = 0;
  second = 0;

  below(max: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * max);
  }

  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }

  some(alphabet: string, length: number): string {
    let out = '';
    for (let i = 0; i < length; i += 1) out += alphabet[this.below(alphabet.length)] ?? '';
    return out;
  }

  /** A few have much mail, and most have some. */
  user(): string {
    const number = Math.min(this.below(usersCount), this.below(usersCount));
    return `${families[number % families.length] ?? ''}${number}@example.jp`;
  }

  stranger(): string {
    return `${this.one(['info', 'news', 'orders', 'k.mori', 'a.berg'])}@${this.peer()}`;
  }

  peer(): string {
    return `mail${this.below(3_000)}.example.test`;
  }

  ip(): string {
    return `${this.one(['203.0.113', '198.51.100', '192.0.2'])}.${this.below(256)}`;
  }

  /** A long queue id: the second, the microsecond, the inode. */
  queueId(): string {
    this.queued += 1;
    return `4j${letters[Math.floor(this.second / 2_704) % 52] ?? ''}${letters[Math.floor(this.second / 52) % 52] ?? ''}${letters[this.second % 52] ?? ''}${this.some(letters, 4)}z${this.some(letters, 6)}`;
  }

  session(): string {
    return `${this.some(base64, 11)}/AAAB`;
  }

  seconds(): string {
    return `${this.below(4)}.${this.below(100)}`;
  }

  mailbox(): readonly (readonly [number, string])[] {
    const user = this.user();
    const session = this.session();
    const pid = 100_000 + this.below(900_000);
    const who = `dovecot: imap(${user})<${pid}><${session}>: `;
    const lines: (readonly [number, string])[] = [
      [
        0,
        `dovecot: imap-login: Login: user=<${user}>, method=PLAIN, rip=${this.ip()}, lip=192.0.2.10, mpid=${pid}, TLS, session=<${session}>`,
      ],
    ];
    for (let acts = this.below(3); acts > 0; acts -= 1) {
      const uid = 1 + this.below(40_000);
      const folder = this.one(folders);
      const of = `box=${folder}, uid=${uid}, msgid=<${this.some(letters, 22)}@${this.peer()}>, size=${1_000 + this.below(90_000)}`;
      const act = this.one(['flag_change', 'flag_change', 'expunge', 'save', 'copy from INBOX']);
      const flags = act === 'flag_change' ? String.raw`, flags=(\Seen)` : '';
      lines.push([1 + this.below(30), `${who}${act}: ${of}${flags}`]);
    }
    const read = this.below(3);
    lines.push([
      1 + this.below(200),
      `${who}Disconnected: Logged out in=${200 + this.below(4_000)} out=${900 + this.below(200_000)} deleted=${this.below(2)} expunged=0 trashed=0 hdr_count=${this.below(40)} hdr_bytes=${this.below(20_000)} body_count=${read} body_bytes=${read * this.below(90_000)}`,
    ]);
    return lines;
  }

  incoming(): readonly (readonly [number, string])[] {
    const id = this.queueId();
    const client = `${this.peer()}[${this.ip()}]`;
    const smtpd = `postfix/smtpd[${2_000 + this.below(60)}]: `;
    const user = this.user();
    const messageId = `${this.some(letters, 22)}@${this.peer()}`;
    const pid = 100_000 + this.below(900_000);
    const session = this.session();
    const size = 2_000 + this.below(90_000);
    return [
      [0, `${smtpd}connect from ${client}`],
      [0, `${smtpd}${id}: client=${client}`],
      [0, `postfix/cleanup[${2_100 + this.below(60)}]: ${id}: message-id=<${messageId}>`],
      [
        0,
        `postfix/qmgr[901]: ${id}: from=<${this.stranger()}>, size=${size}, nrcpt=1 (queue active)`,
      ],
      [
        0,
        `${smtpd}disconnect from ${client} ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7`,
      ],
      [
        1,
        `dovecot: lmtp(${user})<${pid}><${session}>: sieve: msgid=<${messageId}>: stored mail into mailbox 'INBOX'`,
      ],
      [
        0,
        `postfix/lmtp[${2_300 + this.below(60)}]: ${id}: to=<${user}>, relay=mail01.example.jp[private/dovecot-lmtp], delay=${this.seconds()}, delays=0.1/0/0.01/0.2, dsn=2.0.0, status=sent (250 2.0.0 <${user}> ${this.session()} Saved)`,
      ],
      [0, `postfix/qmgr[901]: ${id}: removed`],
    ];
  }

  outgoing(): readonly (readonly [number, string])[] {
    const id = this.queueId();
    const client = `unknown[${this.ip()}]`;
    const smtpd = `postfix/submission/smtpd[${2_400 + this.below(60)}]: `;
    const user = this.user();
    const lines: (readonly [number, string])[] = [
      [0, `${smtpd}connect from ${client}`],
      [
        0,
        `${smtpd}Anonymous TLS connection established from ${client}: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256`,
      ],
      [1, `${smtpd}${id}: client=${client}, sasl_method=PLAIN, sasl_username=${user}`],
      [
        0,
        `postfix/cleanup[${2_100 + this.below(60)}]: ${id}: message-id=<${this.some(letters, 22)}@example.jp>`,
      ],
      [
        0,
        `postfix/qmgr[901]: ${id}: from=<${user}>, size=${900 + this.below(90_000)}, nrcpt=1 (queue active)`,
      ],
      [
        0,
        `${smtpd}disconnect from ${client} ehlo=2 starttls=1 auth=1 mail=1 rcpt=1 data=1 quit=1 commands=8`,
      ],
    ];
    const relay = `${this.peer()}[${this.ip()}]:25`;
    const smtp = `postfix/smtp[${2_200 + this.below(60)}]: `;
    const to = `${id}: to=<${this.stranger()}>, relay=${relay}`;
    if (this.below(8) === 0) {
      lines.push([
        2,
        `${smtp}${to}, delay=${this.seconds()}, delays=0.1/0/1/0.4, dsn=4.2.0, status=deferred (host ${relay} said: 450 4.2.0 Greylisted, try again later (in reply to RCPT TO command))`,
      ]);
    }
    lines.push(
      [
        1,
        `${smtp}${to}, delay=${this.seconds()}, delays=0.1/0/0.4/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ${this.queueId()})`,
      ],
      [0, `postfix/qmgr[901]: ${id}: removed`],
    );
    return lines;
  }

  refused(): readonly (readonly [number, string])[] {
    const peer = this.peer();
    const client = `${peer}[${this.ip()}]`;
    const smtpd = `postfix/smtpd[${2_000 + this.below(60)}]: `;
    const rcpt = this.user();
    return [
      [0, `${smtpd}connect from ${client}`],
      [
        1,
        `${smtpd}NOQUEUE: reject: RCPT from ${client}: 554 5.7.1 Service unavailable; Client host [${this.ip()}] blocked using zen.example.test; from=<${this.stranger()}> to=<${rcpt}> proto=ESMTP helo=<${peer}>`,
      ],
      [0, `${smtpd}disconnect from ${client} ehlo=1 mail=1 rcpt=0/1 quit=1 commands=3/4`],
    ];
  }

  /** Who tries passwords. */
  guessing(): readonly (readonly [number, string])[] {
    const ip = this.ip();
    if (this.below(2) === 0) {
      const user = this.user();
      const session = this.session();
      return [
        [0, `dovecot: auth: passwd-file(${user},${ip},<${session}>): Password mismatch`],
        [
          2,
          `dovecot: imap-login: Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): user=<${user}>, method=PLAIN, rip=${ip}, lip=192.0.2.10, TLS, session=<${session}>`,
        ],
      ];
    }
    const smtpd = `postfix/submission/smtpd[${2_400 + this.below(60)}]: `;
    return [
      [0, `${smtpd}connect from unknown[${ip}]`],
      [
        2,
        `${smtpd}warning: unknown[${ip}]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=${this.user()}`,
      ],
      [0, `${smtpd}lost connection after AUTH from unknown[${ip}]`],
      [0, `${smtpd}disconnect from unknown[${ip}] ehlo=1 auth=0/1 commands=1/2`],
    ];
  }
}

/** Which units, and what share of them: about half of the lines are Dovecot's. */
const unitsOf = (maker: Maker): readonly Unit[] => [
  { name: 'sessions in mailboxes', share: 62, lines: () => maker.mailbox() },
  { name: 'mail that comes in', share: 13, lines: () => maker.incoming() },
  { name: 'mail that goes out', share: 5, lines: () => maker.outgoing() },
  { name: 'mail that is refused', share: 10, lines: () => maker.refused() },
  { name: 'guesses of passwords', share: 10, lines: () => maker.guessing() },
];

const two = (value: number): string => String(value).padStart(2, '0');

const stampOf = (second: number): string =>
  `Jun ${two(29 + (Math.floor(second / 86_400) % 2))} ${two(Math.floor(second / 3_600) % 24)}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;

/** @returns the log, and what it consists of, in words. */
export const mixedLog = (lines: number): { readonly log: Buffer; readonly mix: string } => {
  const maker = new Maker();
  const units = unitsOf(maker);
  const kinds = units.flatMap((unit, kind) => Array.from({ length: unit.share }, () => kind));
  const waiting = new Map<number, string[]>();
  const parts: Buffer[] = [];
  let out: string[] = [];
  let count = 0;
  let dovecots = 0;
  const linesOf = units.map(() => 0);
  for (let second = 0; count < lines; second += 1) {
    maker.second = second;
    const now = waiting.get(second) ?? [];
    waiting.delete(second);
    while (now.length < linesOfSecond) {
      let at = second;
      const kind = kinds[maker.below(kinds.length)] ?? 0;
      for (const [passed, line] of units[kind]?.lines() ?? []) {
        linesOf[kind] = (linesOf[kind] ?? 0) + 1;
        at += passed;
        if (at === second) now.push(line);
        else {
          const then = waiting.get(at);
          if (then === undefined) waiting.set(at, [line]);
          else then.push(line);
        }
      }
    }
    const stamp = stampOf(second);
    for (const line of now.slice(0, lines - count)) {
      out.push(`${stamp} mail01 ${line}\n`);
      if (line.startsWith('dovecot')) dovecots += 1;
      count += 1;
    }
    if (out.length < 10_000 && count < lines) continue;
    parts.push(Buffer.from(out.join(''), 'latin1'));
    out = [];
  }
  const made = linesOf.reduce((sum, each) => sum + each, 0);
  const share = (of: number): string => `${Math.round(of * 100)} %`;
  const mix = units.map(({ name }, i) => `${name} ${share((linesOf[i] ?? 0) / made)}`).join(', ');
  return {
    log: Buffer.concat(parts),
    mix: `${mix}; ${share(dovecots / count)} are Dovecot's`,
  };
};
