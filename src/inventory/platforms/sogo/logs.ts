import type { AccessLog, LogSink } from '../../../core/access-log.ts';
import type { FileView } from '../../../core/files.ts';
import { readUnit, unitValue } from '../../../core/formats/systemd.ts';
import type { Place } from '../../../core/place.ts';
import { insteadOf } from '../../remedy.ts';

const defaultLog = '/var/log/sogo/sogo.log';

/** `WOLogFile` on the command line of the unit wins over the file's. */
export const logFileOf = (
  files: FileView,
  stated: { readonly text: string; readonly because: Place } | undefined,
): { readonly sink: LogSink; readonly because?: Place } => {
  const unit = ['sogo.service', 'sogod.service']
    .map(name => readUnit(files, name))
    .find(found => found !== undefined);
  const start = unit === undefined ? undefined : unitValue(unit, 'Service', 'ExecStart');
  const onCommand = /-WOLogFile\s+(\S+)/.exec(start?.value ?? '')?.[1];
  const path = onCommand ?? stated?.text ?? defaultLog;
  const because = onCommand === undefined ? stated?.because : start?.because;
  const sink: LogSink =
    path === '-' && unit !== undefined
      ? { to: 'journal', unit: unit.name }
      : path.startsWith('/')
        ? { to: 'file', path }
        : { to: 'nowhere' };
  return { sink, ...(because === undefined ? {} : { because }) };
};

/**
 * sogod logs logins at its page (SOGoRootPage) and every request with its URL, whatever its settings;
 * what checks CalDAV and ActiveSync (SOGoDAVAuthenticator) writes nothing.
 */
export const sogoLogs = (
  { sink, because }: ReturnType<typeof logFileOf>,
  config: string,
): readonly AccessLog[] => {
  const place = { because: because ?? { path: config } };
  if (sink.to === 'nowhere') {
    const remedy =
      because?.path === config
        ? `${insteadOf(because)}\nWOLogFile = "${defaultLog}";`
        : `# In ${because?.path ?? config}: start sogod with -WOLogFile ${defaultLog}.`;
    return [
      {
        question: 'who logged in',
        emitted: 'off',
        why: 'WOLogFile names no file',
        ...place,
        sink,
        remedy,
      },
      {
        question: 'who read what',
        emitted: 'off',
        why: 'WOLogFile names no file',
        ...place,
        sink,
        remedy,
      },
    ];
  }
  return [
    {
      question: 'who logged in',
      emitted: 'partial',
      why: 'sogod logs each login with a password at its page, with user and address; CAS, OpenID and SAML leave no such line, and of CalDAV, CardDAV and ActiveSync, which log in with each request, the URL tells whose folders are asked for, not who asks',
      ...place,
      sink,
      remedy: [
        '# no setting of SOGo names them: keep the access log of the web server in front of it, with the',
        '# name that CalDAV, CardDAV and ActiveSync log in with ($remote_user in a log_format of nginx),',
        '# and the log of the server for single sign-on where there is one',
      ].join('\n'),
    },
    {
      question: 'who read what',
      emitted: 'partial',
      why: 'sogod logs each request of the web interface with a URL that names user, folder and message; what telephones synchronise over ActiveSync is not told',
      ...place,
      sink,
      remedy:
        '# no setting of SOGo logs single messages of ActiveSync: read them from the log of the IMAP server behind it',
    },
  ];
};
