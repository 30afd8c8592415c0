import { messageOf } from '../../../core/errors.ts';
import type { FileView } from '../../../core/files.ts';
import { openSqlite, type SqliteDatabase, type SqliteValue } from '../../../core/formats/sqlite.ts';
import { unpackedText } from '../../../core/formats/unpack.ts';
import type { PastUpdate } from '../../../core/patch.ts';
import type { Place } from '../../../core/place.ts';
import { rpm } from '../../versions/rpm.ts';
import type { RpmAdvisory } from './repositories.ts';

/** One installed update. */
export interface RpmUpgrade {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly because: Place;
}

/** Histories of dnf 4 and dnf 5. */
export const historyPaths: readonly string[] = [
  '/var/lib/dnf/history.sqlite',
  '/usr/lib/sysimage/libdnf5/transaction_history.sqlite',
  '/var/lib/dnf5/transaction_history.sqlite',
];
const logBytesMax = 64 << 20;
const dayMs = 86_400_000;
/** libdnf's `TransactionItemAction` and `TransactionItemState`: dnf 4 and dnf 5 count differently. */
const codes = {
  dnf4: { upgrade: 6, replaced: 7, done: 1 },
  dnf5: { upgrade: 2, replaced: 6, done: 2 },
} as const;

/** `postfix-2:3.5.25-1.el9.x86_64`. */
const parseNevra = (
  text: string,
): { readonly name: string; readonly version: string } | undefined => {
  const match = /^(\S{1,200})-((?:\d+:)?[^-\s]{1,100}-[^-\s]{1,100})\.\w+$/.exec(text);
  if (match === null) return undefined;
  return { name: match[1] ?? '', version: (match[2] ?? '').replace(/^0:/, '') };
};

const textOf = (value: SqliteValue | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

type Row = ReadonlyMap<string, SqliteValue>;

const idsOf = (rows: Iterable<Row>, column: string): ReadonlyMap<unknown, string> =>
  new Map([...rows].map(row => [row.get('id'), textOf(row.get(column))]));

/** One history's updates. dnf 5 keeps names, and what happened to a package, in tables of their own. */
const upgradesIn = (
  database: SqliteDatabase,
  path: string,
  names: ReadonlySet<string>,
): readonly RpmUpgrade[] => {
  const rows = (table: string): Iterable<Row> => database.rows(table);
  const isFifth = database.tables.includes('pkg_names');
  const { upgrade, replaced, done } = isFifth ? codes.dnf5 : codes.dnf4;
  const [action, state] = isFifth ? ['action_id', 'state_id'] : ['action', 'state'];
  const named = isFifth ? idsOf(rows('pkg_names'), 'name') : undefined;
  const items = new Map<unknown, { name: string; version: string }>();
  for (const row of rows('rpm')) {
    const name = named?.get(row.get('name_id')) ?? textOf(row.get('name'));
    if (!names.has(name)) continue;
    const epoch = Number(row.get('epoch') ?? 0);
    const version = `${epoch > 0 ? `${epoch}:` : ''}${textOf(row.get('version'))}-${textOf(row.get('release'))}`;
    items.set(row.get('item_id'), { name, version });
  }
  const times = new Map<unknown, number>();
  for (const row of rows('trans')) {
    times.set(row.get('id'), Number(row.get('dt_end') ?? row.get('dt_begin') ?? 0));
  }
  const before = new Map<string, string>();
  const put: { key: string; name: string; to: string; at: number }[] = [];
  for (const row of rows('trans_item')) {
    const item = items.get(row.get('item_id'));
    if (item === undefined || (row.has(state) && row.get(state) !== done)) continue;
    const key = `${textOf(row.get('trans_id'))} ${item.name}`;
    if (row.get(action) === replaced) before.set(key, item.version);
    if (row.get(action) !== upgrade) continue;
    put.push({
      key,
      name: item.name,
      to: item.version,
      at: times.get(row.get('trans_id')) ?? 0,
    });
  }
  return put.flatMap(({ key, name, to, at }) => {
    const from = before.get(key);
    return from === undefined || !(at > 0) || at > 1e11
      ? []
      : [{ name, from, to, at: new Date(at * 1000).toISOString(), because: { path } }];
  });
};

/** dnf's own databases of transactions. */
const fromDatabases = (files: FileView, names: ReadonlySet<string>): readonly RpmUpgrade[] =>
  historyPaths.flatMap(path => {
    try {
      const database = openSqlite(files, path);
      return database === undefined ? [] : upgradesIn(database, path, names);
    } catch (thrown) {
      files.note({
        what: path,
        why: `dnf's history could not be read: ${messageOf(thrown)}`,
        how: 'Check it with dnf history.',
      });
      return [];
    }
  });

const logLine =
  /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{4})) SUBDEBUG (Upgraded?): (\S{1,400})$/;

/** `/var/log/dnf.rpm.log`: the new builds of a transaction, then those that they replaced. */
const fromLogs = (files: FileView, names: ReadonlySet<string>): readonly RpmUpgrade[] => {
  const out: RpmUpgrade[] = [];
  const waiting = new Map<string, Omit<RpmUpgrade, 'from'>>();
  const logs = files
    .list('/var/log')
    .map(({ name }) => name)
    .filter(name => /^dnf\.rpm\.log(?:[.-][\w.-]+)?$/.test(name))
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  for (const log of logs) {
    const path = `/var/log/${log}`;
    const text = unpackedText(files, path, { bytesMax: logBytesMax }) ?? '';
    for (const [i, line] of text.split('\n').entries()) {
      if (!line.includes(' Upgrade')) continue;
      const [, stamp = '', action, nevra = ''] = logLine.exec(line.trim()) ?? [];
      const build = parseNevra(nevra);
      const ms = Date.parse(stamp.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
      if (build === undefined || !names.has(build.name) || Number.isNaN(ms)) continue;
      if (action === 'Upgrade') {
        waiting.set(build.name, {
          name: build.name,
          to: build.version,
          at: new Date(ms).toISOString(),
          because: { path, line: i + 1 },
        });
      } else {
        const put = waiting.get(build.name);
        if (put !== undefined) out.push({ ...put, from: build.version });
        waiting.delete(build.name);
      }
    }
  }
  return out;
};

/** Every update that dnf wrote down, by package, oldest first. */
export const readUpgrades = (
  files: FileView,
  names: ReadonlySet<string>,
): ReadonlyMap<string, readonly RpmUpgrade[]> => {
  const out = new Map<string, RpmUpgrade[]>();
  for (const upgrade of [...fromDatabases(files, names), ...fromLogs(files, names)]) {
    if (rpm.compare(upgrade.from, upgrade.to) !== -1) continue;
    const known = out.get(upgrade.name) ?? [];
    out.set(upgrade.name, known);
    if (!known.some(each => each.to === upgrade.to && each.from === upgrade.from))
      known.push(upgrade);
  }
  for (const list of out.values()) list.sort((a, b) => (a.at < b.at ? -1 : 1));
  return out;
};

/** How long each past update took, by the day on which its advisory was issued. */
export const pastUpdates = (
  upgrades: readonly RpmUpgrade[],
  advisories: readonly RpmAdvisory[],
  hasAdvisories: boolean,
): readonly PastUpdate[] =>
  upgrades.flatMap(({ from, to, at, because }) => {
    const past = (advisory: RpmAdvisory | undefined, security: boolean | null): PastUpdate => ({
      from,
      to: advisory?.version ?? to,
      installed: at,
      security,
      because,
      ...(advisory?.issued === undefined
        ? {}
        : {
            released: advisory.issued,
            days: Math.max(0, Math.floor((Date.parse(at) - Date.parse(advisory.issued)) / dayMs)),
          }),
    });
    const passed = advisories.filter(
      ({ version }) => rpm.compare(version, from) === 1 && rpm.compare(version, to) !== 1,
    );
    const fixes = new Map(
      passed.filter(({ security }) => security).map(each => [each.id, each] as const),
    );
    if (fixes.size > 0) {
      return [...fixes.values()]
        .map(each => past(each, true))
        .sort((a, b) => ((a.released ?? '') < (b.released ?? '') ? -1 : 1));
    }
    const own = passed.find(({ version }) => version === to);
    return [past(own, hasAdvisories && own !== undefined ? false : null)];
  });
