import type { AccessLog, LogSink, OwnRotation } from '../../../core/access-log.ts';
import type { Place } from '../../../core/place.ts';
import { after, atEnd, atTop, insteadOf } from '../../remedy.ts';
import { type Driver, type Setting, settingNamed } from '../../syntax/exim.ts';
import { splitEximList } from '../../syntax/exim-lists.ts';
import { serverAuthenticators } from './auth.ts';
import { type Exim, valueOf } from './context.ts';
import {
  debianFolder,
  generatedPath,
  localMacrosPath,
  settingsPath,
  templatePath,
} from './debian.ts';

/** Selectors that logins need, beyond what Exim writes anyway (spec 53.15). */
const loginSelectors = ['smtp_no_mail'] as const;
type Selector = (typeof loginSelectors)[number] | 'subject';

/** `+name` and `-name`, in order; what is on at first holds none of those needed. */
const isSelected = (setting: Setting | undefined, name: Selector): boolean => {
  let on = false;
  for (const [, sign, word] of (setting?.value ?? '').matchAll(/([-+])\s*([a-z0-9_]+)/g)) {
    if (word === name || word === 'all') on = sign === '+';
  }
  return on;
};

const fallbackPath = (exim: Exim): string | undefined => {
  const program = exim.setup.program?.logPath;
  if (program !== undefined) return program;
  const { package: owner } = exim.identity;
  if (owner?.ecosystem === 'deb') return '/var/log/exim4/%slog';
  if (owner?.ecosystem !== 'rpm') return undefined;
  if (owner.name === 'cpanel-exim') return '/var/log/exim_%slog';
  return owner.name === 'exim' ? '/var/log/exim/%s.log' : undefined;
};

/** Where the main log goes (spec 53.2): a file, syslog, or both, of which the file is named. */
const sinkOf = (exim: Exim): { readonly sink?: LogSink; readonly because?: Place } => {
  const { main } = exim.setup.config;
  const setting = settingNamed(main, 'log_file_path');
  const paths =
    setting === undefined || setting.value.trim() === '' ? [''] : splitEximList(setting.value);
  const path = paths.find(item => item !== 'syslog');
  const because = setting === undefined ? {} : { because: setting.at };
  const written = path === '' ? fallbackPath(exim) : path;
  if (path === undefined && paths.includes('syslog')) {
    const facility = settingNamed(main, 'syslog_facility')?.value ?? 'mail';
    const program = settingNamed(main, 'syslog_processname')?.value ?? 'exim';
    return { sink: { to: 'syslog', facility, program }, ...because };
  }
  if (written === undefined || !written.startsWith('/')) return because;
  const file = written.replace('%s', 'main');
  const dated = /%([DM])/.exec(file);
  if (dated === null) return { sink: { to: 'file', path: file }, ...because };
  const named = file.replace(/%[DM]/, '*');
  const daily = dated[1] === 'D';
  const rotation: OwnRotation = {
    why: `Exim begins a new file each ${daily ? 'day' : 'month'} and removes none`,
    ...because,
    removes: { is: 'nothing' },
    periodDays: daily ? 1 : 31,
    leaves: [named],
  };
  return { sink: { to: 'file', path: named, rotation }, ...because };
};

/** Where the selector is to be changed: Exim refuses a second `log_selector`. */
const selectorRemedy = (exim: Exim, missing: readonly Selector[]): readonly string[] => {
  if (missing.length === 0) return [];
  const { setup } = exim;
  if (setup.path === generatedPath && !setup.fromDebian) {
    return [
      `# ${generatedPath} is not what ${debianFolder} makes of it. First run:\n#   update-exim4.conf && systemctl restart exim4\n# and run Postern again: what is missing then is told with its place. Missing now:\n# log_selector ${missing.map(name => `+${name}`).join(' ')}`,
    ];
  }
  const setting = settingNamed(setup.config.main, 'log_selector');
  const value = [setting?.value.trim() ?? '', ...missing.map(name => `+${name}`)]
    .filter(text => text !== '')
    .join(' ');
  const macro = setup.macros.find(({ name }) => name === 'MAIN_LOG_SELECTOR');
  const isDebian = setup.fromDebian;
  const isSplit = setting?.at.path.includes('/conf.d/') === true;
  const restart = `# then: update-exim4.conf && systemctl restart exim4`;
  const usesMacro = macro !== undefined && setting?.value.trim() === macro.value.trim();
  if (isDebian && usesMacro) {
    const shipped = macro.path === templatePath || /\/main\/\d+_exim4-config_\w+$/.test(macro.path);
    const split = isSplit || usesSplit(exim);
    const own = split ? '/etc/exim4/conf.d/main/000_local_macros' : localMacrosPath;
    const where = shipped ? atEnd(own, 'make it if it is not there') : insteadOf(macro);
    return [`${where}\nMAIN_LOG_SELECTOR = ${value}\n${restart}`];
  }
  const again = isDebian ? restart : '# then: systemctl restart exim';
  if (setting !== undefined) {
    return [`${insteadOf(setting.at)}\nlog_selector = ${value}\n${again}`];
  }
  const file = isDebian
    ? usesSplit(exim)
      ? '/etc/exim4/conf.d/main/95_local_log_selector'
      : templatePath
    : setup.path;
  return [`${atTop(file)}\nlog_selector = ${value}\n${again}`];
};

const usesSplit = (exim: Exim): boolean =>
  /^[ \t]*dc_use_split_config=['"]?true/im.test(
    exim.files.stat(settingsPath)?.kind === 'file' ? (exim.files.text(settingsPath) ?? '') : '',
  );

/** What holds the user's name once somebody is let in (spec 33.4, 34.1 to 41.1). */
const setIdOf = (driver: Driver): string => {
  const isPlain =
    valueOf(driver, 'driver')?.value === 'plaintext' &&
    (valueOf(driver, 'public_name')?.value ?? driver.name).toUpperCase() === 'PLAIN';
  return isPlain ? '$auth2' : '$auth1';
};

const placeOf = (exim: Exim, setting: Setting | undefined): Place =>
  setting?.at ?? { path: exim.setup.path };

const loginLog = (exim: Exim, missing: readonly Selector[]): readonly AccessLog[] => {
  const servers = serverAuthenticators(exim);
  if (servers.length === 0) return [];
  const selector = settingNamed(exim.setup.config.main, 'log_selector');
  const nameless = servers.filter(driver => valueOf(driver, 'server_set_id') === undefined);
  const quiet = !isSelected(selector, 'smtp_no_mail');
  const { sink } = sinkOf(exim);
  const base = { question: 'who logged in', ...(sink === undefined ? {} : { sink }) } as const;
  if (nameless.length === 0 && !quiet) {
    return [
      {
        ...base,
        emitted: 'on',
        why: 'each message is logged with A= and the user who logged in to send it, each session that sent none with smtp_no_mail, and each refused login',
        because: placeOf(exim, selector),
      },
    ];
  }
  const [first] = nameless;
  return [
    {
      ...base,
      emitted: 'partial',
      why: [
        'each message that is sent after a login is logged with A= and the authenticator, each refused login too',
        ...(first === undefined
          ? []
          : [
              `${nameless.map(({ name }) => name).join(', ')} without server_set_id ${nameless.length === 1 ? 'does' : 'do'} not say which user`,
            ]),
        ...(quiet ? ['a login after which nothing is sent is not logged (smtp_no_mail)'] : []),
      ].join('; '),
      because: first?.at ?? placeOf(exim, selector),
      remedy: [
        ...nameless.map(
          driver =>
            `${after(driver.at, `within authenticator ${driver.name}`)}\nserver_set_id = ${setIdOf(driver)}`,
        ),
        ...selectorRemedy(exim, missing),
      ].join('\n'),
    },
  ];
};

/**
 * Exim's main log (spec chapter 53): each arrival names sender and Message-ID, each delivery the
 * recipient, with the address that it was sent to where an alias led elsewhere.
 */
export const eximLogs = (exim: Exim): readonly AccessLog[] => {
  const selector = settingNamed(exim.setup.config.main, 'log_selector');
  const hasLogins = serverAuthenticators(exim).length > 0;
  const missing = hasLogins ? loginSelectors.filter(name => !isSelected(selector, name)) : [];
  const hasSubject = isSelected(selector, 'subject');
  const { sink, because } = sinkOf(exim);
  const sent: AccessLog = {
    question: 'what was sent',
    emitted: 'on',
    why: `sender, Message-ID and size of each message, and each delivery with its recipient${hasSubject ? '; its subject, too' : '; the subject is absent unless log_selector has +subject'}`,
    because: selector?.at ?? because ?? { path: exim.setup.path },
    ...(sink === undefined ? {} : { sink }),
  };
  return [...loginLog(exim, missing), sent];
};
