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
  /** It bears a day that is yet to come: it is told, and clears nothing. */
  readonly ahead?: boolean;
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
  /** Undefined: on which day it was said is not known. */
  readonly at: number | undefined;
  readonly close: number;
}

/** A stamp without a zone may be the time of any zone, and clocks differ. */
const aheadMs = 86_400_000;

const clearing = ['affected', 'unknown', 'under-investigation', 'fixed', 'not-affected'] as const;

const clears = ({ heard: { statement, ahead } }: Word): number =>
  ahead === true ? clearing.indexOf('unknown') : clearing.indexOf(statement.status);

/** The later of two dated words; of one instant the closer one, else the one that clears less. */
const later = (a: Word, b: Word): Word =>
  ((b.at ?? 0) - (a.at ?? 0) || b.close - a.close || clears(a) - clears(b)) > 0 ? b : a;

const clearsLess = (a: Word, b: Word): Word =>
  (clears(a) - clears(b) || b.close - a.close) > 0 ? b : a;

/** Of one author the latest word; one without a day may be older or newer, and clears nothing that it denies. */
const lastOf = (all: readonly Word[]): readonly HeardVex[] => {
  const sound = all.filter(({ heard }) => heard.ahead !== true);
  const words = sound.length > 0 ? sound : all;
  const dated = words.filter(({ at }) => at !== undefined);
  const undated = words.filter(({ at }) => at === undefined);
  const last = dated.length === 0 ? [] : [dated.reduce(later)];
  return [[...last, ...undated].reduce(clearsLess).heard];
};

/**
 * What is dated after now was dated wrongly: that nothing must be done is not believed on such a day, that
 * something must be is, and neither takes the place of what was said before.
 */
const wordOf = (heard: HeardVex, close: number, now: Date): Word => {
  const { on, status } = heard.statement;
  // A leap second is a time that `Date` does not know.
  const at = on === undefined ? undefined : Date.parse(on.replace(/:60(?=[.Z+-])/, ':59'));
  if (at === undefined || at <= now.getTime() + aheadMs) return { heard, at, close };
  const believed = status === 'affected' || status === 'unknown';
  return { heard: believed ? heard : { ...heard, ahead: true }, at: undefined, close };
};

/**
 * What VEX says of a component, by flaw: of each author the latest word. A status that nobody
 * understands is among them, and suppresses nothing.
 */
export const vexAbout = (
  component: Component,
  ancestors: readonly Component[],
  voices: readonly Voice[],
  index: AdvisoryIndex,
  idsOf: (names: readonly string[]) => readonly string[],
  now: Date,
): ReadonlyMap<string, readonly HeardVex[]> => {
  const ears = earsOf(component, voices);
  const parents = ancestors.flatMap(ownEars);
  const keys = new Set([...ears, ...parents].map(({ key }) => key));
  const said = new Map<string, Map<string, Word[]>>();
  for (const key of keys) {
    for (const heard of index.vexAbout(key)) {
      const close = closeness(heard.statement, ears, parents);
      if (close === 0) continue;
      const word = wordOf(heard, close, now);
      for (const id of idsOf(heard.statement.flaws)) {
        const authors = said.get(id) ?? new Map<string, Word[]>();
        const words = authors.get(heard.statement.author) ?? [];
        words.push(word);
        authors.set(heard.statement.author, words);
        said.set(id, authors);
      }
    }
  }
  return new Map([...said].map(([id, authors]) => [id, [...authors.values()].flatMap(lastOf)]));
};
