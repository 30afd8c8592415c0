import { type Component, componentId, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { configPath, supplier } from '../../courier-suite/layout.ts';
import { identify } from '../../identify.ts';

const filterFolders = [
  '/usr/lib/courier/filters',
  '/usr/lib/courier/libexec/filters',
  '/usr/libexec/courier/filters',
  '/usr/local/libexec/courier/filters',
  '/usr/local/libexec/filters',
] as const;

export const filterReads: readonly string[] = [
  ...filterFolders.map(folder => `${folder}/*`),
  '/etc/pythonfilter.conf',
];

/** Brought by Courier itself as examples (courierfilter(8)). */
const own: ReadonlySet<string> = new Set(['dupfilter', 'perlfilter', 'ratefilter', 'verifyfilter']);

interface Sources {
  readonly names: readonly string[];
  readonly because: Place;
}

/** `enablefiltering`: which mail is filtered. Without it, none is. */
const sourcesOf = (files: FileView): Sources | undefined => {
  const path = configPath(files, 'enablefiltering');
  if (path === undefined) return undefined;
  const lines = (files.text(path) ?? '').split('\n');
  const at = lines.findIndex(line => line.trim() !== '' && !line.trim().startsWith('#'));
  const names = lines
    .filter(line => !line.trim().startsWith('#'))
    .flatMap(line => line.trim().split(/\s+/))
    .filter(name => name !== '')
    .slice(0, 20);
  return at < 0 ? undefined : { names, because: { path, line: at + 1 } };
};

const mailReach = (sources: Sources | undefined): readonly Reach[] =>
  sources === undefined
    ? []
    : [
        {
          resource: 'mail-in-transit',
          mode: 'write',
          extent: `every message that comes by ${sources.names.join(', ').slice(0, 200)}, in the files of the queue`,
          because: sources.because,
        },
      ];

const part = (
  name: string,
  id: string,
  partOf: string,
  rest: Pick<Component, 'kind' | 'enabled' | 'foundAt' | 'reach'> & ReturnType<typeof identify>,
): Component => ({
  id: componentId(id),
  name,
  platform: 'courier',
  partOf: componentId(partOf),
  logs: [],
  ...rest,
});

/** The script that perlfilter runs: the one line of `filters/perlfilter`. */
const perlScript = (
  files: FileView,
  packages: PackageIndex,
  enabled: boolean,
  reach: readonly Reach[],
): readonly Component[] => {
  const path = configPath(files, 'filters/perlfilter');
  const script = path === undefined ? '' : (files.text(path) ?? '').split('\n')[0]?.trim();
  if (path === undefined || script === undefined || !/^\/.*[^/]$/.test(script)) return [];
  return [
    part(baseOf(script), `courier/perlfilter:${script.slice(0, 500)}`, 'courier/perlfilter', {
      kind: 'content-filter',
      enabled,
      ...identify(packages, { files: [script] }),
      foundAt: [{ path, line: 1 }],
      reach: enabled ? reach : [],
    }),
  ];
};

interface Listed {
  readonly name: string;
  readonly because: Place;
}

/** `Courier::Filter::Module::SPF->new(…)` in the configuration of courier-filter-perl. */
const perlModules = (text: string, path: string): readonly Listed[] =>
  text.split('\n').flatMap((line, i) => {
    const bare = line.split('#')[0] ?? '';
    return [...bare.matchAll(/\b(Courier::Filter::Module::\w+)->new\b/g)].map(match => ({
      name: (match[1] ?? '').replace('Courier::Filter::Module::', ''),
      because: { path, line: i + 1 },
    }));
  });

/** `/etc/pythonfilter.conf`: one module a line, arguments behind it. */
const pythonModules = (text: string, path: string): readonly Listed[] =>
  text.split('\n').flatMap((line, i) => {
    const name = /^\s*([A-Za-z][\w.]*)/.exec(line)?.[1];
    return name === undefined ? [] : [{ name, because: { path, line: i + 1 } }];
  });

const modulesOf = (files: FileView, filter: string): readonly Listed[] => {
  const isPython = filter === 'pythonfilter';
  if (!isPython && filter !== 'courier-filter-perl') return [];
  const path = isPython
    ? '/etc/pythonfilter.conf'
    : configPath(files, 'filters/courier-filter-perl.conf');
  if (path === undefined || files.stat(path)?.kind !== 'file') return [];
  const text = files.text(path) ?? '';
  const all = isPython ? pythonModules(text, path) : perlModules(text, path);
  const first = new Map<string, Listed>();
  for (const each of all) if (!first.has(each.name)) first.set(each.name, each);
  return [...first.values()].slice(0, 200);
};

/**
 * Global mail filters: every program in `filters/active` runs; what is only in the folder of
 * available ones does not (courierfilter(8)).
 */
export const readFilters = (files: FileView, packages: PackageIndex): readonly Component[] => {
  const folder = configPath(files, 'filters/active');
  const active = new Map(
    (folder === undefined ? [] : files.list(folder))
      .filter(({ name }) => !name.startsWith('.'))
      .map(({ name }) => [name, `${folder}/${name}`]),
  );
  const available = new Map(
    filterFolders.flatMap(each =>
      files
        .list(each)
        .filter(({ name, kind }) => kind !== 'folder' && !name.startsWith('.'))
        .map(({ name }) => [name, `${each}/${name}`] as const),
    ),
  );
  const sources = sourcesOf(files);
  if (active.size > 0 && sources === undefined) {
    files.note({
      what: folder ?? '/etc/courier/filters/active',
      why: 'holds filters, but no file enablefiltering names mail that they are asked about',
      how: 'List the sources, such as esmtp and local, in enablefiltering next to courierd.',
    });
  }
  return [...new Set([...active.keys(), ...available.keys()])].slice(0, 300).flatMap(name => {
    const link = active.get(name);
    const enabled = link !== undefined;
    const program = link === undefined ? available.get(name) : (files.real(link) ?? link);
    const because: Place = { path: link ?? program ?? '/etc/courier/filters' };
    const reach = enabled ? mailReach(sources) : [];
    const identity = identify(packages, {
      files: [program ?? because.path],
      ...(own.has(name) ? { otherwise: { origin: 'upstream', supplier } as const } : {}),
    });
    return [
      part(name, `courier/${name}`, 'courier', {
        kind: 'content-filter',
        enabled,
        ...identity,
        foundAt: [because],
        reach,
      }),
      ...(name === 'perlfilter' ? perlScript(files, packages, enabled, reach) : []),
      ...modulesOf(files, name).map(module =>
        part(module.name, `courier/${name}/${module.name}`, `courier/${name}`, {
          kind: 'add-on',
          enabled,
          ...identity,
          foundAt: [module.because],
          reach,
        }),
      ),
    ];
  });
};
