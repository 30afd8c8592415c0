import { type Component, componentId } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { identify } from '../../identify.ts';
import { withoutPhpComments } from '../../syntax/php-comments.ts';
import { type PhpValue, phpAt, phpText } from '../../syntax/php-values.ts';
import { applicationFolder, type Copy, configFolder, readLayers } from './copies.ts';
import { textAt } from './values.ts';

export const supplier = 'The Horde Project';

/** Applications that the project publishes. */
const published: ReadonlySet<string> = new Set(
  (
    'agora ansel beatnik chora content dimp folks gollem hermes horde hvview hylax imp ingo jonah ' +
    'juno kastalia klutz kolab kronolith luxor mimp mnemo moment mottle nag nic operator passwd ' +
    'pastie sam sesha skeleton skoli swale timeobjects trean turba ulaform vilma whups wicked'
  ).split(' '),
);

/** One application of the registry that is there. */
export interface Application {
  readonly name: string;
  readonly folder: string;
  readonly config: string;
  readonly enabled: boolean | null;
  /** What says so. */
  readonly because: Place;
  readonly version?: string;
}

/** `$version` of `lib/Application.php`, of `lib/version.php` in Horde 3, or of `.horde.yml`. */
const versionOf = (files: FileView, folder: string): string | undefined => {
  const read = (path: string): string =>
    files.stat(path)?.kind === 'file' ? (files.text(path) ?? '') : '';
  const application =
    /\$version\s*=\s*['"](?:H\d+\s*\()?([\w.+-]{1,60})\)?['"]/.exec(
      read(`${folder}/lib/Application.php`),
    )?.[1] ?? undefined;
  if (application !== undefined) return application;
  const old = /define\(\s*'\w*VERSION'\s*,\s*'(?:H\d+\s*\()?([\w.+-]{1,60})\)?'/.exec(
    read(`${folder}/lib/version.php`),
  )?.[1];
  return (
    old ??
    /^version:[ \t]*\r?\n[ \t]+release:\s*['"]?([\w.+-]{1,60})/m.exec(
      read(`${folder}/.horde.yml`),
    )?.[1]
  );
};

/** Without its `conf.php`, an application that is set up by one is inactive, whatever is said. */
const isConfigured = (files: FileView, config: string, folder: string): boolean =>
  files.stat(`${config}/conf.php`)?.kind === 'file' ||
  ![`${config}/conf.xml`, `${folder}/config/conf.xml`].some(
    path => files.stat(path)?.kind === 'file',
  );

const isEnabled = (status: PhpValue | undefined): boolean | null => {
  if (status === undefined) return true;
  const text = phpText(status);
  return text === undefined ? null : text !== 'inactive';
};

/** Entries of the menu that are no applications. */
const isMenu = (status: string | undefined): boolean =>
  status !== undefined && ['heading', 'topbar', 'link', 'block', 'sidebar'].includes(status);

/** Everything that the registry lists and everything else that lies among the applications. */
export const applicationsOf = (files: FileView, copy: Copy): readonly Application[] => {
  const base = configFolder(files, copy, 'horde', copy.folder);
  const registry = readLayers(files, base, 'registry', 'applications');
  const place: Place = registry?.at ?? { path: `${base}/registry.php` };
  const listed =
    registry?.is === 'array' ? [...registry.entries.keys()].map(String).slice(0, 500) : [];
  const found = listed.flatMap((name): readonly Application[] => {
    const status = phpAt(registry, name, 'status');
    if (isMenu(phpText(status))) return [];
    const folder = applicationFolder(files, copy, name, textAt(registry, name, 'fileroot')?.text);
    if (folder === undefined) return [];
    const config = configFolder(files, copy, name, folder);
    const version = versionOf(files, folder);
    const configured = isConfigured(files, config, folder);
    return [
      {
        name,
        folder,
        config,
        enabled: configured ? isEnabled(status) : false,
        because: status?.at ?? phpAt(registry, name)?.at ?? place,
        ...(version === undefined ? {} : { version }),
      },
    ];
  });
  const unlisted = files
    .glob(`${copy.folder}/*/lib/Application.php`)
    .map(path => path.slice(0, -'/lib/Application.php'.length))
    .filter(folder => !found.some(each => each.folder === folder))
    .slice(0, 200)
    .map((folder): Application => {
      const name = folder.slice(folder.lastIndexOf('/') + 1);
      const version = versionOf(files, folder);
      return {
        name,
        folder,
        config: configFolder(files, copy, name, folder),
        // Nothing but the registry puts an application into use.
        enabled: registry?.is === 'array' && registry.more === undefined ? false : null,
        because: { path: `${folder}/lib/Application.php` },
        ...(version === undefined ? {} : { version }),
      };
    });
  const whole = [...found, ...unlisted];
  return whole.some(({ name }) => name === 'horde')
    ? whole
    : [
        {
          name: 'horde',
          folder: copy.folder,
          config: base,
          enabled: isConfigured(files, base, copy.folder) ? null : false,
          because: place,
          ...((version): { version?: string } => (version === undefined ? {} : { version }))(
            versionOf(files, copy.folder),
          ),
        },
        ...whole,
      ];
};

/** Files of an application by which its package is found. */
export const identityOf = (
  packages: PackageIndex,
  application: Application,
): ReturnType<typeof identify> => {
  const { name, folder, version } = application;
  const candidates = [
    `${folder}/lib/Application.php`,
    `${folder}/lib/version.php`,
    `${folder}/index.php`,
    `${folder}/rampage.php`,
  ];
  const isOwned = candidates.some(path => packages.ownerOf(path) !== undefined);
  return identify(packages, {
    files: candidates,
    // The distribution's own version is what its advisories speak of.
    ...(isOwned || version === undefined ? {} : { ownVersion: { value: version } }),
    ...(published.has(name)
      ? {
          otherwise: {
            origin: 'upstream',
            supplier,
            ...(version === undefined ? {} : { purl: `pkg:composer/horde/${name}@${version}` }),
          } as const,
        }
      : {}),
  });
};

/** `hooks.php` of an application, with what changes it: code of the administrator's. */
export const hooksOf = (
  files: FileView,
  packages: PackageIndex,
  main: string,
  application: Application,
): readonly Component[] => {
  const { config, name } = application;
  const paths = [
    `${config}/hooks.php`,
    ...files.glob(`${config}/hooks.d/*.php`).slice(0, 50),
    `${config}/hooks.local.php`,
  ].filter(path => files.stat(path)?.kind === 'file');
  const [first] = paths;
  if (first === undefined) return [];
  const functions = paths.flatMap(path =>
    [
      ...withoutPhpComments(files.text(path) ?? '').matchAll(
        /\bfunction[ \t]+&?(\w{1,80})[ \t]*\(/g,
      ),
    ].map(match => match[1] ?? ''),
  );
  if (functions.length === 0) return [];
  const partOf = componentId(name === 'horde' ? main : `${main}/${name}`);
  return [
    {
      id: componentId(`${partOf}/hooks`),
      name: `hooks of ${name}`,
      kind: 'add-on',
      platform: 'horde',
      partOf,
      enabled: application.enabled,
      ...identify(packages, { files: paths, otherwise: { origin: 'in-house' } }),
      foundAt: paths.map(path => ({ path })),
      reach: [
        {
          resource: 'stored-mail',
          mode: 'write',
          extent: `all that ${name} itself can reach: ${functions.slice(0, 10).join(', ')} run${functions.length === 1 ? 's' : ''} inside of it`,
          because: { path: first },
        },
      ],
      logs: [],
    },
  ];
};
