import type { DataTypeId, PersonStatus, Sensitivity } from './personal.ts';

/** One thing that was in somebody else's hands, and for how long. Moments are RFC 3339 in reports. */
export interface ScopeFinding {
  readonly subject: 'component' | 'account' | 'address' | 'application' | 'session';
  /** `roundcube/twofactor`, `vmail`, `203.0.113.9`, an application's id. */
  readonly value: string;
  readonly from: string;
  readonly to: string;
}

/** How many of what. `people` are counted once, however many mailboxes, contracts or tenants name them. */
export interface ScopeCount {
  readonly people: number;
  /** Of them: found by something that may belong to somebody else too, or by name with address or birth date. */
  readonly probable: number;
  readonly customers: Readonly<Record<PersonStatus, number>>;
  /** Correspondents and others who are in no customer list. */
  readonly others: number;
  readonly messages: number;
  readonly mailboxes: number;
  /** Rows of the customer list that name one of the people. */
  readonly contracts: number;
  /** Former customers whose data could have been deleted. */
  readonly deletable: number;
  /** Whose mailbox it is, who wrote or got the message, who is named in it; who is several of them counts in each. */
  readonly roles: {
    readonly owner: number;
    readonly correspondent: number;
    readonly mentioned: number;
  };
}

/** People whose data of one type is concerned: three sets, each within the next. */
export interface ScopeTypeCount {
  /** The data is theirs: same row, same form, nobody else named. */
  readonly own: number;
  /** It stands in a message that names them: theirs, or another's. */
  readonly shared: number;
  /** With what was found with low confidence. */
  readonly weak: number;
}

export interface ScopeType {
  readonly type: DataTypeId;
  readonly title: string;
  readonly sensitivity: Sensitivity;
  readonly evidenced: ScopeTypeCount;
  readonly withinReach: ScopeTypeCount;
}

export interface ScopeTenant {
  readonly tenant: string;
  readonly evidenced: { readonly people: number } & Readonly<Record<PersonStatus, number>>;
  readonly withinReach: { readonly people: number } & Readonly<Record<PersonStatus, number>>;
}

/**
 * What a log can tell of one day of the window. `lost`: the store knows that lines are gone. `missing`: nothing
 * accounts for the day. `off`: nothing was written.
 */
export type CoverageState = 'kept' | 'partial' | 'missing' | 'lost' | 'off';

export interface ScopeCoverage {
  /** Path or source of the log, or the log that should have been there. */
  readonly log: string;
  readonly question: string;
  readonly days: readonly {
    readonly day: string;
    readonly is: CoverageState;
    readonly why?: string;
  }[];
}

/** Why people are in a bound: one rule of evidence, and what it came to. */
export interface ScopeBasis {
  readonly rule: string;
  readonly title: string;
  readonly bound: 'evidenced' | 'within-reach';
  /** Lines, findings or gaps that it rests on. */
  readonly evidence: number;
  readonly people: number;
  readonly messages: number;
  /** Messages that logs count without naming them: at least so many were read. */
  readonly counted: number;
  /** The first of it: `source/segment/line`, as `postern evidence prove` takes it, or the name of a finding. */
  readonly first?: { readonly where: string; readonly at?: string };
}

export interface ScopeMoment {
  readonly at: string;
  readonly what: string;
}

export interface ScopeDuty {
  readonly regime: string;
  readonly title: string;
  readonly source: string;
  readonly to: string;
  readonly what: string;
  readonly due?: string;
  readonly within: string;
  readonly applies: 'yes' | 'possible' | 'no' | 'ask';
  readonly why: string;
}

/** Who came into a bound and who went out since the case's last version. */
export interface ScopeChange {
  readonly since: number;
  readonly evidenced: { readonly in: number; readonly out: number };
  readonly withinReach: { readonly in: number; readonly out: number };
  readonly because: readonly string[];
}

/**
 * The reach of what was breached, as a picture: widths are people. Columns: what was breached (0), by which
 * permission (1), whose mailboxes (2), which data types (3); a flow leads from one column to the next.
 */
export interface ScopePicture {
  readonly nodes: readonly {
    readonly column: 0 | 1 | 2 | 3;
    readonly name: string;
    /** Each counted once. */
    readonly people: number;
  }[];
  readonly flows: readonly {
    readonly column: 0 | 1 | 2;
    readonly from: string;
    readonly to: string;
    readonly people: number;
  }[];
}

/** Whose data was within reach, and whose was taken. */
export interface ScopeReport {
  readonly schema: 'postern.scope/1';
  readonly generated: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly case?: { readonly name: string; readonly version: number };
  readonly sentence: string;
  readonly findings: readonly ScopeFinding[];
  readonly evidenced: ScopeCount;
  readonly withinReach: ScopeCount;
  readonly types: readonly ScopeType[];
  readonly tenants: readonly ScopeTenant[];
  readonly coverage: readonly ScopeCoverage[];
  readonly timeline: readonly ScopeMoment[];
  readonly basis: readonly ScopeBasis[];
  readonly unknown: readonly {
    readonly what: string;
    readonly why: string;
    readonly how: string;
  }[];
  readonly deadlines: readonly ScopeDuty[];
  readonly picture: ScopePicture;
  readonly changes?: ScopeChange;
  /** Digests and dates of all that it rests on. */
  readonly inputs: readonly {
    readonly what: string;
    readonly digest?: string;
    readonly asOf?: string;
  }[];
}
