import type { FeedId } from './advisory.ts';
import type { Tenant } from './answer.ts';
import type { ReachMode, Resource } from './component.ts';
import { type ExposurePolicy, emptyExposure } from './exposure-policy.ts';
import type { Origin } from './origin.ts';
import type { Check } from './verdict.ts';
import { emptyWatch, type WatchPolicy } from './watch-policy.ts';

/** What the organisation says of some of its components; later entries override earlier ones. */
export interface ComponentNote {
  /** Glob over component ids; `*` also crosses `/`. */
  readonly match: string;
  readonly owner?: string;
  readonly labels?: readonly string[];
  readonly origin?: Origin;
  readonly supplier?: string;
  /** Version, where nothing on the host states it. */
  readonly version?: string;
  /** Whether the internet can talk to it, where only the network knows. */
  readonly exposure?: 'internet' | 'internal';
  /** All that it needs to reach; whatever else it reaches is too much. */
  readonly needs?: readonly Resource[];
  /** What it reaches, where nothing on the host states it. */
  readonly reaches?: readonly {
    readonly resource: Resource;
    readonly mode: ReachMode;
    readonly extent: string;
  }[];
  /** 1-based line in `postern.yaml`. */
  readonly line?: number;
}

/** A finding that somebody accepted until a day. */
export interface AcceptedRisk {
  readonly match: string;
  readonly check: Check;
  readonly reason: string;
  readonly until: string;
  readonly by?: string;
  readonly line?: number;
}

export interface Policy {
  /** Days that an access log must be kept. */
  readonly retentionDays: number;
  /** Beyond this age a package index says nothing any more. */
  readonly indexAgeHoursMax: number;
  /** Seconds that reading a host may take, from the first look at it to the last. */
  readonly readSecondsMax: number;
  /** Days from the first public sign of a fix to the day it must be installed. */
  readonly patchDays: PatchDays;
  /** Asked before the rules that follow from `patchDays`; the first that fits decides. */
  readonly deadlines: readonly DeadlineRule[];
  /** What the mail platform's days to patch are held against. */
  readonly customerFacing: readonly CustomerFacing[];
}

/** One of the organisation's customer-facing applications. Paths are relative to `postern.yaml`. */
export interface CustomerFacing {
  readonly name: string;
  /** CycloneDX 1.4 to 1.7, JSON or XML, or SPDX 2.2 and 2.3, JSON. */
  readonly sbom: string;
  /** Which version of which component was deployed when: CSV, JSON or JSON lines. */
  readonly history?: string;
}

export interface PatchDays {
  /** Known to be exploited, and within reach of the internet. */
  readonly exploited: number;
  /** Reached from the internet, or reading what the internet sends. */
  readonly internet: number;
  readonly internal: number;
}

/** A deadline for the flaws that fit; what it leaves open fits every one. */
export interface DeadlineRule {
  readonly exposure?: 'internet' | 'internal';
  readonly exploited?: boolean;
  readonly automatable?: boolean;
  readonly impact?: 'partial' | 'total';
  readonly days: number | 'next-upgrade';
  /** Whether traces of an intruder must be looked for as well. */
  readonly triage?: boolean;
}

/** Where one part of one feed is fetched from. */
export interface AdvisorySource {
  readonly feed: FeedId;
  readonly part: string;
  /** Absent where only `enabled: false` is said of a source that Postern knows. */
  readonly url?: string;
  readonly enabled: boolean;
  /** Address of the file's SHA-256. */
  readonly digest?: string;
  /** Environment variable that holds a key, and the header that carries it. */
  readonly key?: { readonly variable: string; readonly header: string };
}

export interface AdvisorySettings {
  readonly sources: readonly AdvisorySource[];
  /** Beyond this age a source's silence proves nothing; of a feed, else of all. */
  readonly maxAgeHours: Readonly<Partial<Record<FeedId | 'all', number>>>;
  /** Files with public keys whose bundles are believed. */
  readonly bundleKeys: readonly string[];
}

/** Who is shown the evidence store's log, so that nobody can write it anew. */
interface EvidenceSettings {
  /** C2SP tlog-witness: where checkpoints are sent to, and `NAME+HASH+KEY` of type 0x04. */
  readonly witnesses: readonly { readonly url: string; readonly key: string }[];
  /** Logs of the host whose lines come to a source by a pipe or a network, where no path tells. */
  readonly logs: readonly { readonly path: string; readonly source: string }[];
  /** RFC 3161. */
  readonly timestamps?: {
    readonly url: string;
    /** File with certificates (PEM) that the authority's must be, or be signed by. */
    readonly certificates?: string;
  };
}

/** What `postern.yaml` says, after defaults. */
export interface Configuration {
  readonly evidence: EvidenceSettings;
  readonly exposure: ExposurePolicy;
  readonly watch: WatchPolicy;
  readonly advisories: AdvisorySettings;
  readonly organisation?: string;
  readonly tenants: readonly Tenant[];
  readonly components: readonly ComponentNote[];
  readonly exceptions: readonly AcceptedRisk[];
  readonly policy: Policy;
  /** Path as the user gave it; absent when there is no file. */
  readonly path?: string;
  /** Folder that paths in the file are relative to, absolute; absent when there is no file. */
  readonly folder?: string;
}

/**
 * 540 days: longer than the longest known dwell of a mail breach but one (fourteen months at the UK
 * Electoral Commission is 430; IIJ's was 250). Patch days in the spirit of CISA BOD 26-04.
 */
export const defaultPolicy: Policy = {
  retentionDays: 540,
  indexAgeHoursMax: 72,
  readSecondsMax: 60,
  patchDays: { exploited: 3, internet: 14, internal: 60 },
  deadlines: [],
  customerFacing: [],
};

export const emptyConfiguration: Configuration = {
  tenants: [],
  components: [],
  exceptions: [],
  policy: defaultPolicy,
  advisories: { sources: [], maxAgeHours: {}, bundleKeys: [] },
  evidence: { witnesses: [], logs: [] },
  exposure: emptyExposure,
  watch: emptyWatch,
};

/** Whether a glob over ids (`*` and `?`, crossing `/`) matches. Linear: one backtrack point. */
export const idMatches = (glob: string, id: string): boolean => {
  let g = 0;
  let i = 0;
  let starAt = -1;
  let resumeAt = 0;
  while (i < id.length) {
    if (glob[g] === '*') {
      starAt = g;
      resumeAt = i;
      g += 1;
    } else if (g < glob.length && (glob[g] === '?' || glob[g] === id[i])) {
      g += 1;
      i += 1;
    } else if (starAt >= 0) {
      g = starAt + 1;
      resumeAt += 1;
      i = resumeAt;
    } else return false;
  }
  while (glob[g] === '*') g += 1;
  return g === glob.length;
};
