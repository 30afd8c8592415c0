import { type Component, type ComponentId, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { Place } from '../../core/place.ts';
import { rootReach } from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import type { Listener, Platform } from '../platform.ts';
import { programParts } from '../programs/piped-programs.ts';
import { spamcLinks } from '../programs/spamc.ts';
import { cfOption } from '../syntax/sendmail-cf.ts';
import { accountReach, authParts, saslPaths } from './sendmail/auth.ts';
import { blockLists } from './sendmail/block-lists.ts';
import { deliveryLinks } from './sendmail/delivery.ts';
import { filtersOf, noteStaleFilters } from './sendmail/filters.ts';
import {
  configs,
  findSendmail,
  names,
  programs,
  type Sendmail,
  submitPath,
} from './sendmail/found.ts';
import { debianSettings, listeningOf, sendmailExposure } from './sendmail/listening.ts';
import { asksLogins, sendmailLogs } from './sendmail/logs.ts';
import { directoryLinks, socketMapLinks } from './sendmail/maps.ts';
import { programUses, usedMailers } from './sendmail/programs.ts';

const id: ComponentId = componentId('sendmail');

/** `ServerKeyFile` and `ClientKeyFile`, which mostly are one file. */
const keyReach = ({ cf }: Sendmail): readonly Reach[] => {
  const keys = new Map<string, Place>();
  for (const name of ['ServerKeyFile', 'ClientKeyFile']) {
    const option = cfOption(cf, name);
    if (option?.value.startsWith('/') === true && !keys.has(option.value)) {
      keys.set(option.value, option.at);
    }
  }
  return [...keys].map(([path, because]) => ({
    resource: 'credentials',
    mode: 'read',
    extent: `TLS private key ${path.slice(0, 300)}`,
    because,
  }));
};

const mainReach = (files: FileView, found: Sendmail, place: Place): readonly Reach[] => {
  const local = found.cf.mailers.find(({ name }) => name === 'local');
  return [
    {
      resource: 'mail-in-transit',
      mode: 'write',
      extent: 'every message that passes this host',
      because: place,
    },
    ...(local === undefined || local.program.startsWith('[')
      ? []
      : [
          {
            resource: 'stored-mail',
            mode: 'write',
            extent: `mailboxes of users of this host, by ${local.program.slice(0, 200)}`,
            because: local.at,
          } as const,
        ]),
    ...(asksLogins(files, found)
      ? [
          {
            resource: 'credentials',
            mode: 'read',
            extent: 'user name and password of everybody who logs in to send mail',
            because: cfOption(found.cf, 'AuthMechanisms')?.at ?? place,
          } as const,
        ]
      : []),
    ...blockLists(files, found),
    ...keyReach(found),
    ...accountReach(files, found),
  ];
};

/** `RunAsUser`; else root, which a mail server needs to deliver as others. */
const runsAsOf = ({
  cf,
  path,
  daemon,
}: Sendmail): { readonly user: string; readonly because: Place } => {
  const option = cfOption(cf, 'RunAsUser');
  if (option !== undefined && option.value !== '') {
    return { user: option.value.split(/[:.]/)[0] ?? option.value, because: option.at };
  }
  return { user: 'root', because: { path: daemon?.unit?.path ?? path } };
};

/** Sendmail: the Installation and Operation Guide (op.me), cf/README. */
export const sendmail: Platform = {
  id: 'sendmail',
  title: 'Sendmail',
  reads: [
    ...programs,
    ...configs,
    '/etc/mail/sendmail.mc',
    submitPath,
    '/etc/mail/mailertable',
    '/etc/mail/access',
    '/etc/mail/authinfo*',
    '/etc/mail/aliases',
    '/etc/aliases',
    '/root/.forward',
    '/home/*/.forward',
    debianSettings,
    ...saslPaths,
  ],
  read: (files, packages) => {
    const found = findSendmail(files, packages);
    if (found === undefined) return { components: [] };
    const hasConfig = files.stat(found.path)?.kind === 'file';
    const place: Place = { path: hasConfig ? found.path : (found.binary ?? found.path) };
    const identity = identify(packages, {
      files: found.binary === undefined ? [] : [found.binary],
      names: names.packages,
      ...(found.version === undefined ? {} : { ownVersion: { value: found.version } }),
      otherwise: { origin: 'upstream', supplier: 'Proofpoint' },
    });
    const listening = listeningOf(files, found);
    const exposure = sendmailExposure(files, found, listening);
    const runsAs = runsAsOf(found);
    const filters = filtersOf(files, id, found);
    const isUsed = usedMailers(files, found.cf);
    const uses = programUses(files, found, isUsed);
    noteStaleFilters(files, found);
    const main: Component = {
      id,
      name: 'sendmail',
      kind: 'mta',
      platform: 'sendmail',
      enabled: found.daemon?.startsAtBoot ?? null,
      ...identity,
      foundAt: [place],
      runsAs,
      ...(exposure === undefined ? {} : { exposure }),
      reach: [...mainReach(files, found, place), ...rootReach(runsAs)],
      logs: sendmailLogs(files, found),
    };
    return {
      components: [
        main,
        ...filters.components,
        ...programParts({ files, packages, id, platform: 'sendmail' }, uses),
        ...directoryLinks(id, found, identity),
        ...authParts(files, packages, id),
      ],
      listeners: listening.map(
        ({ endpoint, because }): Listener => ({ component: id, endpoint, because }),
      ),
      links: [
        ...filters.links,
        ...socketMapLinks(files, id, found),
        ...deliveryLinks(id, files, found, isUsed),
        ...spamcLinks(id, uses),
      ],
    };
  },
};
