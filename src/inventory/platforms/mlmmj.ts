import type { AccessLog } from '../../core/access-log.ts';
import { type Component, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { cronJobs } from '../../core/formats/crontab.ts';
import { dirOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { programPaths } from '../daemons/daemon.ts';
import { identify } from '../identify.ts';
import type { Platform } from '../platform.ts';

const programs = programPaths(['mlmmj-process', 'mlmmj-receive']);
/** Where lists lie: mlmmj's own default, and iRedMail's. */
const spools = ['/var/spool/mlmmj', '/var/vmail/mlmmj'] as const;
const listsMax = 20_000;

interface Lists {
  readonly spool: string;
  readonly folders: readonly string[];
}

/** A list is a folder with an address in its `control`. */
const listsIn = (files: FileView): readonly Lists[] =>
  spools.flatMap(spool => {
    // iRedMail puts the lists of a domain in a folder of that domain.
    const folders = [
      ...files.glob(`${spool}/*/control/listaddress`),
      ...files.glob(`${spool}/*/*/control/listaddress`),
    ]
      .slice(0, listsMax)
      .map(path => dirOf(dirOf(path)));
    return folders.length === 0 ? [] : [{ spool, folders }];
  });

const reachOf = (files: FileView, lists: readonly Lists[]): readonly Reach[] =>
  lists.flatMap(({ spool, folders }): readonly Reach[] => {
    const because: Place = { path: spool };
    const count = `${folders.length} ${folders.length === 1 ? 'list' : 'lists'} below ${spool}`;
    const kept = folders.filter(
      folder => files.stat(`${folder}/control/noarchive`) === undefined,
    ).length;
    return [
      {
        resource: 'customer-records',
        mode: 'write',
        extent: `addresses of everybody who subscribes to the ${count}`,
        because,
      },
      {
        resource: 'mail-in-transit',
        mode: 'send',
        extent: `mail to everybody who subscribes to the ${count}`,
        because,
      },
      ...(kept === 0
        ? []
        : [
            {
              resource: 'stored-mail' as const,
              mode: 'write' as const,
              extent:
                kept === folders.length
                  ? `the archives of the ${count}`
                  : `the archives of ${kept} of the ${count}`,
              because,
            },
          ]),
    ];
  });

/** `control/notifysub` has the owner told by mail; mlmmj itself writes down no subscription. */
const logOf = (files: FileView, lists: readonly Lists[], place: Place): AccessLog => {
  const all = lists.flatMap(({ folders }) => folders);
  const silent = all.find(folder => files.stat(`${folder}/control/notifysub`) === undefined);
  const told = all.length > 0 && silent === undefined;
  return {
    question: 'what was changed',
    emitted: told ? 'partial' : 'off',
    why: told
      ? 'owners are told by mail of each subscription (notifysub), and no log holds it'
      : 'it writes down no subscription, and not who leaves',
    because: silent === undefined ? place : { path: `${silent}/control` },
    remedy: told
      ? "# no setting of mlmmj writes them to a log: keep the owners' messages"
      : `# No setting writes them to a log; for each list, so that its owner is told by mail:\n#   touch ${(silent ?? `${spools[0]}/LIST`).replaceAll(/[^\w/.@+-]/g, '?')}/control/notifysub`,
  };
};

/** mlmmj: mailing lists in folders, run by programs that the mail server pipes messages to. */
export const mlmmj: Platform = {
  id: 'mlmmj',
  title: 'mlmmj',
  reads: [
    ...programs,
    ...spools.flatMap(spool => [`${spool}/*/control/*`, `${spool}/*/*/control/*`]),
  ],
  read: (files, packages) => {
    const binary = programs.find(path => files.stat(path)?.kind === 'file');
    if (binary === undefined) return { components: [] };
    const lists = listsIn(files);
    const place: Place = { path: lists[0]?.spool ?? binary };
    const upkeep = cronJobs(files).find(({ command }) => command.includes('mlmmj-maintd'));
    const component: Component = {
      id: componentId('mlmmj'),
      name: 'mlmmj',
      kind: 'list-manager',
      platform: 'mlmmj',
      // The mail server runs it for each message: its own configuration tells whether it does.
      enabled: null,
      ...identify(packages, {
        files: [binary],
        names: ['mlmmj'],
        otherwise: { origin: 'upstream', supplier: 'mlmmj project' },
      }),
      foundAt: [
        ...lists.map(({ spool }) => ({ path: spool })),
        { path: binary },
        ...(upkeep === undefined ? [] : [upkeep.because]),
      ],
      reach: reachOf(files, lists),
      logs: lists.length === 0 ? [] : [logOf(files, lists, place)],
    };
    return { components: [component] };
  },
};
