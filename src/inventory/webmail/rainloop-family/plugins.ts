import {
  type Component,
  type ComponentId,
  componentId,
  type Reach,
} from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { withoutAccounts } from '../../../core/url-text.ts';
import { identify } from '../../identify.ts';
import type { Product } from './copies.ts';
import { type IniValue, type IniValues, isYes, readValues } from './ini.ts';

const pluginsMax = 500;

/** Extensions that the makers of both programs publish themselves. */
const published: ReadonlySet<string> = new Set(
  (
    'add-x-originating-ip-header attachments-force-open auto-domain-grab ' +
    'automatic-default-domain avatars backup black-list cache-apcu cache-memcache ' +
    'cache-redis cas-login change-password change-password-cpanel ' +
    'change-password-custom-sql change-password-cyberpanel ' +
    'change-password-docker-mailserver change-password-example change-password-froxlor ' +
    'change-password-hestia change-password-hmailserver change-password-ispconfig ' +
    'change-password-mailcow change-password-poppassd change-smtp-ehlo-message ckeditor ' +
    'client-ip-passthrough compact-composer contact-group-excel-paste ' +
    'contacts-suggestions-example convert-headers-styles cpanel-change-password ' +
    'custom-admin-settings-tab custom-auth-example custom-login-mapping custom-settings-tab ' +
    'custom-system-folders demo-account directadmin-change-password example ' +
    'excel-multirow-maillist-parser froxlor-change-password google-analytics haveibeenpwned ' +
    'hcaptcha hmail-aliases hmailserver-change-password ics-viewer ' +
    'imap-contacts-suggestions imscp-change-password ispconfig-change-password ' +
    'ispmail-change-password ispmanager-change-password kolab ldap-change-password ' +
    'ldap-contacts-suggestions ldap-identities ldap-login-mapping ldap-mail-accounts ' +
    'login-autoconfig login-cpanel login-external login-external-sso login-gmail login-http ' +
    'login-o365 login-oauth2 login-override login-proxyauth-example login-register ' +
    'login-remote login-virtuser mailbox-detect mailcow-change-password ' +
    'modoboa-change-password nextcloud override-smtp-credentials owncloud piwik-analytics ' +
    'plesk-change-password poppassd-change-password postfixadmin-change-password proxy-auth ' +
    'recaptcha search-filters send-save-in set-remote-addr smtp-use-from-adr-account ' +
    'snowfall-on-login-screen sso-auth two-factor-auth vesta-change-password ' +
    'video-on-login-screen view-ics virtualmin-change-password white-list wysiwyg-example'
  ).split(' '),
);

const changesPasswords = /(?:^|-)(?:change-password|password-change|passwd)(?:-|$)/;

interface Stated {
  readonly name?: string;
  readonly version?: string;
  readonly author?: string;
}

/** `NAME`, `VERSION` and `AUTHOR` among the constants of the plug-in's class. */
const statedIn = (source: string): Stated => {
  const text = (name: string): string | undefined =>
    new RegExp(`\\b${name}\\s*=\\s*['"]([^'"\\n]{1,200})['"]`).exec(source)?.[1]?.trim();
  const name = text('NAME');
  const version = text('VERSION');
  const author = text('AUTHOR');
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(author === undefined ? {} : { author }),
  };
};

interface Found {
  readonly name: string;
  readonly path: string;
  readonly stated: Stated;
}

/** `plugins/<name>/index.php`, or one file `plugins/<name>.phar`, which is not opened. */
const pluginsIn = (files: FileView, folder: string): readonly Found[] => {
  const unpacked = files
    .glob(`${folder}/plugins/*/index.php`)
    .slice(0, pluginsMax)
    .map((path): Found => {
      const own = path.slice(0, -'/index.php'.length);
      const stated = statedIn(files.text(path) ?? '');
      const file = `${own}/VERSION`;
      const kept = files.stat(file)?.kind === 'file' ? (files.text(file) ?? '').trim() : '';
      return {
        name: own.slice(own.lastIndexOf('/') + 1),
        path,
        stated:
          stated.version === undefined && /^[\w.+-]{1,60}$/.test(kept)
            ? { ...stated, version: kept }
            : stated,
      };
    });
  const archived = files.glob(`${folder}/plugins/*.phar`).map(
    (path): Found => ({
      name: path.slice(path.lastIndexOf('/') + 1, -'.phar'.length),
      path,
      stated: {},
    }),
  );
  const names = new Set(unpacked.map(({ name }) => name));
  return [...unpacked, ...archived.filter(({ name }) => !names.has(name))].slice(0, pluginsMax);
};

const filledAt = (values: IniValues, pattern: RegExp): readonly (readonly [string, IniValue])[] =>
  [...values].filter(([key, { text }]) => key.length <= 200 && pattern.test(key) && text !== '');

/** A data source name without user and password: `mysql:host=db;dbname=mail`. */
const shownSource = (text: string): string =>
  withoutAccounts(text.replace(/(user(?:name)?|pass(?:word|wd)?|pwd)=[^;\s]*;?/gi, '')).slice(
    0,
    300,
  );

/** What a plug-in's own settings name: directories, databases, keys. */
const ownReach = (values: IniValues): readonly Reach[] => {
  const [uri] = filledAt(values, /(?:^|[._])ldap[\w-]*(?:uri|server|host|hostname|url)$/);
  const [base] = filledAt(values, /base_?-?dn$/);
  const source = filledAt(values, /(?:^|[._])(?:\w*dsn)$/).slice(0, 5);
  const secret = filledAt(values, /pass(?:word|wd)?$|secret|token$|api_?key$/).slice(0, 10);
  const [host] = filledAt(values, /(?:mysql|pgsql|sql|db)_?(?:host|server)$|\.host$/);
  const [database] = filledAt(values, /database$|db_?name$/);
  return [
    ...(uri === undefined
      ? []
      : [
          {
            resource: 'directory',
            mode: 'read',
            extent: `entries below ${(base?.[1].text ?? 'the whole directory').slice(0, 200)} at ${withoutAccounts(uri[1].text).slice(0, 200)}`,
            because: uri[1].because,
          } as const,
        ]),
    ...source.map(
      ([, { text, because }]): Reach => ({
        resource: 'customer-records',
        mode: 'write',
        extent: `database ${shownSource(text)}`,
        because,
      }),
    ),
    ...(database === undefined || source.length > 0
      ? []
      : [
          {
            resource: 'customer-records',
            mode: 'write',
            extent: `database ${database[1].text.slice(0, 100)} at ${(host?.[1].text ?? 'the local server').slice(0, 200)}`,
            because: database[1].because,
          } as const,
        ]),
    ...secret.map(
      ([key, { because }]): Reach => ({
        resource: 'credentials',
        mode: 'read',
        extent: `a password or key (${key.slice(0, 100)}), in ${because.path}`,
        because,
      }),
    ),
  ];
};

const settingsOf = (files: FileView, folder: string, name: string): IniValues => {
  const path = ['json', 'ini']
    .map(ending => `${folder}/configs/plugin-${name}.${ending}`)
    .find(each => files.stat(each)?.kind === 'file');
  return path === undefined ? new Map() : readValues(files, path);
};

export interface Switches {
  /** `[plugins] enable`. */
  readonly on: boolean;
  readonly listed: readonly string[];
  readonly because: Place;
}

/** `[plugins] enable` and `enabled_list` of `application.ini`. */
export const switchesOf = (values: IniValues, path: string): Switches => {
  const enable = values.get('plugins.enable');
  const list = values.get('plugins.enabled_list');
  return {
    on: isYes(enable, false),
    listed: (list?.text ?? '')
      .split(',')
      .map(name => name.trim())
      .filter(name => name !== '')
      .slice(0, pluginsMax),
    because: list?.because ?? enable?.because ?? { path },
  };
};

/** The plug-ins of one data folder, those that are off too. */
export const readPlugins = (
  files: FileView,
  packages: PackageIndex,
  product: Product,
  main: ComponentId,
  folder: string,
  switches: Switches,
): readonly Component[] => {
  const found = pluginsIn(files, folder);
  for (const name of switches.on ? switches.listed : []) {
    if (found.some(each => each.name === name)) continue;
    files.note({
      what: `${switches.because.path}:${switches.because.line ?? 1}`,
      why: `switches on the plug-in ${name.slice(0, 100)}, which is not in ${folder}/plugins`,
      how: 'Take it out of enabled_list, or look for where it went.',
    });
  }
  return found.map((plugin): Component => {
    const { name, path, stated } = plugin;
    const isListed = switches.listed.includes(name);
    const enabled = switches.on && isListed;
    const isPublished = published.has(name);
    const supplier = stated.author ?? (isPublished ? product.supplier : undefined);
    return {
      id: componentId(`${main}/${name}`),
      name,
      kind: 'webmail-plugin',
      platform: product.id,
      partOf: main,
      enabled,
      ...identify(packages, {
        files: [path],
        ...(stated.version === undefined
          ? path.endsWith('.phar')
            ? { ownVersion: { unknown: 'it is one archive (phar), which is not opened' } }
            : {}
          : { ownVersion: { value: stated.version } }),
        otherwise: {
          origin: isPublished ? 'upstream' : 'unknown',
          ...(supplier === undefined ? {} : { supplier }),
        },
      }),
      foundAt: isListed ? [{ path }, switches.because] : [{ path }],
      reach: enabled
        ? [
            ...(changesPasswords.test(name)
              ? [
                  {
                    resource: 'credentials',
                    mode: 'write',
                    extent: 'the mail password of everybody who changes it in the webmail',
                    because: { path },
                  } as const,
                ]
              : []),
            ...ownReach(settingsOf(files, folder, name)),
          ]
        : [],
      logs: [],
    };
  });
};
