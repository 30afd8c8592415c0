import type { Holding, VexPart, VexStatement } from '../../core/advisory.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';
import type { Component } from '../../core/component.ts';
import { judgeInstalled } from '../installed-range.ts';
import { productOfPurl, vexPart } from '../named-product.ts';
import { releaseHolds } from './statements.ts';
import type { Voice } from './voices.ts';

/** A VEX statement that is about the installed version of a component. */
export interface HeardVex {
  readonly holding: Holding;
  readonly statement: VexStatement;
}

/** Under which names, and in which version, VEX may speak of a component: its own package URL, and its voices. */
type Ear = Omit<VexPart, 'range'>;

const ownEars = ({ purl }: Component): readonly Ear[] => {
  const own = purl === undefined ? undefined : productOfPurl(purl);
  return own === undefined ? [] : [vexPart(own)];
};

const earsOf = (component: Component, voices: readonly Voice[]): readonly Ear[] => {
  const arch = component.package?.arch;
  return [
    ...ownEars(component),
    ...voices
      .filter(voice => voice.near === undefined)
      .map(({ key, version, release }) => ({
        key,
        version,
        ...(release === undefined ? {} : { release }),
        ...(arch === undefined ? {} : { arch }),
      })),
  ];
};

/** Only what certainly is the release, the architecture and the kind that is meant. */
const isKind = (meant: VexPart, ear: Ear): boolean =>
  meant.key === ear.key &&
  (meant.release === undefined ||
    (ear.release !== undefined && releaseHolds(meant.release, ear.release))) &&
  (meant.arch === undefined || meant.arch === ear.arch) &&
  (meant.narrowing === undefined || meant.narrowing === ear.narrowing);

/** False, too, where it cannot be told. */
const isMeant = (meant: VexPart, ear: Ear): boolean => {
  if (!isKind(meant, ear)) return false;
  if (meant.version !== undefined) return meant.version === ear.version;
  if (meant.range === undefined) return true;
  return (
    ear.version !== undefined && judgeInstalled(meant.range, ear.version).standing === 'affected'
  );
};

const isVague = ({ version, range }: VexPart): boolean =>
  version === undefined && range === undefined;

/** How closely a statement speaks of a component: 2 of its version, 1 of every one, 0 of another. */
const closeness = (
  { products, status }: VexStatement,
  ears: readonly Ear[],
  parents: readonly Ear[],
): number => {
  let found = 0;
  for (const product of products) {
    // The product is what it is part of; the part is what is meant.
    const within = product.parts ?? [];
    const outside = within.length === 0 || parents.some(parent => isMeant(product, parent));
    for (const meant of !outside ? [] : within.length === 0 ? [product] : within) {
      const vague = isVague(meant) && (within.length === 0 || isVague(product));
      // Mended in which version, when none is named? Not in every one.
      if (status === 'fixed' && vague) continue;
      if (ears.some(ear => isMeant(meant, ear))) found = Math.max(found, vague ? 1 : 2);
    }
  }
  return found;
};

interface Word {
  readonly heard: HeardVex;
  readonly at: number;
  readonly close: number;
}

/** Of two words of one author on one day the closer one counts, else the one that clears less. */
const clearing = ['affected', 'unknown', 'under-investigation', 'fixed', 'not-affected'] as const;

const takesPlace = (later: Word, earlier: Word): boolean =>
  (later.at - earlier.at ||
    later.close - earlier.close ||
    clearing.indexOf(earlier.heard.statement.status) -
      clearing.indexOf(later.heard.statement.status)) > 0;

/**
 * What VEX says of a component, by flaw: of each author the latest word. A status that nobody
 * understands is among them, and suppresses nothing.
 */
export const vexAbout = (
  component: Component,
  ancestors: readonly Component[],
  voices: readonly Voice[],
  index: AdvisoryIndex,
  idOf: (flaw: string) => string,
): ReadonlyMap<string, readonly HeardVex[]> => {
  const ears = earsOf(component, voices);
  const parents = ancestors.flatMap(ownEars);
  const keys = new Set([...ears, ...parents].map(({ key }) => key));
  const latest = new Map<string, Map<string, Word>>();
  for (const key of keys) {
    for (const heard of index.vexAbout(key)) {
      const close = closeness(heard.statement, ears, parents);
      if (close === 0) continue;
      const word = { heard, at: Date.parse(heard.statement.on ?? heard.holding.asOf), close };
      for (const flaw of heard.statement.flaws) {
        const id = idOf(flaw);
        const authors = latest.get(id) ?? new Map<string, Word>();
        const before = authors.get(heard.statement.author);
        if (before === undefined || takesPlace(word, before)) {
          authors.set(heard.statement.author, word);
        }
        latest.set(id, authors);
      }
    }
  }
  return new Map(
    [...latest].map(([id, authors]) => [id, [...authors.values()].map(({ heard }) => heard)]),
  );
};
