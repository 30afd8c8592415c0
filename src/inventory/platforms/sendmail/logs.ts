import type { AccessLog, LogSink } from '../../../core/access-log.ts';
import type { FileView } from '../../../core/files.ts';
import { optionOf } from '../../daemons/daemon.ts';
import { atEnd, before, insteadOf, setIn } from '../../remedy.ts';
import { cfOption } from '../../syntax/sendmail-cf.ts';
import { saslSettings } from './auth.ts';
import type { Sendmail } from './found.ts';
import { debianSettings, portsOf } from './listening.ts';

interface Level {
  readonly level: number;
  readonly because: { readonly path: string; readonly line?: number };
}

/** `LogLevel`, 9 unless set; `-OLogLevel=` and `-oL` of the command line come last. */
const levelOf = ({ cf, path, daemon }: Sendmail): Level => {
  const words = daemon?.words ?? [];
  const asked = words.findLast(
    ({ text }, i) =>
      /^-(?:O\s*LogLevel=|oL)\d+$/i.test(text) ||
      (/^LogLevel=\d+$/i.test(text) && words[i - 1]?.text === '-O'),
  );
  if (asked !== undefined) {
    return { level: Number(/\d+$/.exec(asked.text)?.[0] ?? 9), because: asked.because };
  }
  const setting = cfOption(cf, 'LogLevel') ?? cf.options.findLast(({ name }) => name === 'L');
  if (setting === undefined) return { level: 9, because: { path } };
  return { level: Number.parseInt(setting.value, 10) || 0, because: setting.at };
};

/** Debian's script names the daemon sm-mta; elsewhere it is called as its program is. */
const sinkOf = (files: FileView, { daemon }: Sendmail): LogSink => {
  const asked = daemon === undefined ? undefined : optionOf(daemon.words, '-L')?.text;
  const isDebian = files.stat(debianSettings) !== undefined;
  return {
    to: 'syslog',
    facility: 'mail',
    program: asked ?? (isDebian ? 'sm-mta' : 'sendmail'),
  };
};

const remedyOf = ({ mc, mcPath, path }: Sendmail, { because }: Level): string => {
  const defined = mc.findLast(({ name, args }) => name === 'define' && args[0] === 'confLOG_LEVEL');
  const inCf = because.path === path;
  if (!inCf)
    return `# In ${because.path}: take the log level off the command line, or set it to 9.`;
  if (mc.length === 0) {
    return `${setIn(path, because)}\nO LogLevel=9\n# then: systemctl restart sendmail`;
  }
  const mailer = mc.find(({ name }) => name === 'MAILER');
  const where =
    defined !== undefined
      ? insteadOf(defined.at)
      : mailer === undefined
        ? atEnd(mcPath)
        : before(mailer.at, 'the first MAILER');
  return `${where}\ndefine(\`confLOG_LEVEL', \`9')dnl\n# then: make -C /etc/mail && systemctl restart sendmail`;
};

/** Whether clients can be expected to log in. */
export const asksLogins = (files: FileView, found: Sendmail): boolean =>
  cfOption(found.cf, 'AuthMechanisms') !== undefined ||
  found.cf.classes.has('TrustAuthMech') ||
  portsOf(found).some(({ asksLogin }) => asksLogin) ||
  saslSettings(files) !== undefined;

/** What is written at which level: the Operation Guide, section 2.1.1. */
export const sendmailLogs = (files: FileView, found: Sendmail): readonly AccessLog[] => {
  const level = levelOf(found);
  const sink = sinkOf(files, found);
  const base = { because: level.because, sink };
  const isLess = level.level < 9;
  const remedy = isLess ? { remedy: remedyOf(found, level) } : {};
  const login: AccessLog = {
    question: 'who logged in',
    emitted: isLess ? 'off' : 'on',
    why: isLess
      ? `LogLevel is ${level.level}: logins are logged from 9 on`
      : 'each login is logged with AUTH=server, authid and address',
    ...base,
    ...remedy,
  };
  const missing =
    level.level < 5
      ? 'neither senders (from 5 on) nor deliveries (from 8 on) are logged'
      : level.level < 8
        ? 'senders are logged; deliveries, and with them recipients, from 8 on'
        : 'senders and deliveries are logged; mail that waits from 9 on';
  const sent: AccessLog = {
    question: 'what was sent',
    emitted: level.level < 5 ? 'off' : isLess ? 'partial' : 'on',
    why: isLess
      ? `LogLevel is ${level.level}: ${missing}`
      : 'sender, Message-ID and size of each message, and each delivery with its recipients; subjects are never logged',
    ...base,
    ...remedy,
  };
  return [...(asksLogins(files, found) ? [login] : []), sent];
};
