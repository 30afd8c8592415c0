import type { AccessLog, LogSink } from '../../../core/access-log.ts';
import type { Version } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { atEnd } from '../../remedy.ts';
import { serviceNames } from './calls.ts';
import { type Instance, running, type Service } from './instance.ts';
import type { Entry } from './tables.ts';

/** Whether the version is at least `major.minor`; undefined when it is not known. */
const isFrom = (version: Version, major: number, minor: number): boolean | undefined => {
  if (!('value' in version)) return undefined;
  const match = /^(?:\d+:)?(\d{1,3})\.(\d{1,3})/.exec(version.value);
  if (match === null) return undefined;
  const [have, point] = [Number(match[1]), Number(match[2])];
  return have > major || (have === major && point >= minor);
};

interface Destination {
  readonly sink?: LogSink;
  /** Why no line arrives anywhere, or why that cannot be told. */
  readonly broken?: { readonly why: string; readonly remedy: string };
}

/** `maillog_file` and postlogd(8) from Postfix 3.4 on, else syslog (MAILLOG_README). */
const destinationOf = (instance: Instance, version: Version): Destination => {
  const { params } = instance;
  const file = params.get('maillog_file');
  const syslog: LogSink = {
    to: 'syslog',
    facility: params.get('syslog_facility').text.toLowerCase(),
    program: params.get('syslog_name').text.split('/')[0] ?? 'postfix',
  };
  if (file.text === '' || isFrom(version, 3, 4) === false) return { sink: syslog };
  const name = params.get('postlog_service_name').text;
  const hasService = instance.services.some(
    service => service.name === name && service.type === 'unix-dgram',
  );
  if (!hasService) {
    return {
      broken: {
        why: `maillog_file is set, but ${instance.masterPath} has no service ${name} that would write it: Postfix refuses to start, or loses its lines`,
        remedy: `${atEnd(instance.masterPath)}\npostlog unix-dgram n - n - 1 postlogd`,
      },
    };
  }
  if (file.text.startsWith('/dev/')) return { sink: { to: 'journal', unit: 'postfix.service' } };
  return { sink: { to: 'file', path: file.text } };
};

/** `header_checks` that write the subject down: `/^Subject:/ INFO` or WARN (header_checks(5)). */
const subjectAt = (entries: readonly Entry[]): Entry | undefined =>
  entries.find(({ key, value }) => /subject/i.test(key) && /^(?:INFO|WARN)\b/i.test(value));

/**
 * smtpd writes the name beside a message or a rejected command alone, whatever smtpd_tls_loglevel and
 * smtpd_log_access_permit_actions say; -v and debug_peer_list name the rest, passwords included.
 */
const unnamedRemedy = (services: readonly Service[]): string => {
  const none = '# No setting of Postfix names the others (smtpd -v does, with their passwords).';
  const types = new Set(services.map(({ params }) => params.get('smtpd_sasl_type').text));
  const event =
    '# event auth_request_finished (Dovecot 2.3.13 and newer), and keep that log beside this one.';
  return types.size === 1 && types.has('dovecot')
    ? `${none}\n# Dovecot, which checks all logins, can name each: let it export its\n${event}`
    : `${none}\n# Cyrus SASL names none with its address either. Let Dovecot check them (smtpd_sasl_type = dovecot,\n# smtpd_sasl_path) and export its\n${event}`;
};

/** Settings that are there and could not be read may say anything: neither `on` nor `off` would be true. */
const untold = (files: FileView, paths: readonly string[]): readonly AccessLog[] | undefined => {
  const path = paths.find(
    each => files.stat(each)?.kind === 'file' && files.text(each) === undefined,
  );
  if (path === undefined) return undefined;
  return (['who logged in', 'what was sent'] as const).map(question => ({
    question,
    emitted: 'unknown',
    why: `${path} could not be read`,
    because: { path },
  }));
};

/** What Postfix writes: it does so by itself; settings say where, and how much (postconf(5)). */
export const logsOf = (
  files: FileView,
  instance: Instance,
  version: Version,
  headerChecks: readonly Entry[],
): readonly AccessLog[] => {
  const unread = untold(files, [instance.mainPath, instance.masterPath]);
  if (unread !== undefined) return unread;
  const { sink, broken } = destinationOf(instance, version);
  const { params } = instance;
  const file = params.get('maillog_file');
  if (file.text !== '' && isFrom(version, 3, 4) === false) {
    files.note({
      what: instance.mainPath,
      why: 'sets maillog_file, which this version of Postfix does not know: it logs to syslog',
      how: 'Take it out, or install Postfix 3.4 or newer.',
    });
  }
  const at =
    file.text === ''
      ? params.get('syslog_facility').isSet
        ? params.get('syslog_facility').at
        : { path: instance.mainPath }
      : file.at;
  const withLogin = running(instance, 'smtpd').filter(service =>
    service.params.isOn('smtpd_sasl_auth_enable'),
  );
  const [first] = withLogin;
  const entry = (
    question: AccessLog['question'],
    why: string,
    because: AccessLog['because'],
    lacking?: string,
  ): AccessLog =>
    broken === undefined
      ? {
          question,
          emitted: lacking === undefined ? 'on' : 'partial',
          why,
          ...(because === undefined ? {} : { because }),
          ...(lacking === undefined ? {} : { remedy: lacking }),
          ...(sink === undefined ? {} : { sink }),
        }
      : {
          question,
          emitted: 'off',
          why: broken.why,
          because: file.at,
          remedy: broken.remedy,
          sink: { to: 'nowhere' },
        };
  const subject = subjectAt(headerChecks);
  const port =
    first?.params.isOn('smtpd_client_port_logging') === true
      ? ', address and port'
      : ' and address (not its port)';
  const sent = `each message leaves lines joined by its queue ID: client or local user, Message-ID, sender, size, every recipient with the result; ${
    subject === undefined ? 'its subject is not written' : `its subject is, by ${subject.at.path}`
  }`;
  return [
    ...(first === undefined
      ? []
      : [
          entry(
            'who logged in',
            `each message that is handed in after a login names it: sasl_username, with the client's name${port}, at ${serviceNames(withLogin.map(({ label }) => label))}; a refused login is a warning line with its address; of one that hands in nothing the line at its end tells that there was one (auth=1), not whose`,
            first.params.get('smtpd_sasl_auth_enable').at,
            unnamedRemedy(withLogin),
          ),
        ]),
    entry('what was sent', sent, at),
  ];
};
