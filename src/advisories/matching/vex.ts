import type { Holding, ProductKey, VexProduct, VexStatement } from '../../core/advisory.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';
import type { Component } from '../../core/component.ts';
import { keyOfPurl } from '../product-key.ts';
import { judge } from '../range.ts';
import { releaseHolds } from './statements.ts';
import type { Voice } from './voices.ts';

/** A VEX statement that is about the installed version of a component. */
export interface HeardVex {
  readonly holding: Holding;
  readonly statement: VexStatement;
}

/** Names and versions under which VEX may speak of a component: its own package URL, and its voices. */
interface Ear {
  readonly key: ProductKey;
  readonly version?: string;
  readonly release?: string;
}

const earsOf = (component: Component, voices: readonly Voice[]): readonly Ear[] => {
  const own = component.purl === undefined ? undefined : keyOfPurl(component.purl);
  const owned =
    own === undefined
      ? []
      : [{ key: own.key, ...(own.version === undefined ? {} : { version: own.version }) }];
  return [
    ...owned,
    ...voices
      .filter(({ near }) => near === undefined)
      .map(({ key, version, release }) => ({
        key,
        version,
        ...(release === undefined ? {} : { release }),
      })),
  ];
};

/** Undefined: whether the product is meant in this version cannot be told. */
const isMeant = (product: VexProduct, ear: Ear): boolean | undefined => {
  if (!releaseHolds(product.release, ear.release)) return false;
  if (product.version !== undefined) return product.version === ear.version;
  if (product.range === undefined) return true;
  if (ear.version === undefined) return undefined;
  const { standing } = judge(product.range, ear.version);
  return standing === 'undetermined' ? undefined : standing === 'affected';
};

const speaksOf = (
  statement: VexStatement,
  ears: readonly Ear[],
  parents: ReadonlySet<ProductKey>,
): boolean =>
  statement.products.some(product => {
    if (product.parts !== undefined && product.parts.length > 0) {
      // The product is what it is part of; the part is what is meant.
      return (
        parents.has(product.key) && product.parts.some(part => ears.some(({ key }) => key === part))
      );
    }
    // Mended in which version, when none is named? Not in every one.
    const isVague = product.version === undefined && product.range === undefined;
    if (statement.status === 'fixed' && isVague) return false;
    return ears.some(ear => ear.key === product.key && isMeant(product, ear) === true);
  });

const stampOf = ({ statement, holding }: HeardVex): string => statement.on ?? holding.asOf;

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
  const parents = new Set(
    ancestors.flatMap(({ purl }) => {
      const key = purl === undefined ? undefined : keyOfPurl(purl)?.key;
      return key === undefined ? [] : [key];
    }),
  );
  const keys = new Set([...ears.map(({ key }) => key), ...parents]);
  const latest = new Map<string, Map<string, HeardVex>>();
  for (const key of keys) {
    for (const heard of index.vexAbout(key)) {
      if (!speaksOf(heard.statement, ears, parents)) continue;
      for (const flaw of heard.statement.flaws) {
        const id = idOf(flaw);
        const authors = latest.get(id) ?? new Map<string, HeardVex>();
        const before = authors.get(heard.statement.author);
        if (before === undefined || stampOf(before) <= stampOf(heard)) {
          authors.set(heard.statement.author, heard);
        }
        latest.set(id, authors);
      }
    }
  }
  return new Map([...latest].map(([id, authors]) => [id, [...authors.values()]]));
};
