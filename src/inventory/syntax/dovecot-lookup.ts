import type { Place } from '../../core/place.ts';
import {
  type DovecotBlock,
  type DovecotConfig,
  type DovecotSetting,
  isDovecotFilter,
} from './dovecot.ts';

const depthMax = 32;

/** How 2.4 spells a setting of this block in full: `passdb sql { query }` is `passdb_sql_query`. */
const prefixesOf = (block: DovecotBlock): readonly string[] => {
  if (block.key === '' || isDovecotFilter(block)) return [''];
  const key = block.key.replace(/^@/, '');
  return block.name === ''
    ? ['', `${key}_`]
    : ['', `${key}_`, `${key}_${block.name.replaceAll('/', '_')}_`];
};

/** Spellings that a setting of that full name may have in a block. */
const spellingsOf = (block: DovecotBlock, wanted: string): readonly string[] => [
  ...new Set(
    prefixesOf(block).flatMap(prefix => [
      prefix + wanted,
      ...(wanted.startsWith(prefix) ? [wanted.slice(prefix.length)] : []),
    ]),
  ),
];

const indexes = new WeakMap<DovecotBlock, ReadonlyMap<string, readonly DovecotSetting[]>>();

/** A block's settings by name: hostile files have hundreds of thousands. */
const indexOf = (block: DovecotBlock): ReadonlyMap<string, readonly DovecotSetting[]> => {
  const known = indexes.get(block);
  if (known !== undefined) return known;
  const made = new Map<string, DovecotSetting[]>();
  for (const setting of block.settings) {
    const own = made.get(setting.key);
    if (own === undefined) made.set(setting.key, [setting]);
    else own.push(setting);
  }
  indexes.set(block, made);
  return made;
};

const unnamed = new WeakMap<DovecotBlock, readonly DovecotBlock[]>();

/** Blocks within that have no name of their own, kept like the index above. */
const unnamedIn = (block: DovecotBlock): readonly DovecotBlock[] => {
  const known = unnamed.get(block);
  if (known !== undefined) return known;
  const made = block.blocks.filter(({ name }) => name === '');
  unnamed.set(block, made);
  return made;
};

const settingsCalled = (block: DovecotBlock, wanted: string): readonly DovecotSetting[] =>
  spellingsOf(block, wanted).flatMap(key => indexOf(block).get(key) ?? []);

const later = (
  a: DovecotSetting | undefined,
  b: DovecotSetting | undefined,
): DovecotSetting | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  return a.order > b.order ? a : b;
};

/**
 * The setting of that name in a block itself, in any spelling: in full, without the block's name, or
 * within a block that is the first part of its name (`auth_policy { server_url }`).
 */
export const dovecotSetting = (
  block: DovecotBlock,
  wanted: string,
  depth = 0,
): DovecotSetting | undefined => {
  let found = settingsCalled(block, wanted).reduce<DovecotSetting | undefined>(later, undefined);
  if (depth > depthMax) return found;
  for (const inner of unnamedIn(block)) {
    if (wanted.startsWith(`${inner.key}_`)) {
      found = later(found, dovecotSetting(inner, wanted, depth + 1));
    }
  }
  return found;
};

const kinds = new WeakMap<DovecotBlock, Map<string, readonly DovecotBlock[]>>();

/** Blocks of that kind in a block itself. */
export const dovecotBlocks = (block: DovecotBlock, wanted: string): readonly DovecotBlock[] => {
  const known = kinds.get(block) ?? new Map<string, readonly DovecotBlock[]>();
  kinds.set(block, known);
  const there = known.get(wanted);
  if (there !== undefined) return there;
  const spellings = spellingsOf(block, wanted);
  const found = block.blocks.filter(({ key }) => spellings.includes(key));
  known.set(wanted, found);
  return found;
};

export const isDovecotYes = (setting: DovecotSetting | undefined, otherwise: boolean): boolean =>
  setting === undefined ? otherwise : /^(?:yes|y|1|true)$/i.test(setting.value);

const protocolBlocks = new WeakMap<DovecotBlock, readonly DovecotBlock[]>();

const protocolsIn = (root: DovecotBlock): readonly DovecotBlock[] => {
  const known = protocolBlocks.get(root);
  if (known !== undefined) return known;
  const made = root.blocks.filter(({ key }) => key === 'protocol');
  protocolBlocks.set(root, made);
  return made;
};

const speaks = (block: DovecotBlock, protocol: string): boolean =>
  block.key === 'protocol' &&
  (block.name.startsWith('!') ? block.name.slice(1) !== protocol : block.name === protocol);

/** The blocks that count for a protocol whoever connects, the most general first. */
export const dovecotScopes = (
  config: DovecotConfig,
  protocol: string | undefined,
): readonly DovecotBlock[] => {
  if (protocol === undefined) return [config.root];
  const own = protocolsIn(config.root).filter(block => speaks(block, protocol));
  return [
    config.root,
    ...own.filter(({ name }) => name.startsWith('!')),
    ...own.filter(({ name }) => !name.startsWith('!')),
  ];
};

/** Blocks that count for some connections only: `local`, `local_name`, `remote`, at any depth. */
export const conditionalDovecotBlocks = (config: DovecotConfig): readonly DovecotBlock[] => {
  const out: DovecotBlock[] = [];
  const visit = (block: DovecotBlock, inside: boolean, depth: number): void => {
    for (const inner of block.blocks) {
      if (!isDovecotFilter(inner) || depth > depthMax || out.length > 500) continue;
      const narrows = inside || inner.key !== 'protocol';
      if (narrows) out.push(inner);
      visit(inner, narrows, depth + 1);
    }
  };
  visit(config.root, false, 0);
  return out;
};

/** What counts for a protocol whoever connects; the last of the most particular block wins. */
export const effectiveDovecot = (
  config: DovecotConfig,
  wanted: string,
  protocol?: string,
): DovecotSetting | undefined =>
  dovecotScopes(config, protocol).reduce<DovecotSetting | undefined>(
    (found, scope) => dovecotSetting(scope, wanted) ?? found,
    undefined,
  );

/** An item of a list, and where it is put on it. */
export interface DovecotItem {
  readonly name: string;
  readonly place: Place;
}

/** Items that a value names, at the line that names them, however many `$` lie in between. */
const itemsOf = (setting: DovecotSetting): readonly DovecotItem[] => {
  const places = new Map<string, Place>();
  const queue = [setting];
  const seen = new Set<DovecotSetting>();
  for (let at = queue.pop(); at !== undefined && seen.size < 1_000; at = queue.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const words = at.file === undefined ? at.raw : at.value;
    for (const word of words.split(/[\s,]+/)) if (!places.has(word)) places.set(word, at.place);
    queue.push(...at.via);
  }
  return listWords(setting.value).map(name => ({
    name,
    place: places.get(name) ?? setting.place,
  }));
};

/** Words apart from each other by blanks or commas; quotes hold one together. */
const listWords = (value: string): readonly string[] => [
  ...new Set(
    (value.match(/"[^"]*"|[^\s,"]+/g) ?? []).map(word => word.replaceAll('"', '')).filter(Boolean),
  ),
];

/** One scope's changes to a list of 2.4, in the order in which they were written. */
const changesOf = (
  scope: DovecotBlock,
  wanted: string,
): readonly { readonly order: number; readonly apply: (to: Map<string, Place>) => void }[] => [
  ...settingsCalled(scope, wanted).map(setting => ({
    order: setting.order,
    apply: (to: Map<string, Place>): void => {
      to.clear();
      for (const { name, place } of itemsOf(setting)) to.set(name, place);
    },
  })),
  ...dovecotBlocks(scope, wanted)
    .flatMap(({ settings }) => settings)
    .map(setting => ({
      order: setting.order,
      apply: (to: Map<string, Place>): void => {
        if (isDovecotYes(setting, false)) to.set(setting.key, setting.place);
        else to.delete(setting.key);
      },
    })),
];

/**
 * A list such as `mail_plugins` within these scopes, the most general first. In 2.3 the last value
 * stands alone; in 2.4 a block adds and removes, and a value replaces what came before.
 */
export const dovecotListIn = (
  config: DovecotConfig,
  scopes: readonly DovecotBlock[],
  wanted: string,
  otherwise: readonly string[] = [],
): readonly DovecotItem[] => {
  const preset = otherwise.map(name => ({ name, place: { path: config.path } }));
  if (config.syntax === '2.3') {
    const setting = scopes.reduce<DovecotSetting | undefined>(
      (found, scope) => dovecotSetting(scope, wanted) ?? found,
      undefined,
    );
    return setting === undefined ? preset : itemsOf(setting);
  }
  const out = new Map(preset.map(({ name, place }): [string, Place] => [name, place]));
  for (const scope of scopes) {
    const changes = [...changesOf(scope, wanted)].sort((a, b) => a.order - b.order);
    for (const { apply } of changes) apply(out);
  }
  return [...out].map(([name, place]) => ({ name, place }));
};

/** The list that counts for a protocol whoever connects. */
export const effectiveDovecotList = (
  config: DovecotConfig,
  wanted: string,
  protocol?: string,
  otherwise: readonly string[] = [],
): readonly DovecotItem[] =>
  dovecotListIn(config, dovecotScopes(config, protocol), wanted, otherwise);

/**
 * What plug-ins are set up with: `plugin { name = value }` in 2.3, a setting like any other in 2.4.
 */
export const dovecotPluginSetting = (
  config: DovecotConfig,
  wanted: string,
  protocol?: string,
): DovecotSetting | undefined => {
  if (config.syntax === '2.4') return effectiveDovecot(config, wanted, protocol);
  return dovecotScopes(config, protocol).reduce<DovecotSetting | undefined>((found, scope) => {
    const inner = scope.blocks.filter(({ key }) => key === 'plugin');
    const own = inner.flatMap(({ settings }) => settings).filter(({ key }) => key === wanted);
    return own.at(-1) ?? found;
  }, undefined);
};

/** All of a numbered series: `sieve_before`, `sieve_before2`, … (it ends at the first one missing). */
export const dovecotPluginSeries = (
  config: DovecotConfig,
  wanted: string,
  protocol?: string,
): readonly DovecotSetting[] => {
  const out: DovecotSetting[] = [];
  for (let i = 1; i < 100; i++) {
    const found = dovecotPluginSetting(config, i === 1 ? wanted : `${wanted}${i}`, protocol);
    if (found === undefined) break;
    out.push(found);
  }
  return out;
};
