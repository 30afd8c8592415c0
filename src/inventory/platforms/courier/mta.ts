import type { AccessLog } from '../../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { dirOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import {
  configPath,
  findProgram,
  hasUnit,
  identityOf,
  isStarted,
  isStartedBy,
  passwordsLogged,
  placeOf,
  programs,
  settingsOf,
} from '../../courier-suite/layout.ts';
import { exposureOfAll } from '../../daemons/daemon.ts';
import type { Listening } from '../../daemons/daemon-component.ts';
import type { PlatformReading } from '../../platform.ts';
import { assigned, readAssignments } from '../../syntax/shell-defaults.ts';
import { deliveryPrograms, relayLinks } from './delivery.ts';
import { listeningOf } from './endpoints.ts';
import { readFilters } from './filters.ts';

const id = componentId('courier');

interface Server {
  readonly file: string;
  readonly unit: string;
  readonly flag: string;
  readonly port: string;
  readonly address: string;
  readonly otherwise: number;
}

const servers: readonly Server[] = [
  {
    file: 'esmtpd',
    unit: 'courier-mta',
    flag: 'ESMTPDSTART',
    port: 'PORT',
    address: 'ADDRESS',
    otherwise: 25,
  },
  {
    file: 'esmtpd-msa',
    unit: 'courier-msa',
    flag: 'ESMTPDSTART',
    port: 'PORT',
    address: 'ADDRESS',
    otherwise: 587,
  },
  {
    file: 'esmtpd-ssl',
    unit: 'courier-mta-ssl',
    flag: 'ESMTPDSSLSTART',
    port: 'SSLPORT',
    address: 'SSLADDRESS',
    otherwise: 465,
  },
];

interface ServerFound {
  readonly listening: readonly Listening[];
  /** `ESMTPAUTH` and `ESMTPAUTH_TLS` name a mechanism. */
  readonly authenticates: Place | undefined;
}

const readServer = (files: FileView, folder: string, server: Server): ServerFound => {
  const path = `${folder}/${server.file}`;
  const none = { listening: [], authenticates: undefined };
  if (files.stat(path)?.kind !== 'file') return none;
  const own = readAssignments(files, path);
  // The other two are read behind esmtpd, whose settings they add to.
  const all =
    server.file === 'esmtpd' ? own : [...readAssignments(files, `${folder}/esmtpd`), ...own];
  const flag = assigned(own, server.flag);
  const isOn =
    !hasUnit(files, server.unit) && flag === undefined
      ? false
      : isStarted(files, server.unit, ['courier'], flag);
  if (isOn === false) return none;
  const authenticates = ['ESMTPAUTH', 'ESMTPAUTH_TLS']
    .map(name => assigned(all, name))
    .find(setting => setting !== undefined && setting.value.trim() !== '');
  return {
    listening: listeningOf(
      // An address or a port of esmtpd is not that of the others unless they say nothing.
      server.port === 'PORT' ? all : own,
      server.port,
      server.address,
      { port: server.otherwise, path },
    ),
    authenticates: authenticates?.because,
  };
};

const logsOf = (place: Place, authenticates: Place | undefined): readonly AccessLog[] => {
  const sink = { to: 'syslog', facility: 'mail', program: 'courierd' } as const;
  return [
    ...(authenticates === undefined
      ? []
      : [
          {
            question: 'who logged in',
            emitted: 'partial',
            why: 'the line of each accepted message names the account that sent it, refused logins are logged with their address; a login that sends nothing leaves no line',
            because: authenticates,
            remedy: '# no setting of courieresmtpd logs every login',
            sink,
          } as const,
        ]),
    {
      question: 'what was sent',
      emitted: 'on',
      why: 'a line for each message and one for each of its recipients, with sender, address and outcome',
      because: place,
      sink,
    },
  ];
};

/** `relay userid password` lines of `esmtpauthclient`, for relays that want a login (courier(8)). */
const relayPasswords = (files: FileView): readonly Reach[] => {
  const path = configPath(files, 'esmtpauthclient');
  if (path === undefined || files.stat(path)?.kind !== 'file') return [];
  const at = (files.text(path) ?? '')
    .split('\n')
    .findIndex(line => /^[^#\s]+\s+\S+\s+\S/.test(line));
  return at < 0
    ? []
    : [
        {
          resource: 'credentials',
          mode: 'read',
          extent: `passwords of relays that mail is sent through, in ${path}`,
          because: { path, line: at + 1 },
        },
      ];
};

/** The Courier mail server: courier(8), courieresmtpd(8), its filters and where it hands mail on. */
export const readMta = (files: FileView, packages: PackageIndex): PlatformReading => {
  const found = findProgram(files, packages, programs.mta, 'courierd');
  if (found === undefined) return { components: [] };
  const place = placeOf(found, '/etc/courier/courierd');
  const folder = found.config === undefined ? '/etc/courier' : dirOf(found.config);
  const settings = settingsOf(files, [found.config]);
  const smtp = settingsOf(files, [`${folder}/esmtpd`]);
  const perServer = servers.map(server => readServer(files, folder, server));
  const listening = perServer.flatMap(each => each.listening);
  const authenticates = perServer.map(each => each.authenticates).find(each => each !== undefined);
  const user = assigned(smtp, 'MAILUSER');
  const exposure = exposureOfAll(listening);
  const delivery = assigned(settings, 'DEFAULTDELIVERY');
  const main: Component = {
    id,
    name: 'courier',
    kind: 'mta',
    platform: 'courier',
    enabled: isStartedBy(files, 'courier', ['courier-mta']),
    ...identityOf(packages, found, programs.mta),
    foundAt: [place],
    ...(user === undefined || user.value === ''
      ? {}
      : { runsAs: { user: user.value, because: user.because } }),
    ...(exposure === undefined ? {} : { exposure }),
    reach: [
      {
        resource: 'mail-in-transit',
        mode: 'write',
        extent: 'every message that is sent, received or queued here',
        because: place,
      },
      {
        resource: 'stored-mail',
        mode: 'write',
        extent: 'every local mailbox: it delivers into them as their owners',
        because: delivery?.because ?? place,
      },
      ...(authenticates === undefined
        ? []
        : [
            {
              resource: 'credentials',
              mode: 'read',
              extent: 'the password of everybody who logs in to send mail',
              because: authenticates,
            } as const,
          ]),
      ...relayPasswords(files),
      ...passwordsLogged([...smtp, ...settings]),
    ],
    logs: logsOf(place, authenticates),
  };
  return {
    components: [main, ...readFilters(files, packages), ...deliveryPrograms(files, packages)],
    listeners: listening.map(({ endpoint, because }) => ({ component: id, endpoint, because })),
    links: relayLinks(files),
  };
};
