import type { AlertLevel } from './alert.ts';
import type { SecretPlace } from './exposure-policy.ts';

/** What of an alert a channel is told at once; everything else at or above `from` waits for the digest. */
interface Told {
  /** Unique among channels. */
  readonly name: string;
  /** Alerts below this level are not told here. */
  readonly from: AlertLevel;
  /** From this level on it is told at once. */
  readonly atOnce: AlertLevel | 'never';
  /** Whether people are named here; else by their pseudonym. */
  readonly names: boolean;
}

export interface WebhookChannel extends Told {
  readonly kind: 'webhook' | 'slack' | 'teams';
  /** The address; of Slack and Teams it is the secret itself, so it never stands in `postern.yaml`. */
  readonly url: string | SecretPlace;
  /** Header that carries a secret: `authorization`. */
  readonly header?: { readonly name: string; readonly value: SecretPlace };
  /** HMAC-SHA-256 of the body in `x-postern-signature`. */
  readonly signing?: SecretPlace;
  /** File with certificates (PEM) that the server's must be, or be signed by; else the system's. */
  readonly certificates?: string;
}

export interface MailChannel extends Told {
  readonly kind: 'mail';
  /** `smtp://user@host:587` (STARTTLS where it is offered), `smtps://host:465`. */
  readonly server: string;
  readonly password?: SecretPlace;
  /** File with certificates (PEM) that the server's must be, or be signed by; else the system's. */
  readonly certificates?: string;
  /** `required`: never in the clear. */
  readonly tls: 'required' | 'offered' | 'none';
  readonly sender: string;
  readonly to: readonly string[];
}

export interface SyslogChannel extends Told {
  readonly kind: 'syslog';
  /** `udp://host:514`, `tcp://host:601`, `tls://host:6514`. */
  readonly server: string;
  readonly certificates?: string;
  readonly facility: number;
}

export type WatchChannel = WebhookChannel | MailChannel | SyslogChannel;

/** What is known to be right. All that is said must hold. */
export interface AllowedSighting {
  /** Globs; of the rule over its id, its name and its title. */
  readonly rule?: string;
  readonly component?: string;
  readonly who?: string;
  readonly app?: string;
  /** An address or a network. */
  readonly address?: string;
  readonly reason: string;
  /** Last day on which it holds. */
  readonly until?: string;
  /** 1-based line in `postern.yaml`. */
  readonly line?: number;
}

/** What `postern.yaml` says of watching. */
export interface WatchPolicy {
  /** Folders of rules beside those that ship with Postern; relative to `postern.yaml`. */
  readonly rules: readonly string[];
  /** Whether those that ship with Postern run, too. */
  readonly ownRules: boolean;
  /** Globs over ids of rules that do not run. */
  readonly without: readonly string[];
  /** A new level for the rules that fit. */
  readonly levels: readonly { readonly rule: string; readonly level: AlertLevel }[];
  /** By the name of a placeholder (`%name%`), its values. */
  readonly placeholders: Readonly<Record<string, readonly string[]>>;
  readonly channels: readonly WatchChannel[];
  readonly allow: readonly AllowedSighting[];
  /** Hours between two digests. */
  readonly digestHours: number;
  /** An alert that nothing was added to for so many hours is over; what comes then is another. */
  readonly quietHours: number;
  /** Days for which alerts that are over are remembered. */
  readonly alertDays: number;
  /** Days without a message after which a channel is sent a sign of life; 0: never. */
  readonly aliveDays: number;
  /** For `monitored`: hours after which a run is no longer recent. */
  readonly ranHoursMax: number;
}

export const emptyWatch: WatchPolicy = {
  rules: [],
  ownRules: true,
  without: [],
  levels: [],
  placeholders: {},
  channels: [],
  allow: [],
  digestHours: 24,
  quietHours: 24,
  alertDays: 400,
  aliveDays: 7,
  ranHoursMax: 30,
};
