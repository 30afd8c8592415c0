import type { EvidenceAt, Extent, Span } from './extent.ts';

/** A component that somebody had in his hands, and how logs tell that something went through it. */
export interface BreachedComponent {
  /** `roundcube/managesieve`: a part runs inside its main component, and is seen in that one's log. */
  readonly id: string;
  /** Names under which lines speak of it beside its own: `webmail` front ends name the application. */
  readonly names?: readonly string[];
  /** Addresses of the hosts that it runs on: sessions from there to `behind` went through it. */
  readonly hosts?: readonly string[];
  /** Components that it opens sessions to in its users' names: `dovecot`. */
  readonly behind?: readonly string[];
  /** Mail passes through it. */
  readonly inTransit?: boolean;
  /** Mail that passed was in the attacker's hands, not only within his reach. */
  readonly controlled?: boolean;
}

/** What a component's permissions cover. */
export interface ReachOf {
  /** Every mailbox, or these, by the names that logs have for them. */
  readonly mailboxes?: 'all' | readonly string[];
  /** Every message that passes. */
  readonly transit?: boolean;
  /** Customers' records, and what is in them. */
  readonly records?: readonly RecordsReach[];
}

export interface RecordsReach {
  readonly tenants?: readonly string[];
  readonly types: readonly string[];
}

/** A part of a case: a component in a window. With one of the narrowings, access was somebody's, not the component. */
export interface Breach {
  /** Unnamed: whatever component it was (a stolen credential). */
  readonly component?: BreachedComponent;
  readonly window: Span;
  readonly reach: ReachOf;
  /** Login names; capital and small letters are the same. */
  readonly accounts?: readonly string[];
  /** Whether an address is one of the attacker's. */
  readonly isAddress?: (ip: string) => boolean;
  /** Application or client ids. */
  readonly apps?: readonly string[];
  readonly sessions?: readonly string[];
  readonly gaps: readonly Gap[];
  readonly findings?: readonly Finding[];
}

/** Something that an investigation found out in another way than from logs. */
export interface Finding {
  readonly name: string;
  readonly extent: Extent;
  readonly at?: EvidenceAt;
}

/** A time of which a log is missing that would have told of accesses. */
export interface Gap extends Span {
  /** Which log: the component's question, or its source. */
  readonly log: string;
  /** `off`: it was not written. `lost`: the store knows that lines are gone. `open`: nothing accounts for them. */
  readonly is: 'off' | 'lost' | 'open';
  readonly why: string;
}

/** Whether it is about somebody's access, and not about all that the component could do. */
export const isNarrowed = ({ accounts, isAddress, apps, sessions }: Breach): boolean =>
  accounts !== undefined || isAddress !== undefined || apps !== undefined || sessions !== undefined;
