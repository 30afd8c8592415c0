/** The ways to compare versions; each is a file in `src/advisories/versions`. */
export const schemeIds = [
  'deb',
  'rpm',
  'apk',
  'composer',
  'semver',
  'pep440',
  'maven',
  'zimbra',
  'exchange',
  'generic',
  'unknown',
] as const;
export type SchemeId = (typeof schemeIds)[number];

/** The kinds of advisory data; each is a file in `src/advisories/feeds`. */
export const feedIds = [
  'osv',
  'debian-tracker',
  'cve',
  'nvd',
  'kev',
  'epss',
  'csaf',
  'openvex',
  'cyclonedx-vex',
  'notes',
] as const;
export type FeedId = (typeof feedIds)[number];

/** What a source says of a version. */
export type Standing = 'affected' | 'not-affected' | 'unknown';

/** Versions from `from` on (from the first when absent), before `before` or through `through`. */
export interface Span {
  readonly from?: string;
  readonly before?: string;
  readonly through?: string;
  readonly standing: Standing;
}

/** Which versions of one product a source calls affected. The first span that holds a version decides. */
export interface VersionClaim {
  readonly scheme: SchemeId;
  readonly spans: readonly Span[];
  /** Versions called affected one by one. */
  readonly versions?: readonly string[];
  /** Of versions that neither `versions` nor a span holds. */
  readonly rest: Standing;
}

/**
 * The name under which a source speaks of a product: what the index is asked by. Made by
 * `src/advisories/product-key.ts` and nowhere else, so that two spellings of one name meet.
 */
export type ProductKey = string & { readonly __brand: 'ProductKey' };

/** One product in an advisory. */
export interface AffectedProduct extends VersionClaim {
  readonly key: ProductKey;
  /** As the source writes it, for people: `Debian:12 roundcube`, `Roundcube / Webmail`. */
  readonly product: string;
  /** Release of the distribution that the statement is for, as OSV writes it: `12`, `22.04`, `9`, `v3.20`. */
  readonly release?: string;
  /** Stream of a modular rpm (`php:8.3`), where the source tells. */
  readonly stream?: string;
  /** Versions that mend it, for people and for remedies. */
  readonly fixed: readonly string[];
  /** When the fix became public, where the source says so. RFC 3339 or a day. */
  readonly fixedOn?: string;
  /** It was so on `fixedOn`, and perhaps long before. */
  readonly fixedAtLatest?: boolean;
  /** What became public on `fixedOn` was its maker's release, the source says; else it is the statement itself. */
  readonly fixedByRelease?: boolean;
  /** Why a hit is no proof: the field cannot say what the text does (patch levels), a name is only near. */
  readonly blur?: string;
  /** The source's own word on a flaw that it will not mend: `no-dsa: minor issue`, `end-of-life`. */
  readonly unmended?: string;
  /** The source's word that the flaw does no harm in its build of the product: Debian's `unimportant`. */
  readonly harmless?: string;
  /** Named by a CPE alone. */
  readonly byCpe?: boolean;
}

/** How bad a source says that it is. */
export interface Severity {
  /** Who says so: `NVD`, `CISA-ADP`, `Debian`. */
  readonly by: string;
  /** CVSS base score, 0 to 10. */
  readonly score?: number;
  readonly vector?: string;
  /** The source's word where there is no score: `important`, `high`, `unimportant`. */
  readonly word?: string;
}

/** CISA's stakeholder-specific categories, from the ADP container of a CVE record. */
export interface Ssvc {
  readonly exploitation?: 'none' | 'poc' | 'active';
  readonly automatable?: boolean;
  readonly impact?: 'partial' | 'total';
}

/** One flaw, or one update that mends several, as one source tells it. */
export interface Advisory {
  readonly feed: FeedId;
  /**
   * As the source names it: `CVE-2025-49113`, `GHSA-…`, `DSA-5934-1`, `ALSA-2026:1472`, `roundcube-1.6.11`.
   * Unique within a holding; where a source tells one flaw several times (Debian's tracker, once for each
   * package), a part is added: `roundcube/CVE-2025-49113`, with the flaw's own name in `aliases`.
   */
  readonly id: string;
  /** Other names of the same flaw. */
  readonly aliases: readonly string[];
  /** Flaws that this update mends: a DSA or ALSA names several. Empty when it is itself the flaw. */
  readonly covers: readonly string[];
  /** One line, made printable, at most 300 characters. */
  readonly title: string;
  readonly published?: string;
  readonly modified?: string;
  /** Taken back by its source: kept so that an older copy does not return, never matched. */
  readonly withdrawn?: string;
  readonly severities: readonly Severity[];
  readonly ssvc?: Ssvc;
  /** Of a VEX: it is heard where it accuses or doubts; what its document clears, its statements say. */
  readonly accusing?: boolean;
  readonly affected: readonly AffectedProduct[];
  /** Where to read more; at most 10, https first. */
  readonly references: readonly string[];
}

/** OpenVEX's words; CSAF's and CycloneDX's are put into these. */
export type VexStatus = 'affected' | 'not-affected' | 'fixed' | 'under-investigation' | 'unknown';

/** What somebody says of one flaw in certain products: a vendor, a distribution, the organisation itself. */
export interface VexStatement {
  readonly feed: FeedId;
  /** The document that it stands in. */
  readonly document: string;
  readonly author: string;
  /** RFC 3339: a later statement of the same author about the same product takes the earlier's place. */
  readonly on?: string;
  readonly flaws: readonly string[];
  readonly products: readonly VexProduct[];
  readonly status: VexStatus;
  /** OpenVEX's word: `vulnerable_code_not_in_execute_path`. */
  readonly justification?: string;
  readonly words?: string;
}

/** What is meant under a name; without a version every one. */
export interface VexPart {
  readonly key: ProductKey;
  readonly version?: string;
  /** Instead of `version`: the statement is about the versions that this calls `affected`, whatever its status. */
  readonly range?: VersionClaim;
  readonly release?: string;
  /** Built for this architecture only. */
  readonly arch?: string;
  /** Of this stream of a modular rpm (`php:8.3`); empty: outside of every module. */
  readonly stream?: string;
  /** Qualifiers of a package URL that nothing here knows, and its subpath: only what bears the same is meant. */
  readonly narrowing?: string;
}

/** A product of a VEX statement. */
export interface VexProduct extends VexPart {
  readonly product: string;
  readonly byCpe?: boolean;
  /** Parts of it that are meant: OpenVEX `subcomponents`. */
  readonly parts?: readonly VexPart[];
}

/** CISA KEV, or another catalogue of the same kind, says that a flaw is being used. */
export interface Exploited {
  readonly flaw: string;
  readonly by: string;
  /** Day on which the catalogue took it in. */
  readonly on: string;
  readonly due?: string;
  readonly ransomware?: boolean;
}

/** EPSS: how likely exploitation is within 30 days, 0 to 1. It proves nothing and only orders. */
export interface Likelihood {
  readonly flaw: string;
  readonly score: number;
  readonly percentile?: number;
  readonly on?: string;
}

/** One record of a feed, understood. */
export type FeedEntry =
  | { readonly kind: 'advisory'; readonly advisory: Advisory }
  | { readonly kind: 'vex'; readonly statement: VexStatement }
  | { readonly kind: 'exploited'; readonly exploited: Exploited }
  | { readonly kind: 'likelihood'; readonly likelihood: Likelihood };

/** One holding of the database: a feed, or a part of one (`osv/Debian`), as last taken in. */
export interface Holding {
  readonly feed: FeedId;
  /** `Debian`, `2025`, or what the user imported; unique together with `feed`. */
  readonly part: string;
  /** Its age is counted from here. RFC 3339. */
  readonly asOf: string;
  /**
   * What `asOf` rests on: the source's own date; the last time that its server gave it or said that it
   * had not changed; or, of an imported file without a date, the newest date of a record in it.
   */
  readonly asOfBasis: 'source' | 'server' | 'records';
  /** Newest date of a record in it: a copy whose newest is older is an older copy. */
  readonly newest?: string;
  /** When it was taken in. RFC 3339. */
  readonly taken: string;
  /** Address without secrets, or the name of the imported file. */
  readonly from: string;
  readonly entries: number;
  /** It names some flaws and does not claim to name all: its silence proves nothing, however fresh it is. */
  readonly partial?: boolean;
  /** Distributions and releases that its advisories name: `debian:12`. At most 500. */
  readonly scopes?: readonly string[];
  /** Records that could not be understood: counted, and the first few named. */
  readonly refused: number;
  readonly refusals: readonly { readonly record: string; readonly why: string }[];
  readonly sha256?: string;
  /** The last try, when it failed: the copy before it stays in force. */
  readonly failed?: { readonly on: string; readonly why: string };
}
