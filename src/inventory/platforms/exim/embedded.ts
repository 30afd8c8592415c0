import type { Component, Reach } from '../../../core/component.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { identify } from '../../identify.ts';
import { settingNamed } from '../../syntax/exim.ts';
import { type Exim, isDynamic, partOf } from './context.ts';
import type { LocalScan } from './scanners.ts';

const within = (extent: string, because: Place): Reach => ({
  resource: 'mail-in-transit',
  mode: 'write',
  extent,
  because,
});

interface Loading {
  readonly extent: string;
  readonly enabled?: boolean;
  readonly name?: string;
  readonly kind?: Component['kind'];
}

/** A file of code that runs inside of Exim's own process. */
const loaded = (exim: Exim, path: string, because: Place, loading: Loading): Component => {
  const there = exim.files.stat(path)?.kind === 'file';
  const { extent, enabled = true, kind = 'add-on', name = baseOf(path) } = loading;
  return partOf(exim, kind, name.slice(0, 200) || 'library', {
    ...identify(exim.packages, there ? { files: [path] } : {}),
    ...(there ? {} : { version: { unknown: `${path} is not on this host` } }),
    enabled,
    foundAt: [because],
    reach: enabled ? [within(extent, because)] : [],
  });
};

/** `${dlfunc{/path.so}{function}…}` (spec 11.5): one component for each library. */
const libraries = (exim: Exim): readonly Component[] => {
  const found = new Map<string, Component>();
  for (const { items, setting } of exim.texts) {
    for (const { name, args } of items) {
      const path = (args[0] ?? '').trim();
      if (name !== 'dlfunc' || found.has(path) || found.size >= 100) continue;
      if (isDynamic(path) || !path.startsWith('/')) {
        exim.files.note({
          what: `${setting.at.path}:${setting.at.line ?? 1}`,
          why: 'loads a library whose path is computed for each message',
          how: 'Write the path in full.',
        });
        continue;
      }
      found.set(
        path,
        loaded(exim, path, setting.at, {
          extent: 'all that Exim itself can: it runs inside of it',
        }),
      );
    }
  }
  return [...found.values()];
};

/** `perl_startup` loads scripts into Exim (spec chapter 12); `${perl}` calls them. */
const perlScripts = (exim: Exim): readonly Component[] => {
  const startup = settingNamed(exim.setup.config.main, 'perl_startup');
  if (startup === undefined || startup.value.trim() === '') return [];
  const atStart = settingNamed(exim.setup.config.main, 'perl_at_start')?.value === 'true';
  const called =
    atStart || exim.texts.some(({ items }) => items.some(({ name }) => name === 'perl'));
  const paths = [
    ...startup.value.matchAll(/(?:do|require)\s*(?:\(\s*)?['"]([^'"]{1,500})['"]/g),
  ].map(match => match[1] ?? '');
  const extent = 'all that Exim itself can: it runs inside of it';
  if (paths.length === 0) {
    return [
      partOf(exim, 'add-on', 'perl_startup', {
        version: { unknown: 'it is Perl code within the configuration' },
        enabled: called,
        foundAt: [startup.at],
        reach: called ? [within(extent, startup.at)] : [],
      }),
    ];
  }
  return paths
    .slice(0, 50)
    .map(path => loaded(exim, path, startup.at, { enabled: called, extent }));
};

/** `system_filter`: instructions that every message goes through once (spec chapter 46). */
const systemFilter = (exim: Exim): readonly Component[] => {
  const setting = settingNamed(exim.setup.config.main, 'system_filter');
  if (setting === undefined || setting.value === '') return [];
  const user = settingNamed(exim.setup.config.main, 'system_filter_user');
  const isFixed = setting.value.startsWith('/') && !isDynamic(setting.value);
  if (isFixed && exim.files.stat(setting.value) === undefined) {
    exim.files.note({
      what: setting.value,
      why: 'is the system filter that every message goes through, and is not there',
      how: 'Restore the file, or remove system_filter.',
    });
  }
  return [
    partOf(exim, 'add-on', 'system_filter', {
      ...identify(exim.packages, isFixed ? { files: [setting.value] } : {}),
      version: { unknown: 'it is a filter file, which states no version' },
      foundAt: [setting.at, ...(isFixed ? [{ path: setting.value }] : [])],
      ...(user === undefined ? {} : { runsAs: { user: user.value, because: user.at } }),
      reach: [within('every message before it is delivered', setting.at)],
    }),
  ];
};

const localScan = (exim: Exim, scan: LocalScan | undefined): readonly Component[] =>
  scan === undefined
    ? []
    : [
        loaded(exim, scan.path, scan.because, {
          enabled: !scan.off,
          extent: scan.reach.extent,
          kind: 'content-filter',
          name: baseOf(scan.path).replace(/\.so$/, '') || 'local_scan',
        }),
      ];

/** Code that is loaded into Exim. */
export const embeddedParts = (exim: Exim, scan: LocalScan | undefined): readonly Component[] => [
  ...localScan(exim, scan),
  ...libraries(exim),
  ...perlScripts(exim),
  ...systemFilter(exim),
];
