import type { ComponentKind } from '../../../core/component.ts';

/** Mail software of which Postern reads no configuration, by what shows that it is installed. */
export interface Other {
  readonly id: string;
  readonly name: string;
  readonly kind: ComponentKind;
  readonly supplier: string;
  /** Who hands it out where no package of a distribution does. */
  readonly origin?: 'vendor';
  readonly programs?: readonly string[];
  readonly packages?: readonly string[];
  readonly units?: readonly string[];
  /** Files of a copy unpacked by hand, which stand for it as a program does. */
  readonly marks?: readonly string[];
  /** How many segments a mark lies below the folder that a web server serves. */
  readonly markDepth?: number;
  readonly configs?: readonly string[];
  /** Files that state its version, and how. */
  readonly version?: { readonly paths: readonly string[]; readonly pattern: RegExp };
  /** Where it listens unless its settings say otherwise: those that call it are then told apart. */
  readonly listens?: string;
  /** A `sendmail` of the host: it runs for whoever calls it, and hands all on. */
  readonly relay?: { readonly host: RegExp; readonly port: RegExp; readonly secret: RegExp };
  /** What it keeps in its own database that nothing outside shows. */
  readonly inDatabase?: string;
}
