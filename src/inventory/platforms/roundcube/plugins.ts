import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';
import {
  child,
  children,
  nodesBelow,
  type PhpNode,
  parsePhp,
  wordOf,
} from '../../syntax/php-nodes.ts';
import { type PhpValue, phpItems, phpText } from '../../syntax/php-values.ts';
import { type Copy, isAtLeast } from './copies.ts';
import { type HostSettings, type Settings, setting } from './settings.ts';

/** A plug-in that lies on the host. */
export interface Installed {
  readonly name: string;
  readonly folder: string;
  /** `<name>/<name>.php`, links followed. */
  readonly source: string;
  /** False: it lies in a folder that this copy does not look into. */
  readonly isLoadable: boolean;
}

/** What makes a plug-in load, or might. */
export interface Enabled {
  readonly name: string;
  readonly because: Place;
  /** Why it is not certain. */
  readonly maybe?: string;
}

const pluginsMax = 2_000;
const nodesMax = 300_000;

export const installedPlugins = (files: FileView, copy: Copy): readonly Installed[] => {
  const found = new Map<string, Installed>();
  copy.pluginFolders.forEach((plugins, i) => {
    for (const { name, kind } of files.list(plugins)) {
      if ((kind !== 'folder' && kind !== 'link') || found.has(name)) continue;
      if (found.size >= pluginsMax) break;
      const source = `${plugins}/${name}/${name}.php`;
      if (files.stat(source)?.kind !== 'file') continue;
      found.set(name, {
        name,
        folder: files.real(`${plugins}/${name}`) ?? `${plugins}/${name}`,
        source: files.real(source) ?? source,
        isLoadable: i === 0,
      });
    }
  });
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
};

/** `plugins` of one set of settings: a list, or one name alone. */
const listed = (
  value: PhpValue | undefined,
): { readonly plugins: readonly Enabled[]; readonly more?: string; readonly at?: Place } => {
  if (value === undefined) return { plugins: [] };
  const text = phpText(value);
  if (text !== undefined && value.is === 'string') {
    return { plugins: text === '' ? [] : [{ name: text, because: value.at }] };
  }
  const { items, more } = phpItems(value);
  const plugins = items.flatMap(({ value: item, maybe }): readonly Enabled[] => {
    const name = phpText(item);
    if (name === undefined || name === '') return [];
    return [{ name, because: item.at, ...(maybe === undefined ? {} : { maybe }) }];
  });
  const hidden = items.find(({ value: item }) => phpText(item) === undefined)?.maybe;
  const why = more ?? hidden;
  return { plugins, at: value.at, ...(why === undefined ? {} : { more: why }) };
};

const required = /(?:\[\s*)?['"]filesystem_attachments['"](\s*,\s*['"]jqueryui['"])?/;

/** Plug-ins that Roundcube loads without being told to (`rcmail::load_plugins`). */
const core = (files: FileView, copy: Copy): readonly Enabled[] => {
  const path = `${copy.folder}/program/include/rcmail.php`;
  const text = files.stat(path)?.kind === 'file' ? (files.text(path) ?? '') : '';
  const match = required.exec(text);
  const line = match === null ? undefined : text.slice(0, match.index).split('\n').length;
  const because = line === undefined ? { path: copy.iniset } : { path, line };
  const both = match === null ? isAtLeast(copy, 1, 0) !== false : match[1] !== undefined;
  return (both ? ['filesystem_attachments', 'jqueryui'] : ['filesystem_attachments']).map(name => ({
    name,
    because,
  }));
};

const callNames = new Set(['require_plugin', 'load_plugin']);

const calledPlugin = (node: PhpNode): string | undefined => {
  if (node.kind !== 'call') return undefined;
  const what = child(node, 'what');
  if (what?.kind !== 'propertylookup' || !callNames.has(wordOf(what, 'offset') ?? ''))
    return undefined;
  const [first] = children(node, 'arguments');
  const value = first?.kind === 'string' ? first['value'] : undefined;
  return typeof value === 'string' ? value : undefined;
};

const lineIn = (text: string, name: string): number => {
  const lines = text.split('\n');
  const at = lines.findIndex(
    line => /(?:require|load)_plugin\s*\(/.test(line) && line.includes(name),
  );
  return at < 0 ? 1 : at + 1;
};

/** Runs whenever the plug-in is loaded: statements of `init()` and `onload()` before the first `if`. */
const certainNodes = (root: PhpNode): ReadonlySet<PhpNode> => {
  const out = new Set<PhpNode>();
  for (const node of nodesBelow(root, nodesMax)) {
    if (
      node.kind !== 'method' ||
      !['init', 'onload', '__construct'].includes(wordOf(node, 'name') ?? '')
    )
      continue;
    const body = child(node, 'body');
    for (const statement of body === undefined ? [] : children(body, 'children')) {
      if (statement.kind === 'if' && nodesBelow(statement).some(({ kind }) => kind === 'return'))
        break;
      const expression =
        statement.kind === 'expressionstatement' ? child(statement, 'expression') : undefined;
      if (expression !== undefined) out.add(expression);
    }
  }
  return out;
};

/** What a loaded plug-in loads in turn: `$this->require_plugin('jqueryui')`. */
const requiredBy = (files: FileView, plugin: Installed): readonly Enabled[] => {
  const text = files.text(plugin.source) ?? '';
  if (!/(?:require|load)_plugin\s*\(/.test(text)) return [];
  const { statements } = parsePhp(text);
  const root: PhpNode = { kind: 'program', children: statements };
  const certain = certainNodes(root);
  const conditions = nodesBelow(root, nodesMax).filter(({ kind }) => kind === 'if');
  return nodesBelow(root, nodesMax).flatMap((node): readonly Enabled[] => {
    const name = calledPlugin(node);
    if (name === undefined) return [];
    const because = { path: plugin.source, line: lineIn(text, name) };
    if (certain.has(node)) return [{ name, because }];
    // `in_array('contextmenu', …'plugins') && …`: it is asked for only where it is listed anyway.
    const asksFirst = conditions.some(condition => {
      const test = child(condition, 'test');
      const below = test === undefined ? [] : nodesBelow(test);
      return (
        nodesBelow(condition).includes(node) &&
        below.some(
          each =>
            each.kind === 'call' &&
            wordOf(each, 'what') === 'in_array' &&
            children(each, 'arguments')[0]?.['value'] === name,
        )
      );
    });
    if (asksFirst) return [];
    return [
      {
        name,
        because,
        maybe: `${plugin.name} loads it under a condition, in line ${because.line} of ${plugin.source}`,
      },
    ];
  });
};

const validName = /^[\w-]{1,200}$/;

export interface PluginList {
  readonly enabled: ReadonlyMap<string, Enabled>;
  /** Why there may be others. */
  readonly more?: string;
}

/** Every plug-in that this copy loads, or may load, each with the line that says so. */
export const enabledPlugins = (
  files: FileView,
  copy: Copy,
  settings: Settings,
  hosts: readonly HostSettings[],
  installed: readonly Installed[],
): PluginList => {
  const enabled = new Map<string, Enabled>();
  const add = (each: Enabled): boolean => {
    const known = enabled.get(each.name);
    if (known !== undefined && (known.maybe === undefined || each.maybe !== undefined))
      return false;
    enabled.set(each.name, each);
    return true;
  };
  const main = listed(setting(settings, 'plugins'));
  for (const each of main.plugins) add(each);
  for (const { settings: own } of hosts) {
    for (const each of listed(setting(own, 'plugins')).plugins) add(each);
  }
  const extended = ['database_attachments', 'redundant_attachments'].some(
    name => enabled.get(name) !== undefined && enabled.get(name)?.maybe === undefined,
  );
  for (const each of core(files, copy)) {
    // A plug-in that is built on it takes its place.
    if (each.name === 'filesystem_attachments' && extended) continue;
    if (installed.some(({ name }) => name === each.name)) add(each);
  }
  const queue = [...enabled.values()];
  for (let i = 0; i < queue.length && i < pluginsMax; i++) {
    const each = queue[i];
    const plugin = installed.find(({ name, isLoadable }) => isLoadable && name === each?.name);
    if (each === undefined || plugin === undefined) continue;
    for (const next of requiredBy(files, plugin)) {
      const maybe = each.maybe ?? next.maybe;
      const found: Enabled = { ...next, ...(maybe === undefined ? {} : { maybe }) };
      if (add(found)) queue.push(found);
    }
  }
  noteMissing(files, copy, enabled, installed);
  if (main.more !== undefined) {
    files.note({
      what: main.at?.path ?? settings.file,
      why: `the list of plug-ins is not decided in the file: ${main.more}`,
      how: "Write the list out: $config['plugins'] = ['archive', …];",
    });
  }
  return { enabled, ...(main.more === undefined ? {} : { more: main.more }) };
};

const noteMissing = (
  files: FileView,
  copy: Copy,
  enabled: ReadonlyMap<string, Enabled>,
  installed: readonly Installed[],
): void => {
  for (const { name, because, maybe } of enabled.values()) {
    const found = installed.find(each => each.name === name);
    if (
      found?.isLoadable === true ||
      (found === undefined && maybe !== undefined && !validName.test(name))
    )
      continue;
    const where = `${because.path}:${because.line ?? 1}`;
    const looked = copy.pluginFolders[0] ?? `${copy.installPath}/plugins`;
    files.note({
      what: where,
      why: validName.test(name)
        ? `names the plug-in ${name}, and ${looked}/${name}/${name}.php is not there${found === undefined ? '' : ` (it lies in ${found.folder})`}: Roundcube fails to load it`
        : `names a plug-in ${JSON.stringify(name.slice(0, 100))}, which Roundcube refuses: only letters, digits, _ and - are allowed`,
      how: 'Take it off the list, or install it.',
    });
  }
};
