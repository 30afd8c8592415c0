import type { Place } from './place.ts';

/** A day bounded from both sides, because a host rarely knows the exact one. RFC 3339. */
export interface Since {
  readonly notBefore?: string;
  readonly notAfter?: string;
  /** What the bounds rest on. */
  readonly basis: string;
}

/** Whether a newer build is waiting in the package index on the host. */
export type Waiting =
  | { readonly state: 'none'; readonly why: string; readonly because?: Place }
  | {
      readonly state: 'update';
      readonly version: string;
      /** Null: the index does not say whether it mends a flaw. */
      readonly security: boolean | null;
      readonly since: Since;
      readonly because?: Place;
      /** Why the package manager will not install it by itself: a hold, a pin. */
      readonly held?: string;
      /** The command that installs it. */
      readonly remedy: string;
    }
  | { readonly state: 'unknown'; readonly why: string; readonly how: string };

/**
 * An update of the past, and how long it took from release to installation. One installation that
 * jumped over several security updates is several of these, each with its own release day.
 */
export interface PastUpdate {
  readonly from: string;
  readonly to: string;
  /** RFC 3339: the changelog's or advisory's date of the update. */
  readonly released?: string;
  readonly installed: string;
  /** Whole days; absent when the release day is not known. */
  readonly days?: number;
  readonly security: boolean | null;
  readonly because?: Place;
}

export type Support =
  | {
      readonly state: 'supported';
      readonly until?: string;
      readonly why: string;
      readonly because?: Place;
    }
  | {
      readonly state: 'ended';
      readonly since: string;
      readonly why: string;
      readonly because?: Place;
    }
  | { readonly state: 'unknown'; readonly why: string; readonly how: string };

/** What the host itself can tell about the patch state of one component. */
export interface PatchFacts {
  /** When the package index was last refreshed; absent when there is none. RFC 3339. */
  readonly indexAsOf?: string;
  readonly waiting: Waiting;
  readonly history: readonly PastUpdate[];
  readonly support: Support;
  /** Repository that the installed version comes from, as its Release file says. */
  readonly repository?: {
    readonly origin: string;
    readonly label?: string;
    readonly suite?: string;
  };
}
