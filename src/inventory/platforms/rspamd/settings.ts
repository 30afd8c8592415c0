import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';
import { readUcl, type UclValue, uclAll, uclGet, uclTexts } from '../../syntax/ucl.ts';

/** Where a build of Rspamd keeps its parts. */
export interface Layout {
  readonly conf: string;
  readonly share: string;
  readonly binary: string;
}

export const layouts: readonly Layout[] = [
  { conf: '/etc/rspamd', share: '/usr/share/rspamd', binary: '/usr/bin/rspamd' },
  {
    conf: '/usr/local/etc/rspamd',
    share: '/usr/local/share/rspamd',
    binary: '/usr/local/bin/rspamd',
  },
  {
    conf: '/opt/rspamd/etc/rspamd',
    share: '/opt/rspamd/share/rspamd',
    binary: '/opt/rspamd/bin/rspamd',
  },
];

/** What Rspamd puts in for `$CONFDIR` and its like (`rspamd_ucl_add_conf_variables`). */
const variablesOf = ({ conf, share }: Layout): Readonly<Record<string, string>> => ({
  CONFDIR: conf,
  LOCAL_CONFDIR: conf,
  SHAREDIR: share,
  PLUGINSDIR: `${share}/plugins`,
  LUALIBDIR: `${share}/lualib`,
  RULESDIR: `${share}/rules`,
  WWWDIR: `${share}/www`,
  DBDIR: '/var/lib/rspamd',
  LOGDIR: '/var/log/rspamd',
  RUNDIR: '/run/rspamd',
});

/** The effective configuration. */
export interface Settings {
  readonly layout: Layout;
  readonly path: string;
  readonly config: UclValue;
  /** Files that it includes and that could not be read: what is not set here may be set there. */
  readonly missing: readonly string[];
  /** A top-level section; where it is written several times, all of it, as Lua modules see it. */
  section(name: string): UclValue | undefined;
  /** Redis servers that a module would use (`lua_redis.parse_redis_server`). */
  redisFor(module: string): readonly Server[];
}

interface Server {
  readonly text: string;
  readonly place: Place;
}

export const readSettings = (files: FileView, layout: Layout, path: string): Settings => {
  const missing: string[] = [];
  const config = readUcl(files, path, {
    variables: variablesOf(layout),
    onMissing: each => missing.push(each),
  });
  const sections = new Map<string, UclValue | undefined>();
  const section = (name: string): UclValue | undefined => {
    if (!sections.has(name)) sections.set(name, joined(uclAll(config, name)));
    return sections.get(name);
  };
  return {
    layout,
    path,
    config,
    missing: missing.slice(0, 100),
    section,
    redisFor: module => redisServers(section, module),
  };
};

/** Several writings of one section as one: the first value of each key stands first. */
const joined = (values: readonly UclValue[]): UclValue | undefined => {
  const [first, ...rest] = values.filter(({ kind }) => kind === 'object');
  if (first === undefined) return values[0];
  if (rest.length === 0) return first;
  const keys = new Map<string, readonly UclValue[]>();
  for (const each of [first, ...rest]) {
    for (const [key, found] of each.keys) keys.set(key, [...(keys.get(key) ?? []), ...found]);
  }
  return { ...first, keys };
};

/** In the order in which `process_redis_options` looks. */
const serversIn = (options: UclValue | undefined): readonly Server[] => {
  for (const key of ['read_servers', 'servers', 'server']) {
    const found = uclTexts(options, key);
    if (found.length === 0) continue;
    const write = key === 'read_servers' ? uclTexts(options, 'write_servers') : [];
    return [...found, ...write].map(({ text, place }) => ({ text: withoutMethod(text), place }));
  }
  return [];
};

/** Upstream lists may start with how to choose: `round-robin:`, `master-slave:`. */
export const withoutMethod = (text: string): string =>
  text.replace(/^(?:round-robin|random|master-slave|hash|sequential):/, '');

const redisServers = (
  section: (name: string) => UclValue | undefined,
  module: string,
): readonly Server[] => {
  const own = section(module);
  const local = serversIn(uclGet(own, 'redis'));
  if (local.length > 0) return local;
  const direct = serversIn(own);
  if (direct.length > 0) return direct;
  const global = section('redis');
  const special = uclGet(global, module);
  if (special !== undefined && special.kind === 'object') return serversIn(special);
  const refused = uclTexts(global, 'disabled_modules').some(({ text }) => text === module);
  return refused ? [] : serversIn(global);
};
