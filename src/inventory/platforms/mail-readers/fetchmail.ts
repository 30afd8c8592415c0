import { atTop, insteadOf } from '../../remedy.ts';
import type { Account, MailReader, ReaderUse } from './reader.ts';

interface Token {
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
}

/** Words of a run control file: quotes of both kinds, `#` comments, `:`, `;` and `,` are noise. */
const tokens = (text: string): readonly Token[] => {
  const out: Token[] = [];
  let i = 0;
  let line = 1;
  while (i < text.length) {
    const c = text.charAt(i);
    if (c === '\n') line += 1;
    if (/[\s,;:=]/.test(c)) {
      i += 1;
    } else if (c === '#') {
      const end = text.indexOf('\n', i);
      i = end < 0 ? text.length : end;
    } else if (c === '"' || c === "'") {
      const from = line;
      let word = '';
      for (i += 1; i < text.length && text.charAt(i) !== c; i++) {
        if (text.charAt(i) === '\\') i += 1;
        if (text.charAt(i) === '\n') line += 1;
        word += text.charAt(i);
      }
      i += 1;
      out.push({ text: word, quoted: true, line: from });
    } else {
      const from = i;
      while (i < text.length && !/[\s,;:="'#]/.test(text.charAt(i))) i += 1;
      out.push({ text: text.slice(from, i), quoted: false, line });
    }
  }
  return out;
};

/** Options that take a value, by the words that introduce them (fetchmail(1), keyword summary). */
const takesValue: ReadonlySet<string> = new Set([
  'via',
  'proto',
  'protocol',
  'port',
  'service',
  'auth',
  'authenticate',
  'timeout',
  'envelope',
  'qvirtual',
  'interface',
  'monitor',
  'plugin',
  'plugout',
  'dns',
  'principal',
  'esmtpname',
  'esmtppassword',
  'user',
  'username',
  'pass',
  'password',
  'is',
  'to',
  'folder',
  'smtphost',
  'smtpaddress',
  'smtpname',
  'fetchdomains',
  'antispam',
  'mda',
  'bsmtp',
  'preconnect',
  'postconnect',
  'limit',
  'warnings',
  'batchlimit',
  'fetchlimit',
  'fetchsizelimit',
  'fastuidl',
  'expunge',
  'sslcert',
  'sslkey',
  'sslproto',
  'sslcertpath',
  'sslcertfile',
  'sslcommonname',
  'sslfingerprint',
  'properties',
  'idfile',
  'logfile',
  'pidfile',
  'daemon',
  'postmaster',
  'localdomains',
  'aka',
]);

const protocols: Readonly<Record<string, string>> = {
  imap: 'IMAP',
  pop3: 'POP3',
  pop2: 'POP2',
  apop: 'POP3',
  rpop: 'POP3',
  kpop: 'POP3',
  sdps: 'POP3',
  etrn: 'ETRN',
  odmr: 'ODMR',
  auto: 'mail',
};

/** What an entry has set so far; a second user of the same server starts from its server options. */
interface Draft {
  host: string;
  line: number;
  protocol: string;
  keep: boolean | undefined;
  active: boolean;
  secretLine: number | undefined;
  users: number;
  pending: boolean;
}

const accountOf = (draft: Draft): Account => ({
  host: draft.host,
  protocol: draft.protocol,
  line: draft.line,
  removes: draft.keep !== true,
  ...(draft.secretLine === undefined ? {} : { secretLine: draft.secretLine }),
});

/** Reads ~/.fetchmailrc: free form, `poll` and `skip` start an entry (fetchmail(1)). */
const readControl = (text: string): ReaderUse | undefined => {
  const words = tokens(text);
  const settings = new Map<string, { value: string; line: number }>();
  const accounts: Account[] = [];
  let usualProtocol = 'mail';
  let usualKeep: boolean | undefined;
  let draft: Draft | undefined;
  let inDefaults = false;
  let seen = false;
  const flush = (): void => {
    if (draft !== undefined && draft.active && (draft.pending || draft.users === 0))
      accounts.push(accountOf(draft));
    if (draft !== undefined) draft.pending = false;
  };
  for (let i = 0; i < words.length && accounts.length < 5_000; i++) {
    const { text: raw, quoted, line } = words[i] ?? { text: '', quoted: true, line: 0 };
    const word = quoted ? '' : raw.toLowerCase();
    const next = words[i + 1];
    if (word === 'set' && next !== undefined) {
      const negated = next.text === 'no';
      const name = (negated ? words[i + 2]?.text : next.text) ?? '';
      const value = negated ? 'no' : takesValue.has(name) ? (words[i + 2]?.text ?? '') : 'yes';
      settings.set(name, { value, line });
      seen = true;
      i += value === 'yes' ? 1 : 2;
    } else if (word === 'defaults') {
      flush();
      inDefaults = true;
      draft = undefined;
      seen = true;
    } else if ((word === 'poll' || word === 'server' || word === 'skip') && next !== undefined) {
      flush();
      inDefaults = false;
      seen = true;
      draft = {
        host: next.text,
        line,
        protocol: usualProtocol,
        keep: usualKeep,
        active: word !== 'skip',
        secretLine: undefined,
        users: 0,
        pending: false,
      };
      i += 1;
    } else if (word === 'keep' || word === 'nokeep') {
      const keep = word === 'keep';
      if (draft !== undefined) draft.keep = keep;
      else if (inDefaults) usualKeep = keep;
    } else if (word === 'no' && next?.text === 'keep') {
      if (draft !== undefined) draft.keep = false;
      i += 1;
    } else if (takesValue.has(word) && next !== undefined) {
      if (
        (word === 'proto' || word === 'protocol') &&
        Object.hasOwn(protocols, next.text.toLowerCase())
      ) {
        const protocol = protocols[next.text.toLowerCase()] ?? 'mail';
        if (draft !== undefined) draft.protocol = protocol;
        else if (inDefaults) usualProtocol = protocol;
      } else if (word === 'via' && draft !== undefined) draft.host = next.text;
      else if ((word === 'user' || word === 'username') && draft !== undefined) {
        if (draft.pending) flush();
        // Each further user is an account of its own on the same server.
        if (draft.users > 0) draft = { ...draft, line, keep: usualKeep, secretLine: undefined };
        draft.users += 1;
        draft.pending = true;
      } else if ((word === 'pass' || word === 'password') && draft !== undefined)
        draft.secretLine = next.line;
      i += 1;
    }
  }
  flush();
  return seen ? { accounts, settings } : undefined;
};

export const fetchmail: MailReader = {
  tool: 'fetchmail',
  supplier: 'fetchmail project',
  binaries: ['/usr/bin/fetchmail', '/usr/local/bin/fetchmail'],
  packages: ['fetchmail'],
  system: ['/etc/fetchmailrc'],
  home: ['.fetchmailrc'],
  fileOptions: ['-f', '--fetchmailrc'],
  read: readControl,
  logs: ({ settings }, started, path) => {
    const logfile = settings.get('logfile');
    const syslog = settings.get('syslog');
    // Debian's init script adds --syslog unless the file says no.
    const toSyslog =
      syslog === undefined
        ? started.by === 'init' || started.args.includes('--syslog')
        : syslog.value !== 'no';
    const missing =
      'each fetched message is logged by account, number and size, without its Message-ID, sender or subject';
    if (logfile !== undefined || toSyslog) {
      const line = (toSyslog ? syslog : logfile)?.line;
      return [
        {
          question: 'who read what',
          emitted: 'partial',
          why: missing,
          because: { path, ...(line === undefined ? {} : { line }) },
          remedy:
            '# no setting of fetchmail logs more: have the mail server that it hands messages to log their Message-ID',
          sink:
            toSyslog || logfile === undefined
              ? { to: 'syslog', facility: 'mail', program: 'fetchmail' }
              : {
                  to: 'file',
                  path: logfile.value,
                  rotation: {
                    why: 'fetchmail only appends to its log and rotates nothing itself',
                    removes: { is: 'nothing' },
                  },
                },
        },
      ];
    }
    if (started.by === 'systemd' && started.unit !== undefined) {
      return [
        {
          question: 'who read what',
          emitted: 'partial',
          why: missing,
          because: { path },
          remedy:
            '# no setting of fetchmail logs more: have the mail server that it hands messages to log their Message-ID',
          sink: { to: 'journal', unit: started.unit },
        },
      ];
    }
    return [
      {
        question: 'who read what',
        emitted: 'off',
        why: 'neither syslog nor a log file is set: what it says goes to whoever starts it',
        because: { path },
        remedy: `${syslog === undefined ? atTop(path) : insteadOf({ path, line: syslog.line })}\nset syslog`,
        sink: { to: 'nowhere' },
      },
    ];
  },
};
