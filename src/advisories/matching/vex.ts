import type { Holding, VexPart, VexStatement } from '../../core/advisory.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';
import type { Component } from '../../core/component.ts';
import { judgeInstalled } from '../installed-range.ts';
import { productOfPurl, vexPart } from '../named-product.ts';
import { isOfStream } from './module-streams.ts';
import { releaseHolds } from './statements.ts';
import type { Voice } from './voices.ts';

/** A VEX statement that is about the installed version of a component. */
export interface HeardVex {
  readonly holding: Holding;
  readonly statement: VexStatement;
  /** Why it is told, and neither clears nor accuses. */
  readonly doubt?: string;
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
      .filter(voice => voice.near === undefined && voice.shared === undefined)
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

/** False, too, where the version cannot be told from others; text: what cannot be told of a module's stream. */
const isMeant = (meant: VexPart, ear: Ear): boolean | string => {
  if (!isKind(meant, ear)) return false;
  const { version } = ear;
  if (meant.version !== undefined && meant.version !== version) return false;
  if (meant.range !== undefined) {
    if (version === undefined) return false;
    if (judgeInstalled(meant.range, version).standing !== 'affected') return false;
  }
  if (meant.stream === undefined || version === undefined) return meant.stream === undefined;
  return (
    isOfStream(version, meant.stream, meant.key.split('|').at(-1)) ??
    `whether ${version.slice(0, 60)} is of the module stream ${meant.stream} cannot be told from its version`
  );
};

const isVague = ({ version, range }: VexPart): boolean =>
  version === undefined && range === undefined;

/** How closely a statement speaks of a component: 2 of its version, 1 of every one, 0 of another. */
interface Closeness {
  readonly close: number;
  readonly doubt?: string;
}

const closeness = (
  { products, status }: VexStatement,
  ears: readonly Ear[],
  parents: readonly Ear[],
): Closeness => {
  let found: Closeness = { close: 0 };
  for (const product of products) {
    // The product is what it is part of; the part is what is meant.
    const within = product.parts ?? [];
    const outside =
      within.length === 0 || parents.some(parent => isMeant(product, parent) === true);
    for (const meant of !outside ? [] : within.length === 0 ? [product] : within) {
      const vague = isVague(meant) && (within.length === 0 || isVague(product));
      // Mended in which version, when none is named? Not in every one.
      if (status === 'fixed' && vague) continue;
      for (const ear of ears) {
        const answer = isMeant(meant, ear);
        if (answer === false) continue;
        const close = vague ? 1 : 2;
        if (answer === true) {
          if (found.doubt !== undefined || close > found.close) found = { close };
        } else if (found.close === 0) found = { close, doubt: answer };
      }
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

const clears = ({ heard: { statement, doubt } }: Word): number =>
  clearing.indexOf(doubt === undefined ? statement.status : 'unknown');

/** The later of two dated words; of one instant the closer one, else the one that clears less. */
const later = (a: Word, b: Word): Word =>
  ((b.at ?? 0) - (a.at ?? 0) || b.close - a.close || clears(a) - clears(b)) > 0 ? b : a;

const clearsLess = (a: Word, b: Word): Word =>
  (clears(a) - clears(b) || b.close - a.close) > 0 ? b : a;

/** Of one author the latest word; one without a day may be older or newer, and clears nothing that it denies. */
const lastOf = (all: readonly Word[]): readonly HeardVex[] => {
  const sound = all.filter(({ heard }) => heard.doubt === undefined);
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
const wordOf = (given: HeardVex, { close, doubt }: Closeness, now: Date): Word => {
  const heard = doubt === undefined ? given : { ...given, doubt };
  const { on, status } = heard.statement;
  // A leap second is a time that `Date` does not know.
  const at = on === undefined ? undefined : Date.parse(on.replace(/:60(?=[.Z+-])/, ':59'));
  if (at === undefined || at <= now.getTime() + aheadMs) return { heard, at, close };
  return status === 'affected' || status === 'unknown'
    ? { heard, at: undefined, close }
    : { heard: { ...heard, doubt: 'that day is yet to come' }, at: undefined, close };
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
      if (close.close === 0) continue;
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
