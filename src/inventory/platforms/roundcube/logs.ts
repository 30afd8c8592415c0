import type { AccessLog, LogSink } from '../../../core/access-log.ts';
import type { FileView } from '../../../core/files.ts';
import { joinPath, resolveFrom } from '../../../core/paths.ts';
import { atEnd } from '../../remedy.ts';
import { type PhpValue, phpAt, phpText, phpTruth } from '../../syntax/php-values.ts';
import type { Served } from '../../syntax/served.ts';
import { mailSoftware } from '../../webmail/mail-software.ts';
import { readingLog } from '../../webmail/reading-log.ts';
import { type Copy, isAtLeast } from './copies.ts';
import { type HostSettings, type Settings, setting, settingText, settingYes } from './settings.ts';

const facilities: Readonly<Record<number, string>> = {
  8: 'user',
  16: 'mail',
  24: 'daemon',
  32: 'auth',
  40: 'syslog',
  48: 'lpr',
  56: 'news',
  64: 'uucp',
  72: 'cron',
  80: 'authpriv',
  128: 'local0',
  136: 'local1',
  144: 'local2',
  152: 'local3',
  160: 'local4',
  168: 'local5',
  176: 'local6',
  184: 'local7',
};

/** The folder that log files go to: what is not there falls back to `logs` (`rcube_config::load`). */
const logFolder = (files: FileView, copy: Copy, settings: Settings): string => {
  const stated = settingText(settings, 'log_dir') ?? '';
  const wanted = stated === '' ? [] : [resolveFrom(copy.installPath, stated)];
  const candidates = [...wanted, `${copy.installPath}/logs`];
  const found = candidates.find(path => files.stat(path) !== undefined);
  return found === undefined ? (candidates[0] ?? '') : (files.real(found) ?? found);
};

type Target = { readonly sink?: LogSink; readonly why?: string };

/** Where `write_log(name)` goes. */
const targetOf = (files: FileView, copy: Copy, settings: Settings, name: string): Target => {
  const value = setting(settings, 'log_driver');
  const driver = value === undefined ? 'file' : phpText(value);
  if (driver === undefined) {
    return { why: value?.is === 'unknown' ? value.why : 'log_driver is no text' };
  }
  if (driver === 'syslog') {
    const stated = setting(settings, 'syslog_facility');
    const number = stated?.is === 'number' ? stated.number : stated === undefined ? 8 : Number.NaN;
    const facility = facilities[number];
    if (facility === undefined) return { why: 'syslog_facility is not decided in the file' };
    return {
      sink: { to: 'syslog', facility, program: settingText(settings, 'syslog_id') ?? 'roundcube' },
    };
  }
  if (driver === 'stdout') {
    return {
      why: 'log_driver is stdout, which PHP-FPM throws away unless catch_workers_output is on',
    };
  }
  const old = isAtLeast(copy, 1, 4) === false;
  const extension = settingText(settings, 'log_file_ext') ?? (old ? '' : '.log');
  const folder = logFolder(files, copy, settings);
  if (folder === '/dev/null') return { sink: { to: 'nowhere' } };
  return { sink: { to: 'file', path: joinPath(folder, `${name}${extension}`) } };
};

const withTarget = ({ sink }: Target): Pick<AccessLog, 'sink'> =>
  sink === undefined ? {} : { sink };

/** `$config['log_logins'] = true;` in the file that an administrator changes. */
const remedyFor = (settings: Settings, name: string, written: string): string => {
  const { file, variable, overrides } = settings;
  const over = phpAt(overrides, name);
  const first =
    over === undefined
      ? ''
      : `# In ${over.at.path}: remove env[ROUNDCUBE_${name.toUpperCase()}], which overrides every file.\n`;
  return `${first}${atEnd(file)}\n$${variable}['${name}'] = ${written};`;
};

const placed = (settings: Settings, value: PhpValue | undefined): Pick<AccessLog, 'because'> => ({
  because: value?.at ?? { path: settings.file },
});

/** What one switch writes down, for the files of one host name. */
const switchLog = (
  question: AccessLog['question'],
  settings: Settings,
  name: string,
  otherwise: boolean,
  words: { readonly on: string; readonly off: string },
  target: Target,
): AccessLog => {
  const value = setting(settings, name);
  const yes = settingYes(settings, name, otherwise);
  const base = { question, ...placed(settings, value) };
  const remedy = remedyFor(settings, name, 'true');
  if (yes === undefined) {
    const why = value?.is === 'unknown' ? value.why : 'it is not decided in the file';
    return { ...base, emitted: 'unknown', why: `${name}: ${why}`, remedy, ...withTarget(target) };
  }
  if (!yes) {
    return { ...base, emitted: 'off', why: words.off, remedy, sink: { to: 'nowhere' } };
  }
  if (target.why !== undefined) {
    return {
      ...base,
      emitted: 'unknown',
      why: `${words.on}, and where that goes cannot be told: ${target.why}`,
      remedy: remedyFor(settings, 'log_driver', "'file'"),
    };
  }
  if (target.sink?.to === 'nowhere') {
    const why = `${words.on}, and log_dir is /dev/null, which keeps nothing`;
    const folder = "RCUBE_INSTALL_PATH . 'logs/'";
    return {
      ...base,
      emitted: 'off',
      why,
      remedy: remedyFor(settings, 'log_dir', folder),
      ...withTarget(target),
    };
  }
  return { ...base, emitted: 'on', why: words.on, ...withTarget(target) };
};

const order = ['off', 'unknown', 'partial', 'on'] as const;

/** Of the files for several host names, the one that tells least decides: a thief takes that one. */
const worstOf = (
  main: AccessLog,
  hosts: readonly { readonly host: string; readonly log: AccessLog }[],
): AccessLog => {
  const worst = hosts
    .filter(({ log }) => order.indexOf(log.emitted) < order.indexOf(main.emitted))
    .sort((a, b) => order.indexOf(a.log.emitted) - order.indexOf(b.log.emitted))[0];
  if (worst === undefined) return main;
  return {
    ...worst.log,
    emitted: worst.log.emitted === 'off' ? 'partial' : worst.log.emitted,
    why: `for ${worst.host.slice(0, 100)}: ${worst.log.why}; for others it is ${main.emitted}`,
    ...(main.sink === undefined ? {} : { sink: main.sink }),
  };
};

const loginLog = (files: FileView, copy: Copy, settings: Settings): AccessLog =>
  switchLog(
    'who logged in',
    settings,
    'log_logins',
    false,
    {
      on: 'log_logins is on: user, address and session of each login, failed ones too',
      off: 'log_logins is off: only failed logins are written, to the error log',
    },
    targetOf(files, copy, settings, 'userlogins'),
  );

/** Older releases keep the log of what was sent for each user, where he has a folder for it. */
const isPerUser = (files: FileView, copy: Copy, settings: Settings): boolean => {
  if (settingYes(settings, 'per_user_logging', false) !== true) return false;
  const path = `${copy.folder}/program/lib/Roundcube/rcube.php`;
  const source = files.stat(path) === undefined ? undefined : files.text(path);
  return source === undefined
    ? isAtLeast(copy, 1, 5) === false
    : !/\[?'userlogins',\s*'sendmail'/.test(source);
};

const sendLog = (files: FileView, copy: Copy, settings: Settings): AccessLog => {
  const log = switchLog(
    'what was sent',
    settings,
    'smtp_log',
    true,
    {
      on: 'smtp_log is on: user, address, Message-ID and recipients of each message that is sent',
      off: 'smtp_log is off',
    },
    targetOf(files, copy, settings, 'sendmail'),
  );
  if (log.emitted !== 'on' || !isPerUser(files, copy, settings)) return log;
  return {
    ...log,
    emitted: 'partial',
    why: 'per_user_logging is on: it is written for those users alone who have a folder of their own in log_dir',
    remedy: remedyFor(settings, 'per_user_logging', 'false'),
  };
};

const webmail = mailSoftware.find(({ name }) => name === 'Roundcube');

const debugs = (files: FileView, copy: Copy, settings: Settings): string => {
  const found = ['imap_debug', 'smtp_debug', 'sql_debug'].filter(
    name => settingYes(settings, name, false) === true,
  );
  const first = found[0];
  if (first === undefined) return '';
  const { sink } = targetOf(files, copy, settings, first.replace('_debug', ''));
  const path = sink?.to === 'file' ? sink.path : 'the same log';
  return `; ${found.join(', ')} ${found.length === 1 ? 'is' : 'are'} on, which also ${found.length === 1 ? 'writes' : 'write'} what is said to that server, message texts included, to ${path}`;
};

const readLog = (
  files: FileView,
  copy: Copy,
  settings: Settings,
  routes: readonly Served[],
): AccessLog => {
  // What comes through a web server in front stands in the log of the one behind it too.
  const own = routes.filter(({ isFront }) => isFront !== true);
  const [log] =
    webmail === undefined ? [] : readingLog(own.map(route => ({ route, software: webmail })));
  const more = debugs(files, copy, settings);
  if (log !== undefined) {
    return { ...log, why: `Roundcube writes down no reading itself; ${log.why}${more}` };
  }
  return {
    question: 'who read what',
    emitted: 'unknown',
    why: `Roundcube writes down no reading itself: it shows in the access log of the web server alone, and none that was read serves this copy${more}`,
    because: { path: settings.file },
    remedy:
      '# no setting of Roundcube shows it: keep the access log of the web server, with the request and the session cookie, and the log of the IMAP server',
  };
};

/** What a copy writes down. */
export const roundcubeLogs = (
  files: FileView,
  copy: Copy,
  settings: Settings,
  hosts: readonly HostSettings[],
  routes: readonly Served[],
): readonly AccessLog[] => {
  const over = (log: (one: Settings) => AccessLog): AccessLog =>
    worstOf(
      log(settings),
      hosts.map(({ host, settings: own }) => ({ host, log: log(own) })),
    );
  return [
    over(own => loginLog(files, copy, own)),
    readLog(files, copy, settings, routes),
    over(own => sendLog(files, copy, own)),
  ];
};

/** `password_log`: whose password the plug-in changed. */
export const passwordLog = (files: FileView, copy: Copy, settings: Settings): AccessLog => {
  const value = setting(settings, 'password_log');
  const isOn = value === undefined ? false : phpTruth(value);
  const base = { question: 'what was changed', ...placed(settings, value) } as const;
  const target = targetOf(files, copy, settings, 'password');
  const remedy = remedyFor(settings, 'password_log', 'true');
  if (isOn === undefined) {
    return { ...base, emitted: 'unknown', why: 'password_log is not decided in the file', remedy };
  }
  if (!isOn) {
    return {
      ...base,
      emitted: 'off',
      why: 'password_log is off: a changed password leaves no line',
      remedy,
      sink: { to: 'nowhere' },
    };
  }
  if (settingYes(settings, 'per_user_logging', false) === true) {
    return {
      ...base,
      emitted: 'partial',
      why: 'password_log is on, and per_user_logging writes it for those users alone who have a folder of their own in log_dir',
      remedy: remedyFor(settings, 'per_user_logging', 'false'),
    };
  }
  return target.why === undefined
    ? {
        ...base,
        emitted: 'on',
        why: 'password_log is on: user, ID and address',
        ...withTarget(target),
      }
    : {
        ...base,
        emitted: 'unknown',
        why: `password_log is on, and where it goes cannot be told: ${target.why}`,
        remedy,
      };
};
