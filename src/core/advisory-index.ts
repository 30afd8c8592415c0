import type {
  Advisory,
  Exploited,
  Holding,
  Likelihood,
  ProductKey,
  VexStatement,
} from './advisory.ts';

/** An advisory and the holding that it came from. */
export interface HeldAdvisory {
  readonly holding: Holding;
  readonly advisory: Advisory;
}

export interface HeldStatement {
  readonly holding: Holding;
  readonly statement: VexStatement;
}

/**
 * Everything that is known of flaws, asked by name: never scanned. One in memory (samples, tests), one
 * over the store's files; both give the same answers in the same order (holding, then id).
 */
export interface AdvisoryIndex {
  readonly holdings: readonly Holding[];
  /** Advisories that name this product, withdrawn ones left out. */
  about(key: ProductKey): readonly HeldAdvisory[];
  /** VEX statements that name this product. */
  vexAbout(key: ProductKey): readonly HeldStatement[];
  /** Every advisory that is, covers or is an alias of this flaw: for severity, dates, other names. */
  named(id: string): readonly HeldAdvisory[];
  exploited(id: string): readonly Exploited[];
  likelihood(id: string): Likelihood | undefined;
}
