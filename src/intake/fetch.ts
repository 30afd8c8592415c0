/** What the copy that the caller still holds was answered with; sent back so that nothing comes twice. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** What a file must begin like; `json` and `csv` may come packed with gzip, xz or zstd as well. */
export type Expected = 'json' | 'csv' | 'zip' | 'gzip' | 'tar' | 'xz' | 'zstd' | 'any';

/** A SHA-256 in hexadecimal: of the file as it comes, or of what it unpacks to (NVD's `.meta`). */
export interface Digest {
  readonly sha256: string;
  readonly of: 'file' | 'unpacked';
}

export interface FetchLimits {
  /** Until the connection stands, TLS and proxy included. */
  readonly connectMs: number;
  /** From the request to the head of the answer. */
  readonly firstByteMs: number;
  /** Between two pieces of the body. */
  readonly idleMs: number;
  /** For everything: redirects, retries and pauses included. */
  readonly wholeMs: number;
  readonly bytesMax: number;
  /** Of the unpacked content, where its digest is compared. */
  readonly unpackedBytesMax: number;
  readonly redirectsMax: number;
  readonly attemptsMax: number;
  /** Pause before the second attempt; doubled before each further one. */
  readonly backoffMs: number;
  /** A server that asks for a longer pause (`Retry-After`) is not waited for. */
  readonly retryAfterMsMax: number;
}

export const fetchLimits: FetchLimits = {
  connectMs: 15_000,
  firstByteMs: 60_000,
  idleMs: 60_000,
  wholeMs: 60 * 60_000,
  bytesMax: 4 * 2 ** 30,
  unpackedBytesMax: 16 * 2 ** 30,
  redirectsMax: 5,
  attemptsMax: 4,
  backoffMs: 1_000,
  retryAfterMsMax: 120_000,
};

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

/**
 * Downloads one address into `folder/name`. The file appears there whole and verified or not at all; what
 * came before a break stays as a partial file and is asked on from, if the server still has the same.
 * Proxies are those of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; further authorities those of
 * `NODE_EXTRA_CA_CERTS`. Never throws for what a server or a file does.
 */
export const fetchInto = async (request: FetchRequest): Promise<Fetched> => ({
  outcome: 'failed',
  why: `Nothing is downloaded yet: ${request.name}.`,
  passing: false,
});
