import type { FileView } from '../../../core/files.ts';
import type { MailLocation } from '../../../core/mail-location.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { homeTemplates, locationAt } from '../../mail-template.ts';
import type { DovecotBlock, DovecotSetting } from '../../syntax/dovecot.ts';
import { dovecotSetting, effectiveDovecot } from '../../syntax/dovecot-lookup.ts';
import { backendsOf } from './auth.ts';
import type { Backend } from './auth-stores.ts';
import { pairsOf, readExtension } from './databases.ts';
import { findInstances, type Instance } from './instance.ts';

interface Told {
  readonly text: string;
  readonly because: Place;
}

const kinds: Readonly<Record<string, MailLocation['kind']>> = {
  maildir: 'maildir',
  mbox: 'mbox',
  dbox: 'dbox',
  sdbox: 'dbox',
  mdbox: 'dbox',
  auto: 'unknown',
  '': 'unknown',
};

/** Where mail is kept that is on another server, or is a view of other mailboxes. */
const elsewhere: ReadonlySet<string> = new Set([
  'imapc',
  'pop3c',
  'virtual',
  'shared',
  'obox',
  'cydir',
]);

const queryOf = (instance: Instance, backend: Backend): DovecotSetting | undefined => {
  if (backend.driver !== 'sql') return undefined;
  const path = backend.args?.value.split(/\s+/).findLast(word => word.startsWith('/'));
  const block = path === undefined ? backend.block : readExtension(instance, path, backend.place);
  return (
    block && (dovecotSetting(block, 'user_query') ?? dovecotSetting(block, 'userdb_sql_query'))
  );
};

/** `'/var/vmail/%d/%n' AS home` of a query, and the text that a CONCAT begins with. */
const columnsOf = (query: string, column: 'home' | 'mail'): readonly string[] => {
  const plain = new RegExp(`'([^']{1,500})'\\s{1,20}as\\s{1,20}["\`]?${column}\\b`, 'gi');
  const joined = new RegExp(
    `concat\\s{0,20}\\(\\s{0,20}'([^']{1,500})'[^)]{0,500}\\)\\s{1,20}as\\s{1,20}["\`]?${column}\\b`,
    'gi',
  );
  const text = query.slice(0, 20_000);
  return [
    ...[...text.matchAll(plain)].map(([, value = '']) => value),
    ...[...text.matchAll(joined)].map(([, value = '']) => value.replace(/[^/]*$/, '')),
  ];
};

const fieldIn = (block: DovecotBlock, name: string, depth = 0): DovecotSetting | undefined => {
  const inner = block.blocks.filter(({ key }) => key.endsWith('fields'));
  for (const each of inner) {
    const found = each.settings.find(({ key }) => key === name || key === `userdb_${name}`);
    if (found !== undefined) return found;
  }
  return depth > 4
    ? undefined
    : block.blocks.map(each => fieldIn(each, name, depth + 1)).find(Boolean);
};

/** What a user database says of everybody's home or mail. */
const fromUserdb = (
  instance: Instance,
  backend: Backend,
  name: 'home' | 'mail',
): readonly Told[] => {
  const because = backend.args?.place ?? backend.place;
  const pairs = new Map(pairsOf(backend.args?.value ?? ''));
  const field = fieldIn(backend.block, name);
  const query = queryOf(instance, backend);
  return [
    ...(backend.driver === 'static' && pairs.has(name)
      ? [{ text: pairs.get(name) ?? '', because }]
      : []),
    ...(field === undefined ? [] : [{ text: field.value, because: field.place }]),
    ...columnsOf(query?.value ?? '', name).map(text => ({
      text,
      because: query?.place ?? because,
    })),
  ];
};

const passwdText = ({ files }: Instance, backend: Backend): string => {
  if (backend.driver === 'passwd') return files.text('/etc/passwd') ?? '';
  const path = backend.args?.value.split(/\s+/).findLast(word => word.startsWith('/'));
  return backend.driver !== 'passwd-file' || path === undefined || path.includes('%')
    ? ''
    : (files.text(path) ?? '');
};

/** Homes in the order in which they are asked for: mail_home alone where it is set. */
const homesOf = (instance: Instance, userdbs: readonly Backend[]): readonly Told[] => {
  const own = effectiveDovecot(instance.config, 'mail_home');
  if (own !== undefined && own.value !== '') return [{ text: own.value, because: own.place }];
  return userdbs.flatMap(backend => [
    ...fromUserdb(instance, backend, 'home'),
    ...homeTemplates(passwdText(instance, backend)).map(text => ({
      text,
      because: backend.place,
    })),
  ]);
};

const inHome = /^(?:~|%h|%\{home\}|%\{userdb:home\})(?=\/|$)/;

const underHomes = (instance: Instance, told: Told, homes: readonly Told[]): readonly Told[] => {
  if (!inHome.test(told.text)) return [told];
  if (homes.length === 0) {
    instance.files.note({
      what: `${told.because.path}:${told.because.line ?? 1}`,
      why: 'keeps mail in homes, and nothing that was read says where these are',
      how: 'Name the folder: postern scan PATH.',
    });
  }
  return homes.map(home => ({
    text: told.text.replace(inHome, () => home.text.replace(/\/+$/, '')),
    because: told.because,
  }));
};

/** `maildir:~/Maildir:INBOX=~/Maildir/.INBOX:LAYOUT=fs` as what it says of places (mail_location of 2.3). */
const partsOf = ({
  text,
  because,
}: Told): readonly (Told & { readonly kind: MailLocation['kind'] })[] => {
  const driver = /^([a-z]{1,20}):/.exec(text)?.[1] ?? '';
  const kind = kinds[driver];
  if (elsewhere.has(driver) || kind === undefined) return [];
  const [path = '', ...options] = (driver === '' ? text : text.slice(driver.length + 1)).split(':');
  const more = options.flatMap(option => {
    const [name, value = ''] = option.split('=', 2);
    return value !== '' && (name === 'INBOX' || name === 'ALT')
      ? [{ text: value, because, kind }]
      : [];
  });
  return path === '' ? more : [{ text: path, because, kind }, ...more];
};

/** What is set anywhere: 2.4 has the driver and the paths apart. */
const locationTexts = (instance: Instance, userdbs: readonly Backend[]): readonly Told[] => {
  const { config } = instance;
  const told = (setting: DovecotSetting | undefined, driver = ''): readonly Told[] =>
    setting === undefined || setting.value === ''
      ? []
      : [{ text: driver + setting.value, because: setting.place }];
  const driver = effectiveDovecot(config, 'mail_driver')?.value;
  const prefix = driver === undefined ? '' : `${driver}:`;
  const namespaces = config.root.blocks.filter(({ key }) => key === 'namespace');
  return [
    ...told(effectiveDovecot(config, 'mail_location')),
    ...['mail_path', 'mail_inbox_path', 'mail_alt_path'].flatMap(name =>
      told(effectiveDovecot(config, name), prefix),
    ),
    ...namespaces.flatMap(block => [
      ...told(dovecotSetting(block, 'location')),
      ...told(
        dovecotSetting(block, 'mail_path'),
        `${dovecotSetting(block, 'mail_driver')?.value ?? driver ?? ''}:`.replace(/^:$/, ''),
      ),
    ]),
    ...userdbs.flatMap(backend => fromUserdb(instance, backend, 'mail')),
  ];
};

/** Where Dovecot looks when nothing is set. */
const usual: readonly string[] = [
  'mdbox:~/mdbox',
  'sdbox:~/sdbox',
  'maildir:~/Maildir',
  'mbox:~/mail:INBOX=/var/mail/%n',
];

const locationsOf = (instance: Instance): readonly MailLocation[] => {
  const userdbs = backendsOf(instance).filter(({ is }) => is === 'userdb');
  const homes = homesOf(instance, userdbs);
  const set = locationTexts(instance, userdbs);
  const because: Place = { path: instance.config.path };
  const asked = set.length > 0 ? set : usual.map(text => ({ text, because }));
  return asked
    .flatMap(partsOf)
    .flatMap(part =>
      underHomes(instance, part, homes).map(({ text }) =>
        locationAt(part.kind, text, part.because),
      ),
    )
    .filter(location => location !== undefined);
};

/** Dovecot's mail: mail_location or mail_path, mail_home, and what user databases say of homes and mail. */
export const dovecotLocations = (
  files: FileView,
  packages: PackageIndex,
): readonly MailLocation[] =>
  findInstances(files, packages)
    .filter(({ hasConfig }) => hasConfig)
    .flatMap(locationsOf);
