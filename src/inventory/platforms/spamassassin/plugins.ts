import {
  type Component,
  type ComponentId,
  componentId,
  type Reach,
  type Version,
} from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { identify } from '../../identify.ts';
import { findModule, moduleVersion } from '../../syntax/perl-modules.ts';
import type { Config, Load } from './config.ts';

const pluginsMax = 1_000;

/** Old names that newer releases load under new ones (Conf.pm). */
const renamed: Readonly<Record<string, string>> = {
  'Mail::SpamAssassin::Plugin::Dmarc': 'Mail::SpamAssassin::Plugin::DMARC',
  'Mail::SpamAssassin::Plugin::WhiteListSubject': 'Mail::SpamAssassin::Plugin::WelcomeListSubject',
};

const ownVersion = (files: FileView, path: string): Version => {
  const value = moduleVersion(files.text(path, { bytesMax: 1 << 20 }) ?? '');
  return value === undefined
    ? { unknown: 'no package owns it and its source states no version' }
    : { value };
};

interface Known {
  readonly name: string;
  readonly loads: readonly Load[];
}

const grouped = (config: Config, files: FileView): readonly Known[] => {
  const byName = new Map<string, Load[]>();
  for (const load of config.loads) {
    const now = Object.hasOwn(renamed, load.plugin) ? renamed[load.plugin] : undefined;
    const name =
      now !== undefined && load.path === undefined && findModule(files, load.plugin) === undefined
        ? now
        : load.plugin;
    byName.set(name, [...(byName.get(name) ?? []), load]);
  }
  return [...byName].slice(0, pluginsMax).map(([name, loads]) => ({ name, loads }));
};

/** What leaves the host because of a plug-in, from its own documentation. */
const sends: Readonly<Record<string, string>> = {
  DCC: 'checksums of each message, to the DCC network',
  Pyzor: 'digests of each message, to the Pyzor servers',
  Razor2: 'digests of each message, to the Razor network',
  SpamCop: 'whole messages that are reported as spam, to SpamCop',
  URIDNSBL: 'host names of links in each message, asked over DNS of block lists',
  DNSEval: 'addresses of relays of each message, asked over DNS of block lists',
  HashBL: 'hashes of addresses in each message, asked over DNS of block lists',
  ASN: "the sender's IP address of each message, asked over DNS",
  DecodeShortURLs: 'shortened links in each message, fetched to see where they lead',
};

const reachOf = (name: string, shipped: boolean, place: Place): readonly Reach[] => {
  if (!shipped) {
    return [
      {
        resource: 'mail-in-transit',
        mode: 'write',
        extent: 'every message that SpamAssassin scans: its Perl code runs inside SpamAssassin',
        because: place,
      },
    ];
  }
  const short = name.slice(name.lastIndexOf('::') + 2);
  const extent = Object.hasOwn(sends, short) ? sends[short] : undefined;
  return extent === undefined
    ? []
    : [{ resource: 'mail-in-transit', mode: 'send', extent, because: place }];
};

const pluginComponent = (
  files: FileView,
  packages: PackageIndex,
  id: ComponentId,
  { name, loads }: Known,
  perlIsVisible: boolean,
): Component | undefined => {
  const on = loads.filter(({ state }) => state !== 'off');
  const path = on.find(load => load.path !== undefined)?.path ?? loads[0]?.path;
  const named = path !== undefined && files.stat(path)?.kind === 'file' ? path : undefined;
  const found = named ?? findModule(files, name);
  // A commented line is an example; it counts when the code it names is installed.
  if (on.length === 0 && found === undefined) return undefined;
  const certain = on.some(({ state }) => state === 'on');
  const missing = found === undefined && (path !== undefined || perlIsVisible);
  const enabled = on.length === 0 || missing ? false : certain ? true : null;
  const shipped =
    name.startsWith('Mail::SpamAssassin::') &&
    (found === undefined || packages.ownerOf(found) !== undefined || found.startsWith('/usr/'));
  const places = (on.length > 0 ? on : loads).map(({ place }) => place);
  const place = places[0] ?? { path: found ?? '' };
  return {
    id: componentId(`${id}/${name}`),
    name,
    kind: 'add-on',
    platform: 'spamassassin',
    partOf: id,
    enabled,
    ...identify(packages, {
      files: found === undefined ? [] : [found],
      ...(found !== undefined && packages.ownerOf(found) === undefined
        ? { ownVersion: ownVersion(files, found) }
        : {}),
      ...(shipped ? { names: ['spamassassin'] } : {}),
      ...(shipped
        ? { otherwise: { origin: 'upstream', supplier: 'Apache SpamAssassin' } as const }
        : {}),
    }),
    foundAt: [...places, ...(found === undefined ? [] : [{ path: found }])],
    reach: enabled === false ? [] : reachOf(name, shipped, place),
    logs: [],
  };
};

/** Code that lies in the configuration folder and that nothing loads. */
const strays = (
  files: FileView,
  packages: PackageIndex,
  id: ComponentId,
  folder: string,
  config: Config,
): readonly Component[] => {
  const used = new Set(config.loads.map(({ path }) => path));
  const names = new Set(config.loads.map(({ plugin }) => plugin));
  return files
    .glob(`${folder}/*.pm`)
    .filter(path => !used.has(path))
    .slice(0, pluginsMax)
    .flatMap((path): readonly Component[] => {
      const text = files.text(path, { bytesMax: 1 << 20 }) ?? '';
      const name = /^[ \t]*package[ \t]+(\w+(?:::\w+)*)/m.exec(text)?.[1];
      if (name === undefined || names.has(name)) return [];
      return [
        {
          id: componentId(`${id}/${name}`),
          name,
          kind: 'add-on',
          platform: 'spamassassin',
          partOf: id,
          enabled: false,
          ...identify(packages, { files: [path], ownVersion: ownVersion(files, path) }),
          foundAt: [{ path }],
          reach: [],
          logs: [],
        },
      ];
    });
};

/** Every plug-in that is loaded, or installed and named in a comment, or lying about. */
export const pluginsOf = (
  files: FileView,
  packages: PackageIndex,
  id: ComponentId,
  folder: string,
  config: Config,
): readonly Component[] => {
  const perlIsVisible = findModule(files, 'Mail::SpamAssassin') !== undefined;
  return [
    ...grouped(config, files)
      .map(known => pluginComponent(files, packages, id, known, perlIsVisible))
      .filter(component => component !== undefined),
    ...strays(files, packages, id, folder, config),
  ];
};
