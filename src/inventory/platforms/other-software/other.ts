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
  /** People log in through it to a mail server behind it. */
  readonly proxy?: {
    /** The server behind it, and that one's port. */
    readonly host: RegExp;
    readonly port: RegExp;
    readonly portOtherwise: number;
    /** Where it listens itself; on every address unless it says otherwise. */
    readonly address: RegExp;
    readonly ownPort: RegExp;
    /** Whom it becomes once it listens. */
    readonly user: RegExp;
  };
  /** What it keeps in its own database that nothing outside shows. */
  readonly inDatabase?: string;
}
