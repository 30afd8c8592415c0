import type { AccessLog } from '../../core/access-log.ts';
import { type Component, type ComponentId, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { readXmlFile } from '../../core/formats/xml.ts';
import type { PackageIndex } from '../../core/packages.ts';
import { dirOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { identify } from '../identify.ts';
import type { Platform } from '../platform.ts';
import { phpVariable, readPhpConfig } from '../syntax/php-config.ts';
import { type PhpValue, phpAt, phpItems, phpText } from '../syntax/php-values.ts';
import { exposureOfServed, runsAsOf, servedAt } from '../syntax/web-server.ts';
import { isServed } from '../webmail/serving.ts';

/** Apps of Nextcloud through which mail, or the password of mailboxes, goes. */
const apps = ['mail', 'user_external', 'snappymail', 'rainloop'] as const;
const markers = apps.map(app => `**/apps/${app}/appinfo/info.xml`);
const copiesMax = 50;

interface Copy {
  readonly folder: string;
  readonly configPath: string;
  readonly settings: PhpValue | undefined;
  readonly version: Component['version'];
}

const copyAt = (files: FileView, folder: string): Copy | undefined => {
  const path = `${folder}/version.php`;
  if (files.stat(path)?.kind !== 'file') return undefined;
  const own = readPhpConfig(files, path);
  const version = own === undefined ? undefined : phpText(phpVariable(own, 'OC_VersionString'));
  if (version === undefined || version === '') return undefined;
  const configPath = `${folder}/config/config.php`;
  const config = readPhpConfig(files, configPath);
  return {
    folder,
    configPath,
    settings: config === undefined ? undefined : phpVariable(config, 'CONFIG'),
    version: { value: version },
  };
};

/** `user_backends` of config.php: a server of mail that is asked for every password. */
const mailLogins = ({ settings }: Copy): readonly { host: string; because: Place }[] =>
  phpItems(phpAt(settings, 'user_backends')).items.flatMap(({ value }) => {
    const kind = phpText(phpAt(value, 'class')) ?? '';
    if (!/(?:^|[\\_])(?:IMAP|SMTP|POP3)$/i.test(kind)) return [];
    const host = phpAt(value, 'arguments', 0);
    return [
      {
        host: (phpText(host) ?? 'a server that the file does not decide').slice(0, 255),
        because: value.at,
      },
    ];
  });

/** Whether admin_audit is on stands in its database, not in a file. */
const loginLog = ({ configPath }: Copy): AccessLog => ({
  question: 'who logged in',
  emitted: 'unknown',
  why: 'logins that succeed are written when the app admin_audit is on, which its database decides',
  because: { path: configPath },
  remedy:
    '# Run in its folder, as the user of the web server, so that they are:\n# then: php occ app:enable admin_audit',
});

const appParts = (
  files: FileView,
  packages: PackageIndex,
  copy: Copy,
  id: ComponentId,
  logins: ReturnType<typeof mailLogins>,
): readonly Component[] =>
  apps.flatMap((app): readonly Component[] => {
    const path = `${copy.folder}/apps/${app}/appinfo/info.xml`;
    if (files.stat(path)?.kind !== 'file') return [];
    const version = readXmlFile(files, path, 'Put back the file of the app that is installed.')
      ?.children.find(({ name }) => name === 'version')
      ?.text.trim();
    const isBackend = app === 'user_external';
    const used = isBackend && logins.length > 0;
    const [first] = logins;
    return [
      {
        id: componentId(`${id}/${app}`),
        name: app,
        kind: 'add-on',
        platform: 'nextcloud',
        partOf: id,
        // Which apps are on stands in its database.
        enabled: used ? true : null,
        ...identify(packages, {
          files: [path],
          ...(version === undefined || version === ''
            ? {}
            : { ownVersion: { value: version.slice(0, 60) } }),
          otherwise: { origin: 'upstream', supplier: 'Nextcloud' },
        }),
        foundAt: [...(used && first !== undefined ? [first.because] : []), { path }],
        reach: isBackend
          ? logins.map(
              ({ host, because }): Reach => ({
                resource: 'credentials',
                mode: 'read',
                extent: `name and mail password of everybody who logs in to Nextcloud, checked at ${host}`,
                because,
              }),
            )
          : [
              {
                resource: 'stored-mail',
                mode: 'write',
                extent:
                  'the mailboxes of those who set it up with their password, where the app is on',
                because: { path },
              },
            ],
        logs: [],
      },
    ];
  });

const read = (
  files: FileView,
  packages: PackageIndex,
  copy: Copy,
  first: boolean,
): readonly Component[] => {
  const id = componentId(first ? 'nextcloud' : `nextcloud@${copy.folder}`);
  const routes = servedAt(files, packages, copy.folder);
  const exposure = exposureOfServed(routes);
  const runsAs = runsAsOf(files, routes);
  const logins = mailLogins(copy);
  const main: Component = {
    id,
    name: 'nextcloud',
    kind: 'connector',
    platform: 'nextcloud',
    enabled: isServed(files, packages, routes),
    ...identify(packages, {
      files: [`${copy.folder}/version.php`],
      ownVersion: copy.version,
      otherwise: {
        origin: 'upstream',
        supplier: 'Nextcloud',
        purl: 'pkg:github/nextcloud/server',
      },
    }),
    foundAt: [
      ...(copy.settings === undefined ? [] : [{ path: copy.configPath }]),
      { path: `${copy.folder}/version.php` },
    ],
    ...(runsAs === undefined ? {} : { runsAs }),
    ...(exposure === undefined ? {} : { exposure }),
    reach: logins.map(({ host, because }) => ({
      resource: 'credentials',
      mode: 'read',
      extent: `name and mail password of everybody who logs in, checked at ${host}`,
      because,
    })),
    logs: [loginLog(copy)],
  };
  return [main, ...appParts(files, packages, copy, id, logins)];
};

/** Nextcloud, where one of its apps reads mail or takes the passwords of mailboxes. */
export const nextcloud: Platform = {
  id: 'nextcloud',
  title: 'Nextcloud with mail',
  reads: markers,
  read: (files, packages) => {
    const folders = markers
      .flatMap(marker => files.glob(marker))
      .map(path => files.real(path) ?? path)
      .map(path => dirOf(dirOf(dirOf(dirOf(path)))));
    const copies = [...new Set(folders)]
      .slice(0, copiesMax)
      .map(folder => copyAt(files, folder))
      .filter(copy => copy !== undefined);
    return {
      components: copies.flatMap((copy, i) => read(files, packages, copy, i === 0)),
    };
  },
};
