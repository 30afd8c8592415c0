import {
  type Component,
  type ComponentId,
  type ComponentKind,
  componentId,
  type Place,
  type Reach,
} from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { baseOf } from '../../../core/paths.ts';
import { identify } from '../../identify.ts';
import { mailProgram, mailProgramKind, standsAlone } from '../../mail-programs.ts';
import { type AclItem, type Driver, type Setting, settingNamed } from '../../syntax/exim.ts';
import { type ExpansionItem, expansionItems } from '../../syntax/exim-expansion.ts';
import type { EximSetup } from './setup.ts';

/** Sections of the configuration that hold expanded strings. */
export type Section = 'main' | 'acl' | 'router' | 'transport' | 'authenticator' | 'rewrite';

/** One setting where it stands. */
export interface Text {
  readonly section: Section;
  /** Name of the ACL, router, transport or authenticator; empty in the main section. */
  readonly owner: string;
  readonly setting: Setting;
  readonly items: readonly ExpansionItem[];
}

/** What the readers of single features need. */
export interface Exim {
  readonly files: FileView;
  readonly packages: PackageIndex;
  readonly id: ComponentId;
  readonly setup: EximSetup;
  /** Settings that take effect: those of ACLs that nothing calls are left out. */
  readonly texts: readonly Text[];
  /** Items of the ACLs that are called. */
  readonly aclItems: readonly (AclItem & { readonly acl: string })[];
  /** Transports that a router, or another setting, names. */
  readonly transports: readonly Driver[];
  readonly identity: ReturnType<typeof identify>;
}

const words = (text: string): readonly string[] => text.match(/[A-Za-z_/][\w./-]*/g) ?? [];

/** Names of the ACLs that some `acl_…` option, condition or expansion calls, directly or not. */
const calledAcls = ({ config }: EximSetup): ReadonlySet<string> => {
  const known = new Map(config.acls.map(acl => [acl.name, acl]));
  const called = new Set<string>();
  const queue: string[] = [];
  const call = (text: string): void => {
    for (const word of words(text)) {
      if (!known.has(word) || called.has(word)) continue;
      called.add(word);
      queue.push(word);
    }
  };
  for (const { name, value } of config.main) if (name.startsWith('acl_')) call(value);
  for (const { settings } of [...config.routers, ...config.transports, ...config.authenticators]) {
    for (const { value } of settings) if (/\bacl\s*\{/.test(value)) call(value);
  }
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const { name, value } of known.get(next)?.items ?? []) {
      if (name === 'acl' || value.includes('acl')) call(value);
    }
  }
  return called;
};

const textsOf = (section: Section, drivers: readonly Driver[]): readonly Text[] =>
  drivers.flatMap(({ name, settings }) =>
    settings.map(setting => ({
      section,
      owner: name,
      setting,
      items: expansionItems(setting.value),
    })),
  );

/** Names of transports that anything hands mail to. */
const usedTransports = ({ config }: EximSetup): readonly Driver[] => {
  const named = new Set<string>();
  const namers = /^(?:transport|.*_transport|route_list|route_data)$/;
  for (const setting of [...config.main, ...config.routers.flatMap(({ settings }) => settings)]) {
    if (!namers.test(setting.name)) continue;
    for (const word of words(setting.value)) named.add(word);
  }
  return config.transports.filter(({ name }) => named.has(name));
};

export const makeExim = (
  files: FileView,
  packages: PackageIndex,
  id: ComponentId,
  setup: EximSetup,
  identity: Exim['identity'],
): Exim => {
  const { config } = setup;
  const called = calledAcls(setup);
  const acls = config.acls.filter(({ name }) => called.has(name));
  const transports = usedTransports(setup);
  const plain = (section: Section, settings: readonly Setting[]): readonly Text[] =>
    textsOf(section, [{ name: '', at: { path: setup.path }, settings }]);
  return {
    files,
    packages,
    id,
    setup,
    identity,
    transports,
    aclItems: acls.flatMap(({ name, items }) => items.map(item => ({ ...item, acl: name }))),
    texts: [
      ...plain('main', [...config.main, ...config.lists]),
      ...acls.flatMap(({ name, at, items }) => textsOf('acl', [{ name, at, settings: items }])),
      ...textsOf('router', config.routers),
      ...textsOf('transport', transports),
      ...textsOf('authenticator', config.authenticators),
      ...plain('rewrite', config.rules),
    ],
  };
};

/** A part of Exim; what is not given is what is mostly so. */
export const partOf = (
  exim: Exim,
  kind: ComponentKind,
  name: string,
  rest: Partial<Component>,
): Component => ({
  id: componentId(`${exim.id}/${name}`),
  name,
  kind,
  platform: 'exim',
  partOf: exim.id,
  version: { unknown: 'nothing on this host states it' },
  origin: 'unknown',
  thirdParty: true,
  enabled: true,
  foundAt: [],
  reach: [],
  logs: [],
  ...rest,
});

/** A program that mail or its data is handed to, and one place that says so. */
export interface ProgramUse {
  readonly path: string;
  readonly args?: readonly string[];
  readonly kind: ComponentKind;
  readonly because: Place;
  readonly reach: readonly Reach[];
  readonly user?: { readonly user: string; readonly because: Place };
  /** Nothing is delivered through it: the transport is there, and no router names it. */
  readonly idle?: boolean;
}

const searched = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/lib'] as const;

/** Where the program lies: as written, or for a bare name where a PATH would find it. */
export const programAt = (files: FileView, path: string): string | undefined =>
  (path.startsWith('/') ? [path] : searched.map(folder => `${folder}/${path}`)).find(
    each => files.stat(each)?.kind === 'file',
  );

/** One component for each program, however often it is called. */
export const programParts = (exim: Exim, uses: readonly ProgramUse[]): readonly Component[] => {
  const byPath = new Map<string, ProgramUse[]>();
  for (const use of uses) {
    const own = byPath.get(use.path);
    if (own !== undefined) own.push(use);
    else if (byPath.size < 500) byPath.set(use.path, [use]);
  }
  const names = new Set<string>();
  return [...byPath].map(([path, own]) => {
    const software = mailProgram(path);
    const short = software?.name ?? (baseOf(path).slice(0, 200) || path.slice(0, 200));
    const name = names.has(short) ? path.slice(0, 400) : short;
    names.add(name);
    const at = programAt(exim.files, path);
    const user = own.find(use => use.user !== undefined)?.user;
    const kind = software?.kind ?? mailProgramKind(path) ?? own[0]?.kind ?? 'content-filter';
    const { partOf: host, ...part } = partOf(exim, kind, name, {
      ...(software === undefined
        ? {}
        : { id: componentId(software.id), platform: software.platform }),
      enabled: own.some(use => use.idle !== true) ? (at === undefined ? null : true) : false,
      ...identify(exim.packages, {
        files: at === undefined ? [] : [at],
        ...(at === undefined
          ? { ownVersion: { unknown: `${path} is not on this host, or its name is not fixed` } }
          : {}),
      }),
      foundAt: own.map(({ because }) => because).slice(0, 50),
      ...(user === undefined ? {} : { runsAs: user }),
      reach: distinct(own.flatMap(use => use.reach)).slice(0, 50),
    });
    const alone = software !== undefined && standsAlone(software);
    return {
      ...part,
      name: short,
      ...(alone || host === undefined ? {} : { partOf: host }),
    };
  });
};

const distinct = (reach: readonly Reach[]): readonly Reach[] =>
  reach.filter(
    (each, i) =>
      reach.findIndex(
        other =>
          other.resource === each.resource &&
          other.mode === each.mode &&
          other.extent === each.extent,
      ) === i,
  );

export const valueOf = (driver: Driver, name: string): Setting | undefined =>
  settingNamed(driver.settings, name);

/** A value that Exim computes when it needs it. */
export const isDynamic = (text: string): boolean => /\$[{A-Za-z]/.test(text);
