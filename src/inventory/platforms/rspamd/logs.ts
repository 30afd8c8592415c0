import type { AccessLog, LogSink } from '../../../core/access-log.ts';
import type { Place } from '../../../core/place.ts';
import { atEnd, setIn } from '../../remedy.ts';
import { type UclValue, uclGet } from '../../syntax/ucl.ts';
import type { Settings } from './settings.ts';
import type { Worker } from './workers.ts';

/** The line of each message is written at level notice (logging.md; `rspamd_task_write_log`). */
const writesMessages = new Set(['notice', 'info', 'silent', 'debug']);
const writesInfo = new Set(['info', 'debug']);

const sinkOf = (logging: UclValue | undefined): LogSink | undefined => {
  switch (uclGet(logging, 'type')?.text ?? 'console') {
    case 'file': {
      const path = uclGet(logging, 'filename')?.text ?? '';
      return path.startsWith('/') ? { to: 'file', path } : undefined;
    }
    case 'syslog': {
      const facility = (uclGet(logging, 'facility')?.text ?? 'daemon').replace(/^LOG_/i, '');
      return { to: 'syslog', facility: facility.toLowerCase(), program: 'rspamd' };
    }
    case 'console':
      return { to: 'journal', unit: 'rspamd.service' };
    case undefined:
      return undefined;
  }
  return undefined;
};

const remedyFor = ({ layout }: Settings, level: Place | undefined): string =>
  `${setIn(`${layout.conf}/local.d/logging.inc`, level)}\nlevel = "info";`;

export const logsOf = (settings: Settings, workers: readonly Worker[]): readonly AccessLog[] => {
  const logging = settings.section('logging');
  const level = uclGet(logging, 'level');
  const name = (level?.text ?? 'warning').toLowerCase();
  const sink = sinkOf(logging);
  const place: Place = level?.place ?? logging?.place ?? { path: settings.path };
  const into = sink === undefined ? {} : { sink };
  const changed: AccessLog = writesMessages.has(name)
    ? {
        question: 'what was changed',
        emitted: sink === undefined ? 'unknown' : 'on',
        why:
          sink === undefined
            ? 'a line for each message, but where it goes cannot be told'
            : `level ${name} writes a line for each message: addresses, action and every symbol that fired`,
        because: place,
        ...into,
        ...(sink === undefined
          ? {
              remedy: `${atEnd(`${settings.layout.conf}/local.d/logging.inc`)}\ntype = "file";\nfilename = "/var/log/rspamd/rspamd.log";`,
            }
          : {}),
      }
    : {
        question: 'what was changed',
        emitted: 'off',
        why: `level ${name} leaves out the line of each message`,
        because: place,
        remedy: remedyFor(settings, level?.place),
        ...into,
      };
  const controller = workers.find(({ type }) => type === 'controller');
  if (controller === undefined) return [changed];
  return [changed, loginLog(settings, controller, name, place, into)];
};

/** The controller has one password for everybody, so no line can say who used it. */
const loginLog = (
  settings: Settings,
  controller: Worker,
  level: string,
  place: Place,
  into: { readonly sink?: LogSink },
): AccessLog => {
  const port = controller.listening.find(({ endpoint }) => endpoint.net === 'tcp')?.endpoint;
  const target = port?.net === 'tcp' ? port.port : 11_334;
  const front = [
    '# No setting of Rspamd names who asks: all share one password. Let a web server in front of',
    `# port ${target} ask each person for a name (nginx: auth_basic, proxy_pass) and log it, and let`,
    '# nobody reach the port past it.',
  ].join('\n');
  return writesInfo.has(level)
    ? {
        question: 'who logged in',
        emitted: 'partial',
        why: 'connections to the controller are logged with their address; all users share one password, so not who it was',
        because: controller.place,
        remedy: front,
        ...into,
      }
    : {
        question: 'who logged in',
        emitted: 'off',
        why: `level ${level} leaves out connections to the controller`,
        because: place,
        remedy: `${remedyFor(settings, place)}\n${front}`,
        ...into,
      };
};
