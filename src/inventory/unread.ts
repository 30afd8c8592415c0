import type { Component, ComponentId } from '../core/component.ts';
import type { FileView } from '../core/files.ts';
import { pathMatches } from '../core/glob.ts';
import { dirOf } from '../core/paths.ts';
import type { Platform } from './platform.ts';
import { isIn, settingsFolder, type UnreadPaths, unreadPaths } from './syntax/unread-paths.ts';

/** What of a platform's own settings could not be read. */
interface Settings {
  /** A folder or file that holds settings of every kind: what it logs may stand there. */
  readonly barred?: string;
  /** Any of them: what it calls and loads may stand there. */
  readonly any?: string;
}

/** Patterns of settings files that one platform alone reads, its own. */
const ownPatterns = (platforms: readonly Platform[]): ReadonlyMap<string, readonly string[]> => {
  const readers = new Map<string, number>();
  for (const { reads } of platforms) {
    for (const pattern of new Set(reads)) readers.set(pattern, (readers.get(pattern) ?? 0) + 1);
  }
  return new Map(
    platforms.map(({ id, reads }) => [
      id,
      reads.filter(pattern => /^\/(?:.*\/)?etc\//.test(pattern) && readers.get(pattern) === 1),
    ]),
  );
};

/** Whether a file, or the folder that it would lie in, is what could not be read. */
const covers = (unread: string, pattern: string): boolean => {
  if (pathMatches(pattern, unread)) return true;
  const depth = unread.split('/').length;
  const above = pattern.split('/').slice(0, depth);
  // Of a folder for each person or program (`/home/*`), one says nothing about the others.
  return (
    above.length === depth &&
    pattern.split('/').length > depth &&
    !above.some(segment => segment.includes('*')) &&
    pathMatches(above.join('/'), unread)
  );
};

const settingsOf = (patterns: readonly string[], unread: UnreadPaths): Settings => {
  const folders = [
    ...new Set(
      patterns.flatMap(pattern =>
        /[*?[{]/.test(dirOf(pattern)) ? [] : (settingsFolder(pattern) ?? []),
      ),
    ),
  ];
  const barred = unread.barred.find(path => patterns.some(pattern => covers(path, pattern)));
  const any =
    barred ??
    unread.all.find(
      path =>
        patterns.some(pattern => covers(path, pattern)) ||
        folders.some(folder => isIn(path, folder)),
    );
  return {
    ...(barred === undefined ? {} : { barred }),
    ...(any === undefined ? {} : { any }),
  };
};

/** Of what a part is plugged into, from itself outwards. */
const lineage = (
  component: Component,
  byId: ReadonlyMap<ComponentId, Component>,
): readonly Component[] => {
  const out: Component[] = [component];
  for (let each = component; each.partOf !== undefined && out.length < 20; ) {
    const next = byId.get(each.partOf);
    if (next === undefined || out.includes(next)) break;
    out.push(next);
    each = next;
  }
  return out;
};

/** Programs that a mail server starts; other platforms are started, or not, by the host. */
const started: ReadonlySet<Component['kind']> = new Set(['policy-service', 'content-filter']);

const isStartedByHost = ({ id, platform, kind }: Component): boolean =>
  (id === platform || id.startsWith(`${platform}@`)) && !started.has(kind);

const namesMax = 5;

/**
 * What a part logs, whether it is shut off from the internet, and that it is switched off, told anew
 * where a file that this rests on is there and could not be read: its own, or one of the program that
 * would call or load it. Whatever was said then comes from defaults, or from silence.
 */
export const withoutUnread = (
  files: FileView,
  components: readonly Component[],
  platforms: readonly Platform[] = [],
): readonly Component[] => {
  const unread = unreadPaths(files);
  const { cut } = files;
  if (unread.all.length === 0 && cut === undefined) return components;
  const byId = new Map(components.map(component => [component.id, component]));
  const settings = new Map(
    [...ownPatterns(platforms)].map(([id, patterns]) => [id, settingsOf(patterns, unread)]),
  );
  // A second copy, or instance, has its settings where it was found, not at the platform's usual places.
  const settingsFor = ({ id, platform }: Component): Settings =>
    id.startsWith(`${platform}@`) ? {} : (settings.get(platform) ?? {});
  const foundIn = ({ foundAt }: Component): string | undefined =>
    foundAt.map(({ path }) => unread.at(path)).find(path => path !== undefined);

  /** The file that may switch on a part that is off as far as it was read. */
  const switchOf = (component: Component): string | undefined => {
    const own = foundIn(component);
    if (own !== undefined || isStartedByHost(component)) return own;
    return lineage(component, byId)
      .map(each => foundIn(each) ?? settingsFor(each).any)
      .find(path => path !== undefined);
  };

  const perhapsOn = new Map<string, ComponentId[]>();
  const told = components.map((component): Component => {
    const found = foundIn(component);
    const own = found ?? settingsFor(component).barred;
    const logs = component.logs.map((log): Component['logs'][number] => {
      const { question, because, emitted } = log;
      const path = (because === undefined ? undefined : unread.at(because.path)) ?? own;
      return path === undefined || emitted === 'unknown'
        ? log
        : { question, emitted: 'unknown', why: `${path} could not be read`, because: { path } };
    });
    const by = component.enabled === false ? switchOf(component) : undefined;
    if (by !== undefined) perhapsOn.set(by, [...(perhapsOn.get(by) ?? []), component.id]);
    const isOpen = by !== undefined || (cut !== undefined && component.enabled === false);
    return {
      ...component,
      logs,
      ...(isOpen ? { enabled: null } : {}),
      ...exposureWithout(component, found, unread, cut?.why),
    };
  });
  for (const [what, ids] of perhapsOn) {
    const more = ids.length > namesMax ? ` and ${ids.length - namesMax} more` : '';
    files.note({
      what,
      why: `may switch on what nothing that was read does: ${ids.slice(0, namesMax).join(', ')}${more}`,
      how: 'Run Postern as a user who may read it, and check what the file is.',
    });
  }
  return told;
};

/** That nobody can talk to it holds only if every file was read that could let somebody. */
const exposureWithout = (
  { exposure }: Component,
  found: string | undefined,
  unread: UnreadPaths,
  cutBy: string | undefined,
): Pick<Component, 'exposure'> => {
  if (exposure === undefined || exposure.internet === 'unknown') return {};
  const { because } = exposure;
  const folder = because === undefined ? undefined : settingsFolder(because.path);
  const beside =
    exposure.internet === 'yes' || folder === undefined
      ? undefined
      : unread.all.find(path => isIn(path, folder));
  const path = found ?? beside;
  if (path !== undefined) {
    return {
      exposure: { internet: 'unknown', why: `${path} could not be read`, because: { path } },
    };
  }
  return exposure.internet === 'no' && cutBy !== undefined
    ? { exposure: { internet: 'unknown', why: cutBy } }
    : {};
};
