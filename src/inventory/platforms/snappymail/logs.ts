import type { AccessLog, LogSink } from '../../../core/access-log.ts';
import type { Reach } from '../../../core/component.ts';
import { resolveFrom } from '../../../core/paths.ts';
import type { Product } from './copies.ts';
import { type IniValues, isYes } from './ini.ts';

/** A file whose name is the same every day; patterns such as `{date:Y-m-d}` name no one file. */
const sinkOf = (folder: string, name: string): LogSink | undefined =>
  name === '' || name.includes('{') ? undefined : { to: 'file', path: resolveFrom(folder, name) };

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
      remedy: `# in ${path}, section [logs]:\nauth_logging = On\nauth_logging_filename = "auth.log"\n# it tells refused logins alone: keep the log of the IMAP server for the others`,
    };
  }
  const name = values.get('logs.auth_logging_filename')?.text ?? 'fail2ban/auth-{date:Y-m-d}.txt';
  const sink: LogSink | undefined = toFile
    ? sinkOf(folder, name)
    : { to: 'syslog', facility: 'authpriv', program: 'snappymail' };
  const where = toFile && sink === undefined ? `, in ${folder}/${name.slice(0, 200)}` : '';
  return {
    question: 'who logged in',
    emitted: 'partial',
    why: `refused logins alone, with address and user${where}; logins that succeed are not told`,
    because: (toFile ? flag?.because : syslog?.because) ?? { path },
    remedy: `# no setting of ${product.name} logs logins that succeed: keep the log of the IMAP server behind it`,
    ...(sink === undefined ? {} : { sink }),
  };
};

const reading = (product: Product, values: IniValues, path: string, folder: string): AccessLog => {
  const flag = values.get('logs.enable');
  const level = values.get('logs.level');
  const hasLevel = product.id === 'snappymail';
  const isOn = isYes(flag, false);
  const isDebug = !hasLevel || Number(level?.text ?? '4') >= 7;
  const limits = ['write_on_error_only', 'write_on_php_error_only', 'write_on_timeout_only']
    .map(name => values.get(`logs.${name}`))
    .find(value => value !== undefined && isYes(value, false));
  const name = values.get('logs.filename')?.text ?? 'log-{date:Y-m-d}.txt';
  const remedy = `# in ${path}, section [logs] (the log grows fast; the IMAP server's own log of read messages is the better one):\nenable = On${hasLevel ? '\nlevel = 7' : ''}\nhide_passwords = On\nfilename = "{user:email}-{date:Y-m-d}.txt"`;
  if (!isOn || !isDebug || limits !== undefined) {
    return {
      question: 'who read what',
      emitted: 'off',
      why: !isOn
        ? 'logging is off ([logs] enable)'
        : !isDebug
          ? `its log keeps level ${(level?.text ?? '4').slice(0, 10)} and graver, requests are logged at level 7`
          : 'its log keeps requests that failed alone',
      because: (!isOn ? flag : !isDebug ? (level ?? flag) : limits)?.because ?? { path },
      remedy,
    };
  }
  const sink: LogSink | undefined =
    name === 'syslog' ? undefined : name === 'stderr' ? undefined : sinkOf(folder, name);
  const namesUser = /\{(?:user|imap):/.test(name);
  return {
    question: 'who read what',
    emitted: 'partial',
    why: `each request with the commands it sends to the IMAP server, in ${folder}/${name.slice(0, 200)}; ${namesUser ? 'messages are told by number, not by what they are' : 'messages are told by number, and the lines do not name the user: only the file name could ({user:email})'}`,
    because: flag?.because ?? { path },
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

/** `hide_passwords = Off` while it logs. */
export const passwordsLogged = (values: IniValues): readonly Reach[] => {
  const hide = values.get('logs.hide_passwords');
  if (hide === undefined || isYes(hide, true) || !isYes(values.get('logs.enable'), false))
    return [];
  return [
    {
      resource: 'credentials',
      mode: 'read',
      extent: 'the passwords of everybody who logs in: hide_passwords is off, its log holds them',
      because: hide.because,
    },
  ];
};
