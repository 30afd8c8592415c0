import type { AccessLog, LogSink, OwnRotation } from '../../../core/access-log.ts';
import type { Place } from '../../../core/place.ts';
import { atEnd } from '../../remedy.ts';
import { type PhpValue, phpAt, phpTruth } from '../../syntax/php-values.ts';
import { textAt } from './values.ts';

const ranks = ['EMERG', 'ALERT', 'CRIT', 'ERR', 'WARN', 'NOTICE', 'INFO', 'DEBUG'];

/** Facilities by number, `LOG_USER` is 8 (syslog(3)). */
const facilities = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
];

const facilityOf = (value: PhpValue | undefined): string => {
  if (value?.is !== 'number') return 'user';
  const index = value.number >> 3;
  return index >= 16 && index <= 23 ? `local${index - 16}` : (facilities[index] ?? 'user');
};

interface Setting {
  /** Undefined: nothing is written; the reason is in `why`. */
  readonly rank?: number;
  readonly unknown?: string;
  readonly why: string;
  readonly because: Place;
  readonly sink?: LogSink;
}

/** Of the type `file`, `params.append` decides between the modes `a+` and `w+` of fopen(3). */
const rotationOf = (
  log: PhpValue | undefined,
  type: 'file' | 'stream',
): { readonly rotation?: OwnRotation } => {
  const append = phpAt(phpAt(log, 'params'), 'append');
  const because = (append ?? log)?.at;
  const place = because === undefined ? {} : { because };
  const isOn = type === 'stream' ? true : append === undefined ? false : phpTruth(append);
  if (isOn === undefined) return {};
  return {
    rotation: isOn
      ? {
          why: 'Horde only appends to its log and rotates nothing itself',
          ...place,
          removes: { is: 'nothing' },
        }
      : {
          why: "Horde empties its log whenever it opens it, so at each request: $conf['log']['params']['append'] is not set",
          ...place,
          removes: { is: 'unknown' },
        },
  };
};

/** `$conf['log']` as Horde_Core_Factory_Logger takes it. */
const settingOf = (conf: PhpValue | undefined, path: string): Setting => {
  const log = phpAt(conf, 'log');
  const enabled = phpAt(log, 'enabled');
  const on = phpTruth(enabled);
  const because = enabled?.at ?? log?.at ?? { path };
  if (conf === undefined || (on === undefined && enabled !== undefined)) {
    const unknown = enabled?.is === 'unknown' ? enabled.why : `${path} could not be read`;
    return { unknown, why: unknown, because };
  }
  if (on !== true) return { why: "$conf['log']['enabled'] is not set", because };
  const type = textAt(log, 'type')?.text ?? 'null';
  if (type !== 'file' && type !== 'stream' && type !== 'syslog') {
    return { why: `$conf['log']['type'] is ${type}: nothing is written`, because };
  }
  const stated = phpAt(log, 'priority');
  if (stated?.is === 'unknown') return { unknown: stated.why, why: stated.why, because: stated.at };
  const named = (textAt(log, 'priority')?.text ?? '').replace(/^WARNING$/, 'WARN');
  // A name that Horde_Log does not have is taken for NOTICE.
  const rank = ranks.includes(named) ? ranks.indexOf(named) : ranks.indexOf('NOTICE');
  const file = textAt(log, 'name')?.text;
  const sink: LogSink | undefined =
    type === 'syslog'
      ? {
          to: 'syslog',
          facility: facilityOf(phpAt(log, 'name')),
          program: textAt(log, 'ident')?.text ?? 'HORDE',
        }
      : file?.startsWith('/') === true
        ? { to: 'file', path: file, ...rotationOf(log, type) }
        : undefined;
  return {
    rank,
    why: `its log keeps ${ranks[rank] ?? 'NOTICE'} and graver`,
    because: stated?.at ?? because,
    ...(sink === undefined ? {} : { sink }),
  };
};

const remedyOf = (path: string, priority: string): string =>
  `${atEnd(path)}\n$conf['log']['enabled'] = true;\n$conf['log']['type'] = 'syslog';\n$conf['log']['name'] = LOG_USER;\n$conf['log']['ident'] = 'HORDE';\n$conf['log']['priority'] = '${priority}';`;

const common = (setting: Setting): Pick<AccessLog, 'because'> & { readonly sink?: LogSink } => ({
  because: setting.because,
  ...(setting.sink === undefined ? {} : { sink: setting.sink }),
});

const logins = (setting: Setting, path: string): AccessLog => {
  const { rank } = setting;
  const question = 'who logged in';
  const remedy = remedyOf(path, 'NOTICE');
  if (setting.unknown !== undefined) {
    return { question, emitted: 'unknown', why: setting.why, ...common(setting), remedy };
  }
  if (rank === undefined || rank < ranks.indexOf('ERR')) {
    return { question, emitted: 'off', why: setting.why, ...common(setting), remedy };
  }
  return rank >= ranks.indexOf('NOTICE')
    ? {
        question,
        emitted: 'partial',
        why: 'a line for each login at its page, each refused one and each logout, with user and address; rpc.php (CalDAV, CardDAV, ActiveSync, XML-RPC), where each request logs in, writes none',
        ...common(setting),
        remedy: [
          '# no setting of Horde does for rpc.php: keep the access log of the web server, with the name that',
          '# such a request logs in with ($remote_user in a log_format of nginx), or refuse /rpc.php there',
        ].join('\n'),
      }
    : {
        question,
        emitted: 'partial',
        why: `refused logins alone: ${setting.why}, logins that succeed are logged as NOTICE`,
        ...common(setting),
        remedy,
      };
};

const sending = (setting: Setting, path: string): AccessLog => {
  const question = 'what was sent';
  const remedy = remedyOf(path, 'INFO');
  if (setting.unknown !== undefined) {
    return { question, emitted: 'unknown', why: setting.why, ...common(setting), remedy };
  }
  return setting.rank !== undefined && setting.rank >= ranks.indexOf('INFO')
    ? {
        question,
        emitted: 'on',
        why: 'a line for each message, with sender, recipients and address',
        ...common(setting),
      }
    : {
        question,
        emitted: 'off',
        why:
          setting.rank === undefined
            ? setting.why
            : `${setting.why}; messages that are sent are logged as INFO`,
        ...common(setting),
        remedy,
      };
};

/**
 * What Horde writes down: login.php and IMP log logins (NOTICE, refused ones ERR), rpc.php logs none
 * (Horde_Rpc::authorize), IMP logs sent messages (INFO). No line is written for a message that is opened.
 */
export const hordeLogs = (
  conf: PhpValue | undefined,
  path: string,
  debug: Place | undefined,
): readonly AccessLog[] => {
  const setting = settingOf(conf, path);
  return [
    logins(setting, path),
    debug === undefined
      ? {
          question: 'who read what',
          emitted: 'off',
          why: 'IMP writes no line for a message that is opened',
          because: { path },
          remedy: '# no setting of Horde does: keep the log of the IMAP server behind it',
        }
      : {
          question: 'who read what',
          emitted: 'partial',
          why: 'the debug file of a mail server holds every command to it, messages by number, sessions mixed',
          because: debug,
          remedy: '# keep the log of the IMAP server behind it, which names user and message',
        },
    sending(setting, path),
  ];
};
