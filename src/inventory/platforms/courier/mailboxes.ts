import type { AccessLog } from '../../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import {
  findProgram,
  hasUnit,
  identityOf,
  isStarted,
  loggerOf,
  type Program,
  passwordsLogged,
  placeOf,
  programs,
  settingsOf,
} from '../../courier-suite/layout.ts';
import { exposureOfAll, rootReach } from '../../daemons/daemon.ts';
import type { Listening } from '../../daemons/daemon-component.ts';
import type { PlatformReading } from '../../platform.ts';
import { setIn } from '../../remedy.ts';
import { type Assignment, assigned } from '../../syntax/shell-defaults.ts';
import { listeningOf } from './endpoints.ts';

interface Protocol {
  readonly part: string;
  readonly name: string;
  readonly program: Program;
  readonly config: string;
  readonly flag: string;
  readonly sslFlag: string;
  readonly port: number;
  readonly sslPort: number;
  readonly units: readonly [plain: string, ssl: string];
}

const protocols: readonly Protocol[] = [
  {
    part: 'imap',
    name: 'courier-imap',
    program: programs.imap,
    config: 'imapd',
    flag: 'IMAPDSTART',
    sslFlag: 'IMAPDSSLSTART',
    port: 143,
    sslPort: 993,
    units: ['courier-imap', 'courier-imap-ssl'],
  },
  {
    part: 'pop3',
    name: 'courier-pop',
    program: programs.pop,
    config: 'pop3d',
    flag: 'POP3DSTART',
    sslFlag: 'POP3DSSLSTART',
    port: 110,
    sslPort: 995,
    units: ['courier-pop', 'courier-pop-ssl'],
  },
];

/** Either daemon makes the software one that is on; only both off make it one that is off. */
const either = (a: boolean | null, b: boolean | null): boolean | null =>
  a === true || b === true ? true : a === false && b === false ? false : null;

type Sink = ReturnType<typeof loggerOf>;

const deletions = (
  protocol: Protocol,
  settings: readonly Assignment[],
  config: string,
  sink: Sink,
): AccessLog => {
  const name = protocol.part === 'imap' ? 'IMAP_LOG_DELETIONS' : 'POP3_LOG_DELETIONS';
  const setting = assigned(settings, name);
  const because: Place = setting?.because ?? { path: config };
  const isOn = setting !== undefined && setting.value !== '' && !setting.value.startsWith('0');
  if (!isOn) {
    return {
      question: 'what was changed',
      emitted: 'off',
      why: `${name} is not set: deleted messages leave no line`,
      because,
      remedy: `${setIn(config, setting?.because)}\n${name}=1`,
      sink,
    };
  }
  return protocol.part === 'pop3'
    ? {
        question: 'what was changed',
        emitted: 'on',
        why: 'each deleted message with user, address and file name; POP3 can change nothing else',
        because,
        sink,
      }
    : {
        question: 'what was changed',
        emitted: 'partial',
        why: 'each deleted message with user, address and file name; messages that are stored, moved or marked are not told',
        because,
        sink,
      };
};

/** imapd and pop3d end each session with one line of byte counts; no line names a message. */
const reading = (
  protocol: Protocol,
  settings: readonly Assignment[],
  config: string,
  sink: Sink,
  mentionsDebugFile: boolean,
): AccessLog => {
  const debug = assigned(settings, 'IMAPDEBUGFILE');
  const hasDebug = protocol.part === 'imap' && debug !== undefined && debug.value !== '';
  const counts =
    protocol.part === 'imap'
      ? 'the line at the end of a session tells how many bytes of headers and bodies it fetched, but no folder and no message'
      : 'the line at the end of a session tells how many bytes it fetched (top=, retr=), but no message';
  return {
    question: 'who read what',
    emitted: 'partial',
    why: hasDebug
      ? `${counts}; IMAPDEBUGFILE adds every command, for those accounts alone whose Maildir holds a file ${debug.value}`
      : counts,
    because: hasDebug ? debug.because : { path: config },
    remedy:
      protocol.part !== 'imap'
        ? '# no setting of courierpop3d names the messages that are fetched'
        : !mentionsDebugFile
          ? '# this version has no setting that names the messages that are fetched'
          : hasDebug
            ? `# for each account to be watched: touch ~/Maildir/${debug.value.slice(0, 100)}`
            : `${setIn(config, debug?.because)}\nIMAPDEBUGFILE="imaplog.dat"\n# and for each account to be watched: touch ~/Maildir/imaplog.dat\n# (no setting does it for everybody)`,
    sink,
  };
};

const reachOf = (
  protocol: Protocol,
  settings: readonly Assignment[],
  because: Place,
): readonly Reach[] => {
  const folder = assigned(settings, 'MAILDIRPATH');
  const outbox = protocol.part === 'imap' ? assigned(settings, 'OUTBOX') : undefined;
  return [
    {
      resource: 'stored-mail',
      mode: 'write',
      extent: `every mailbox (${folder === undefined || folder.value === '' ? 'Maildir' : folder.value.slice(0, 100)} of each account)`,
      because: folder?.because ?? because,
    },
    {
      resource: 'credentials',
      mode: 'read',
      extent: 'the password of everybody who logs in',
      because,
    },
    ...(outbox === undefined || outbox.value === ''
      ? []
      : [
          {
            resource: 'mail-in-transit',
            mode: 'send',
            extent: `mail of everybody who logs in: what is put into the folder ${outbox.value.slice(0, 100)} is sent`,
            because: outbox.because,
          } as const,
        ]),
    ...passwordsLogged(settings),
  ];
};

const readProtocol = (
  files: FileView,
  packages: PackageIndex,
  protocol: Protocol,
): PlatformReading => {
  const found = findProgram(files, packages, protocol.program, protocol.config);
  if (found === undefined) return { components: [] };
  const sslConfig = found.config === undefined ? undefined : `${found.config}-ssl`;
  const settings = settingsOf(files, [sslConfig, found.config]);
  const place = placeOf(found, `/etc/courier/${protocol.config}`);
  const config = place.path;
  const [unit, sslUnit] = protocol.units;
  const whole = ['courier-imap', 'courier'];
  const isOn = isStarted(files, unit, whole, assigned(settings, protocol.flag));
  const hasSslUnit = hasUnit(files, sslUnit);
  const sslFlag = assigned(settings, protocol.sslFlag);
  const sslIsOn =
    !hasSslUnit && sslFlag === undefined
      ? false
      : isStarted(files, sslUnit, [unit, ...whole], sslFlag);
  // One unit for both of them: then the flags alone tell the two apart.
  const isFlagged = !/^n/i.test(assigned(settings, protocol.flag)?.value ?? '');
  const plainIsOn = !hasSslUnit && !isFlagged ? false : isOn;
  const listening: readonly Listening[] = [
    ...(plainIsOn === false
      ? []
      : listeningOf(settings, 'PORT', 'ADDRESS', { port: protocol.port, path: config })),
    ...(sslIsOn === false
      ? []
      : listeningOf(settings, 'SSLPORT', 'SSLADDRESS', {
          port: protocol.sslPort,
          path: sslConfig ?? config,
        })),
  ];
  const sink =
    plainIsOn === false
      ? loggerOf(assigned(settings, 'SSLLOGGEROPTS'), `${protocol.config}-ssl`)
      : loggerOf(assigned(settings, 'LOGGEROPTS'), protocol.config);
  const exposure = exposureOfAll(listening);
  const identity = identityOf(packages, found, protocol.program);
  const version = 'value' in identity.version ? Number.parseInt(identity.version.value, 10) : 0;
  const mentionsDebugFile =
    version >= 5 ||
    (found.config !== undefined && (files.text(found.config) ?? '').includes('IMAPDEBUGFILE'));
  const id = componentId(`courier/${protocol.part}`);
  // couriertcpd is started by root and keeps root until somebody has logged in.
  const runsAs = { user: 'root', because: place };
  const component: Component = {
    id,
    name: protocol.name,
    kind: 'imap',
    platform: 'courier',
    enabled: either(plainIsOn, sslIsOn),
    ...identity,
    foundAt: [place],
    runsAs,
    ...(exposure === undefined ? {} : { exposure }),
    reach: [...reachOf(protocol, settings, place), ...rootReach(runsAs)],
    logs: [
      {
        question: 'who logged in',
        emitted: 'on',
        why: 'a line for each login and each refused one, with user and address',
        because: assigned(settings, 'LOGGEROPTS')?.because ?? place,
        sink,
      },
      reading(protocol, settings, config, sink, mentionsDebugFile),
      deletions(protocol, settings, config, sink),
    ],
  };
  return {
    components: [component],
    listeners: listening.map(({ endpoint, because }) => ({ component: id, endpoint, because })),
  };
};

/** Courier's IMAP and POP3 servers: imapd(8), courierpop3d(8). */
export const readMailboxDaemons = (files: FileView, packages: PackageIndex): PlatformReading => {
  const readings = protocols.map(protocol => readProtocol(files, packages, protocol));
  return {
    components: readings.flatMap(({ components }) => components),
    listeners: readings.flatMap(({ listeners }) => listeners ?? []),
  };
};
