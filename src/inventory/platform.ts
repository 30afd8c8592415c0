import type { AccessLog } from '../core/access-log.ts';
import type { Component, ComponentId, ComponentKind, Reach } from '../core/component.ts';
import type { FileView } from '../core/files.ts';
import type { PackageIndex } from '../core/packages.ts';
import type { Place } from '../core/place.ts';

/** Where something listens, or is talked to. Unix paths are absolute within the inspected root. */
export type Endpoint =
  | { readonly net: 'unix'; readonly path: string }
  | { readonly net: 'tcp'; readonly host: string; readonly port: number };

/** A component says: I listen here. */
export interface Listener {
  readonly component: ComponentId;
  readonly endpoint: Endpoint;
  readonly because: Place;
  /** It checks logins for whoever asks: what it writes of each, or what would make it do so. */
  readonly checkedLogins?: AccessLog;
}

/**
 * A component says: I hand something to whatever listens there. `joining/plug.ts` finds the
 * listener and gives it the reach; when nobody says he listens there, a component is made of the link
 * itself, with unknown version and origin. Of a client's link only when it leads to another host: one
 * to this host is said in the client's own reach.
 */
export interface Link {
  readonly from: ComponentId;
  readonly to: Endpoint;
  /** What the thing at the other end is to the one that calls it. */
  readonly as: ComponentKind;
  /** What the caller's settings call the thing at the other end: `redis`, `clamd`. */
  readonly name?: string;
  /** What being called gives the callee. */
  readonly reach: readonly Reach[];
  readonly because: Place;
  /** False: what was read leaves open whether it is called at all. */
  readonly isCertain?: boolean;
  /**
   * The caller is a client of a server that stands by itself (a webmail and its IMAP server): being
   * asked neither plugs the server into the caller nor shows that it runs.
   */
  readonly isClient?: boolean;
  /** All logins at the caller are checked there: that log may name those that its own does not. */
  readonly asksLogins?: boolean;
}

/** What one platform's configuration says. */
export interface PlatformReading {
  readonly components: readonly Component[];
  readonly listeners?: readonly Listener[];
  readonly links?: readonly Link[];
}

export interface Platform {
  readonly id: string;
  readonly title: string;
  /**
   * Where the platform shows itself: absolute globs, or globs that start with `**` + `/` for what
   * may lie anywhere (answered by the one discovery walk). Documentation and tests read them too.
   */
  readonly reads: readonly string[];
  /**
   * Pure: the same files give the same answer. What exists and could not be read is recorded by
   * `files` itself; what was read and not understood the reader records with `files.note`.
   * Nothing installed: no components.
   */
  read(files: FileView, packages: PackageIndex): PlatformReading;
}
