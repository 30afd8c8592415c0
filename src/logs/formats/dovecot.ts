import type { Envelope, FormatContext, LogFormat, LogReader, Parsed } from '../format.ts';
import { happened, onHost, quiet, timedBy, unparsed } from '../reading.ts';
import { detailOf } from '../text.ts';
import { anyStamp, epochStamp, type StampReader } from '../time/stamps.ts';
import { orTrouble } from '../trouble.ts';
import { authLine } from './dovecot/auth.ts';
import { deliveryLine } from './dovecot/delivery.ts';
import { doveadmLine } from './dovecot/doveadm.ts';
import { eventRecord, looksLikeEvent } from './dovecot/event-record.ts';
import { loginLine } from './dovecot/login.ts';
import { type Memory, memoryOf } from './dovecot/memory.ts';
import { type Prefix, prefixOf } from './dovecot/prefix.ts';
import { sessionLine } from './dovecot/session-line.ts';

/** What each process of Dovecot writes about. */
const processes: ReadonlyMap<string, 'login' | 'auth' | 'session' | 'delivery' | 'quiet'> = new Map(
  [
    ...[
      'imap-login',
      'pop3-login',
      'managesieve-login',
      'submission-login',
      'lmtp-login',
      'sieve-login',
      'imap-urlauth-login',
      'script-login',
      'doveadm-login',
    ].map(name => [name, 'login'] as const),
    ...['auth', 'auth-worker', 'dovecot-auth', 'auth-master', 'auth-login'].map(
      name => [name, 'auth'] as const,
    ),
    ...[
      'imap',
      'pop3',
      'managesieve',
      'submission',
      'doveadm',
      'imap-hibernate',
      'imap-urlauth',
      'imap-urlauth-worker',
      'dsync',
      'dsync-local',
      'dsync-remote',
      'doveadm-server',
      'script',
      'script-login-user',
      'rawlog',
    ].map(name => [name, 'session'] as const),
    ...['lmtp', 'lda', 'deliver', 'dovecot-lda', 'sieve', 'sieve-test', 'sieve-filter'].map(
      name => [name, 'delivery'] as const,
    ),
    ...[
      'anvil',
      'config',
      'dict',
      'dict-async',
      'dict-expire',
      'director',
      'dns-client',
      'dns',
      'fts',
      'health-check',
      'indexer',
      'indexer-worker',
      'ipc',
      'log',
      'master',
      'old-stats',
      'quota-status',
      'replicator',
      'aggregator',
      'ssl-params',
      'ssl-build-param',
      'stats',
      'tcpwrap',
      'welcome',
      'cassandra',
      'dovecot',
      'doveconf',
      'push-notification',
      'lua',
      'decode2text',
      'xml2text',
      'memcached',
      'imap-notify',
    ].map(name => [name, 'quiet'] as const),
  ],
);

const undelivered = /^Failed to export event /;
const suppressed = /\((\d{1,9}) more errors suppressed\)$/;

/** Events that were exported and did not arrive: who reads them does not know of these. */
const statsLine = ({ text }: Prefix, time: Parameters<typeof authLine>[1]): Parsed =>
  undelivered.test(text)
    ? happened({
        kind: 'other',
        time,
        outcome: 'failure',
        component: 'dovecot',
        service: 'stats',
        count: 1 + Number(suppressed.exec(text)?.[1] ?? 0),
        detail: detailOf(text),
        flags: ['throttled'],
      })
    : quiet('stats');

const byProcess = (
  prefix: Prefix,
  time: Parameters<typeof authLine>[1],
  memory: Memory,
): Parsed => {
  switch (processes.get(prefix.service)) {
    case 'login':
      return loginLine(prefix, time, memory);
    case 'auth':
      return authLine(prefix, time, memory);
    case 'session':
      // IMAPSieve(7): a script that runs where messages are moved and marked.
      if (prefix.text.startsWith('sieve: ')) return deliveryLine(prefix, time, memory);
      if (prefix.service === 'doveadm') {
        const administered = doveadmLine(prefix, time);
        if (administered !== undefined) return administered;
      }
      return prefix.args === '' || prefix.level === 'debug'
        ? quiet(prefix.service)
        : sessionLine(prefix, time, memory);
    case 'delivery':
      // Since 2.4 ManageSieve is called so.
      if (prefix.service === 'sieve' && prefix.text.startsWith('Disconnected: ')) {
        return sessionLine({ ...prefix, service: 'managesieve' }, time, memory);
      }
      return prefix.level === 'debug' ? quiet(prefix.service) : deliveryLine(prefix, time, memory);
    case 'quiet':
      return prefix.service === 'stats' ? statsLine(prefix, time) : quiet(prefix.service);
    case undefined:
      return unparsed('no process of Dovecot that is known');
  }
};

const tai64 = /^@4[0-9a-f]{7}([0-9a-f]{8})([0-9a-f]{8}) /;

/** `@400000004c91b044077a9e94`: multilog(8) counts seconds since 1970, ten ahead of UTC. */
const tai64Stamp: StampReader = text => {
  const match = tai64.exec(text);
  if (match === null) return undefined;
  const [whole, seconds = '', nanoseconds = ''] = match;
  const ms =
    (Number.parseInt(seconds, 16) - 10) * 1_000 +
    Math.trunc(Number.parseInt(nanoseconds, 16) / 1e6);
  const stamp = epochStamp(ms, whole.trim());
  return stamp === undefined ? undefined : { stamp, end: whole.length };
};

/** Dovecot 1 wrote its name before the stamp. */
const ownName = 'dovecot: ';

const ownStamp: StampReader = (text, from) =>
  text.charCodeAt(0) === 0x40
    ? tai64Stamp(text)
    : anyStamp(text, text.startsWith(ownName) ? ownName.length : from);

/** Dovecot 1 wrote the level before the process: `Info: imap-login: Login: …`. */
const levelFirst = /^(?:Info|Warning|Warn|Error|Debug): (?=[A-Za-z][A-Za-z0-9_-]{1,38}[(:])/;

const levelOf = (text: string): string => {
  const first = text.charCodeAt(0);
  // I, W, E and D.
  return first === 0x49 || first === 0x57 || first === 0x45 || first === 0x44
    ? (levelFirst.exec(text)?.[0] ?? '')
    : '';
};

const programs = /^dovecot(?:-auth)?$/;

const read =
  (context: FormatContext, memory: Memory) =>
  (envelope: Envelope): Parsed => {
    const { time, text: timed } = timedBy(envelope, context, ownStamp);
    let text = timed;
    // Without syslog the host or the word `dovecot:` may still stand in front.
    if (text.startsWith(ownName)) text = text.slice(ownName.length);
    const level = levelOf(text);
    if (level !== '') text = text.slice(level.length);
    if (text.startsWith('stats: ')) {
      // In a file of its own Dovecot writes the level before it.
      const from = 'stats: '.length + (text.startsWith('Info: ', 'stats: '.length) ? 6 : 0);
      if (looksLikeEvent(text, from)) return eventRecord(text.slice(from), context, time, memory);
    }
    const own = envelope.program ?? '';
    const prefix =
      // A module of PAM speaks for whoever loaded it.
      (text.startsWith('pam_') ? prefixOf(`auth: ${text}`) : undefined) ??
      prefixOf(level.startsWith('Debug') ? text.replace(': ', ': Debug: ') : text) ??
      // Dovecot 0.99 named the user with the process: `imap(bob): Disconnected`.
      (own !== 'dovecot' && (processes.has(own) || telling.test(own))
        ? prefixOf(`${own}: ${text}`)
        : undefined) ??
      (own === 'dovecot-auth' ? prefixOf(`auth: ${text}`) : undefined);
    if (prefix === undefined) {
      return /^(?:Dovecot (?:v|starting)|Error: |Warning: |Fatal: |Panic: |Info: |Killed|Received|warning|Last died|SIGHUP|child \d|Generating|ssl|Server shutting|Shutting down|(?:Auth|Login|Master) process|Temporary failure|Fixing permissions|Renamed|listen\(|open\(|Invalid |Maximum |\w{1,30} failed)/i.test(
        text,
      )
        ? orTrouble(
            quiet('Dovecot itself'),
            { time, component: 'dovecot', pid: envelope.pid },
            text,
          )
        : unparsed('no line of a process of Dovecot');
    }
    // Old versions and PAM name the process as the program: `imap-login: Login: …`, `auth: pam_unix(…)`.
    if (processes.has(own) && !processes.has(prefix.service)) {
      const outer = prefixOf(`${own}: ${text}`);
      if (outer !== undefined) return byProcess(outer, time, memory);
    }
    const parsed = byProcess(prefix, time, memory);
    return prefix.level !== 'error'
      ? parsed
      : orTrouble(
          parsed,
          { time, component: 'dovecot', service: prefix.service, pid: prefix.pid },
          prefix.text,
        );
  };

const open = (context: FormatContext): LogReader => {
  const readLine = read(context, memoryOf(context.openMax));
  return { read: envelope => onHost(readLine(envelope), envelope) };
};

/** Processes whose names nobody else uses for a program or a first word. */
const telling =
  /^(?:(?:imap|pop3|managesieve|submission)-login|auth-worker|(?:imap|IMAP|pop3|POP3|managesieve|MANAGESIEVE|lmtp|lda|deliver|dovecot-lda)(?:\(|<))/;

const sniff = ({ program, message, stamp }: Envelope): number => {
  if (program !== undefined) {
    if (programs.test(program)) return 1;
    if (telling.test(program)) return 0.9;
    return (program === 'auth' && message.includes('(dovecot:auth)')) ||
      (program === 'deliver' && message.includes('msgid='))
      ? 0.9
      : 0;
  }
  const text =
    stamp === undefined ? message.slice(ownStamp(message)?.end ?? 0).trimStart() : message;
  const named = text.startsWith(ownName) ? text.slice(ownName.length) : text;
  const first = named.slice(levelOf(named).length);
  if (telling.test(first)) return 0.9;
  const prefix = prefixOf(first);
  if (prefix === undefined || !processes.has(prefix.service)) return 0;
  return first.slice(prefix.service.length).startsWith(': ') ? 0.6 : 0.8;
};

/** Dovecot 2.x, and what still holds of 1.x. */
export const dovecot: LogFormat = {
  id: 'dovecot',
  title: 'Dovecot: IMAP, POP3, LMTP, ManageSieve, authentication',
  sniff,
  open,
};
