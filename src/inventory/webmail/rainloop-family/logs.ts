import type { AccessLog, LogSink, OwnRotation } from '../../../core/access-log.ts';
import type { Reach } from '../../../core/component.ts';
import { resolveFrom } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { atEnd, before, setIn } from '../../remedy.ts';
import { nameComesBack, nameLastsDays } from '../../syntax/date-names.ts';
import type { Product } from './copies.ts';
import { type IniValues, isYes } from './ini.ts';

const oneName = /\{[a-z-]{1,30}(?::[^{}]{0,60})?\}/g;

/** A file whose name is the same every day, or `{date:Y-m-d}` and its like, which name many. */
const sinkOf = (product: Product, folder: string, name: string): LogSink | undefined => {
  if (name === '') return undefined;
  const path = resolveFrom(folder, name.replace(oneName, '*'));
  if (/[{}]/.test(path)) return undefined;
  if (!path.includes('*')) return { to: 'file', path };
  const dates = [...name.matchAll(/\{date:([^{}]{0,60})\}/g)].map(([, date]) => date).join('');
  const period = nameComesBack(dates, 'php') ? undefined : nameLastsDays(dates, 'php');
  const rotation: OwnRotation = {
    why: `${product.name} writes files of many names (${name.slice(0, 100)}) and removes none`,
    removes: { is: 'nothing' },
    ...(period === undefined ? {} : { periodDays: period }),
    leaves: [path],
  };
  return { to: 'file', path, rotation };
};

const logins = (product: Product, values: IniValues, path: string, folder: string): AccessLog => {
  const flag = values.get('logs.auth_logging');
  const syslog = product.id === 'snappymail' ? values.get('logs.auth_syslog') : undefined;
  const toFile = isYes(flag, false);
  const toSyslog = isYes(syslog, false);
  if (!toFile && !toSyslog) {
    return {
      question: 'who logged in',
      emitted: 'off',
      why: 'auth_logging is off: not even refused logins are written down',
      because: flag?.because ?? { path },
      remedy: [
        '# It tells refused logins alone: keep the log of the IMAP server for the others.',
        setLogs(values, path, ['auth_logging = On', 'auth_logging_filename = "auth.log"']),
      ].join('\n'),
    };
  }
  const name = values.get('logs.auth_logging_filename')?.text ?? 'fail2ban/auth-{date:Y-m-d}.txt';
  const sink: LogSink | undefined = toFile
    ? sinkOf(product, folder, name)
    : { to: 'syslog', facility: 'authpriv', program: 'snappymail' };
  const isNamed = sink?.to === 'file' && !sink.path.includes('*');
  const where = toFile && !isNamed ? `, in ${folder}/${name.slice(0, 200)}` : '';
  return {
    question: 'who logged in',
    emitted: 'partial',
    why: `refused logins alone, with address and user${where}; logins that succeed are not told`,
    because: (toFile ? flag?.because : syslog?.because) ?? { path },
    remedy: `# no setting of ${product.name} logs logins that succeed: keep the log of the IMAP server behind it`,
    ...(sink === undefined ? {} : { sink }),
  };
};

/** Lines of `[logs]`: each in place of the one that sets it, others beside one of the section. */
const setLogs = (values: IniValues, path: string, lines: readonly string[]): string => {
  const places = lines.map(line => values.get(`logs.${line.slice(0, line.indexOf(' '))}`)?.because);
  const known = (i: number): boolean => places[i]?.path === path;
  const beside = [...values].find(
    ([key, value]) => key.startsWith('logs.') && value.because?.path === path,
  )?.[1].because;
  const others = lines.filter((_, i) => !known(i));
  const where = beside === undefined ? atEnd(path) : before(beside, 'within [logs]');
  return [
    ...lines.flatMap((line, i) => (known(i) ? [setIn(path, places[i]), line] : [])),
    ...(others.length === 0 ? [] : [where, ...(beside === undefined ? ['[logs]'] : []), ...others]),
  ].join('\n');
};

/** Commands to the mail servers and their answers are logged as INFO, which is level 6. */
const dialogueLevel = 6;

interface Dialogue {
  readonly state: 'on' | 'off' | 'unknown';
  readonly why: string;
  readonly because: Place;
}

/** Whether the talk with the mail servers goes into the log. */
const dialogueOf = (product: Product, values: IniValues, path: string): Dialogue => {
  const flag = values.get('logs.enable');
  if (!isYes(flag, false)) {
    return {
      state: 'off',
      why: 'logging is off ([logs] enable)',
      because: flag?.because ?? { path },
    };
  }
  const because = flag?.because ?? { path };
  const level = values.get('logs.level');
  if (product.id === 'snappymail') {
    if (level === undefined) {
      return {
        state: 'unknown',
        why: 'logging is on, but no level is stated: newer versions then keep warnings alone, older ones everything',
        because,
      };
    }
    if (!(Number(level.text) >= dialogueLevel)) {
      return {
        state: 'off',
        why: `its log keeps level ${level.text.slice(0, 10)} and graver; what it asks the mail servers is logged at level ${dialogueLevel}`,
        because: level.because,
      };
    }
    return { state: 'on', why: '', because };
  }
  const limit = ['write_on_error_only', 'write_on_php_error_only', 'write_on_timeout_only']
    .map(name => values.get(`logs.${name}`))
    .find(value => value !== undefined && isYes(value, false));
  if (limit !== undefined) {
    return {
      state: 'off',
      why: 'its log keeps requests that failed alone',
      because: limit.because,
    };
  }
  const session = values.get('logs.session_filter');
  return session !== undefined && session.text !== ''
    ? {
        state: 'off',
        why: 'its log keeps one session alone (session_filter)',
        because: session.because,
      }
    : { state: 'on', why: '', because };
};

const reading = (product: Product, values: IniValues, path: string, folder: string): AccessLog => {
  const { state, why, because } = dialogueOf(product, values, path);
  const name = values.get('logs.filename')?.text ?? 'log-{date:Y-m-d}.txt';
  const remedy = [
    '# Keep the log of the IMAP server behind it, which names user and message. As a second best,',
    '# with which parts of messages lie in the log, too:',
    setLogs(values, path, [
      'enable = On',
      ...(product.id === 'snappymail' ? [`level = ${dialogueLevel}`] : []),
      'hide_passwords = On',
      'filename = "{user:email}-{date:Y-m-d}.txt"',
    ]),
  ].join('\n');
  if (state !== 'on') return { question: 'who read what', emitted: state, why, because, remedy };
  const sink = name === 'syslog' || name === 'stderr' ? undefined : sinkOf(product, folder, name);
  const namesUser = /\{(?:user|imap):/.test(name);
  const where = name === 'syslog' || name === 'stderr' ? name : `${folder}/${name.slice(0, 200)}`;
  return {
    question: 'who read what',
    emitted: 'partial',
    why: `each command to the IMAP server and the beginning of its answer, in ${where}; messages are told by number${namesUser ? '' : ', and no line names the user: only the file name could ({user:email})'}`,
    because,
    ...(namesUser
      ? { remedy: '# keep the log of the IMAP server behind it, which names the messages' }
      : { remedy }),
    ...(sink === undefined ? {} : { sink }),
  };
};

/** `[logs]` of `application.ini`, as the version reads it. */
export const logsOf = (
  product: Product,
  values: IniValues,
  path: string,
  folder: string,
): readonly AccessLog[] => {
  const stated = product.id === 'snappymail' ? values.get('logs.path')?.text.trim() : '';
  const place = stated === undefined || stated === '' ? `${folder}/logs` : stated;
  return [logins(product, values, path, place), reading(product, values, path, place)];
};

/** What of other people's lies in its log: answers of the mail server, passwords. */
export const contentsLogged = (
  product: Product,
  values: IniValues,
  path: string,
): readonly Reach[] => {
  const { state, because } = dialogueOf(product, values, path);
  const hide = values.get('logs.hide_passwords');
  const logsPasswords =
    isYes(values.get('logs.enable'), false) && hide !== undefined && !isYes(hide, true);
  return [
    ...(state === 'on'
      ? [
          {
            resource: 'stored-mail',
            mode: 'read',
            extent:
              'the first 5 KB of each answer of the mail server, mail that is opened among it, which it writes into its log',
            because,
          } as const,
        ]
      : []),
    ...(logsPasswords
      ? [
          {
            resource: 'credentials',
            mode: 'read',
            extent:
              'the passwords of everybody who logs in: hide_passwords is off, its log holds them',
            because: hide.because,
          } as const,
        ]
      : []),
  ];
};
