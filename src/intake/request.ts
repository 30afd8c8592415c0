import type { Asking } from './asking.ts';
import type { Digest } from './digest.ts';
import type { Expected } from './expected.ts';
import type { FetchLimits } from './limits.ts';
import type { PartialFile, Validators } from './partial.ts';

export interface Progress {
  /** Of the file, what an earlier attempt left included. */
  readonly bytes: number;
  /** Absent while the server does not say. */
  readonly totalBytes?: number;
}

export interface FetchRequest {
  /** `https:`, `http:` or `file:`. */
  readonly address: string;
  /** A folder of ours; it exists. The partial file lies in it too, so that it can be renamed. */
  readonly folder: string;
  /** The file's name in the folder, chosen by us: letters, digits, `.`, `_`, `-`. */
  readonly name: string;
  readonly expects: Expected;
  /** Only where the caller still holds what they belong to. */
  readonly known?: Validators;
  readonly digest?: Digest;
  /**
   * Where the digest is published: a `sha256sum` file, a bare digest, or an NVD `.meta`. It is asked
   * first; `knownSha256` then saves the download.
   */
  readonly digestAddress?: string;
  /** What `digestAddress` said when the caller's copy came. */
  readonly knownSha256?: string;
  /** A key that a server asks for: sent in `header`, taken from the environment variable `variable`. */
  readonly key?: { readonly header: string; readonly variable: string };
  /** What a redirect may do although it takes protection away; the user configures it. */
  readonly allow?: {
    /** From https to http. */
    readonly plain?: boolean;
    /** From another host to a loopback or link-local address. */
    readonly local?: boolean;
  };
  readonly limits?: Partial<FetchLimits>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** Texts in it hold neither users nor passwords nor values of queries nor keys. */
export type Fetched =
  | {
      readonly outcome: 'fresh';
      /** `folder/name`, mode 0600, complete. */
      readonly path: string;
      readonly bytes: number;
      /** Of the file. */
      readonly sha256: string;
      /** For the next `known`. */
      readonly validators: Validators;
      /** What `digest` or `digestAddress` promised and was found true. */
      readonly verified?: Digest;
      /** The address that answered in the end, fit to be shown. */
      readonly from: string;
      /** Bytes that an earlier, broken download had left and that were not asked for again. */
      readonly resumedAt: number;
    }
  | { readonly outcome: 'unchanged'; readonly validators: Validators; readonly from: string }
  | {
      readonly outcome: 'failed';
      /** One sentence: what was asked, and what came instead. */
      readonly why: string;
      /** What would help, where that can be told. */
      readonly how?: string;
      /** HTTP status, where there was one. */
      readonly status?: number;
      /** Whether the same may work later without anybody changing anything. */
      readonly passing: boolean;
    };

/** One download: the request, with everything filled in. */
export interface Download extends Asking {
  readonly request: FetchRequest;
  readonly url: URL;
  resumedAt: number;
}

export interface Arrived {
  readonly partial: PartialFile;
  readonly from: string;
}

export type Outcome = Arrived | { readonly unchanged: Validators; readonly from: string };
