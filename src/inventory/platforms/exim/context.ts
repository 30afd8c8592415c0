import {
  type Component,
  type ComponentId,
  type ComponentKind,
  componentId,
} from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { identify } from '../../identify.ts';
import type { ProgramHost } from '../../programs/piped-programs.ts';
import { type AclItem, type Driver, type Setting, settingNamed } from '../../syntax/exim.ts';
import { type ExpansionItem, expansionItems } from '../../syntax/exim-expansion.ts';
import type { EximSetup } from './setup.ts';

/** Sections of the configuration that hold expanded strings. */
type Section = 'main' | 'acl' | 'router' | 'transport' | 'authenticator' | 'rewrite';

/** One setting where it stands. */
export interface Text {
  readonly section: Section;
  /** Name of the ACL, router, transport or authenticator; empty in the main section. */
  readonly owner: string;
  readonly setting: Setting;
  readonly items: readonly ExpansionItem[];
}

/** What the readers of single features need. */
export interface Exim extends ProgramHost {
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
    platform: 'exim',
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

export const valueOf = (driver: Driver, name: string): Setting | undefined =>
  settingNamed(driver.settings, name);

/** A value that Exim computes when it needs it. */
export const isDynamic = (text: string): boolean => /\$[{A-Za-z]/.test(text);
