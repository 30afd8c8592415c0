import type { AccessLog } from './access-log.ts';
import type { Origin } from './origin.ts';
import type { PackageRef } from './packages.ts';
import type { Place } from './place.ts';

/** What a component is, in the mail field's own words. */
export const componentKinds = [
  'mta',
  'imap',
  'webmail',
  'webmail-plugin',
  'milter',
  'content-filter',
  'policy-service',
  'spam-filter',
  'antivirus',
  'list-manager',
  'auth-backend',
  'database-link',
  'mail-reader',
  'web-front',
  'oauth-app',
  'connector',
  'gateway',
  'add-on',
  'library',
] as const;
export type ComponentKind = (typeof componentKinds)[number];

/** Unknown is an answer: it carries the reason. */
export type Version = { readonly value: string } | { readonly unknown: string };

/** What a component could lay its hands on. */
export const resources = [
  'stored-mail',
  'mail-in-transit',
  'credentials',
  'directory',
  'customer-records',
  'host',
] as const;
export type Resource = (typeof resources)[number];

export const reachModes = ['read', 'write', 'send', 'admin'] as const;
export type ReachMode = (typeof reachModes)[number];

/** One thing a component can reach, and the line that grants it. */
export interface Reach {
  readonly resource: Resource;
  readonly mode: ReachMode;
  /** How much of it, in words: "every message that passes smtpd", "table mailbox of database mail". */
  readonly extent: string;
  readonly because?: Place;
}

/** Whether somebody on the internet can talk to the component, as far as its own settings tell. */
export interface Exposure {
  /** `yes`: it listens beyond loopback, or is served by something that does. */
  readonly internet: 'yes' | 'no' | 'unknown';
  readonly why: string;
  readonly because?: Place;
}

/**
 * Names a component, stable from run to run: `postfix`, `roundcube/managesieve`,
 * `roundcube@/var/www/old/managesieve` for a copy outside the packaged place.
 */
export type ComponentId = string & { readonly __brand: 'ComponentId' };
export const componentId = (text: string): ComponentId => text as ComponentId;

/** One part of the mail platform. */
export interface Component {
  readonly id: ComponentId;
  /** The software's own name: the plug-in's folder, the daemon, the module. */
  readonly name: string;
  readonly version: Version;
  readonly supplier?: string;
  readonly purl?: string;
  readonly kind: ComponentKind;
  readonly origin: Origin;
  /** True unless the organisation wrote it itself: unknown origin counts as somebody else's. */
  readonly thirdParty: boolean;
  /** False: installed but not switched on. Null: cannot be told from configuration. */
  readonly enabled: boolean | null;
  /** Id of the platform that it belongs to or is plugged into. */
  readonly platform: string;
  /** The component that it is plugged into or loaded by. */
  readonly partOf?: ComponentId;
  readonly foundAt: readonly Place[];
  /** The package that owns its files, if one does. */
  readonly package?: PackageRef;
  /** Operating-system user that its code runs as. */
  readonly runsAs?: { readonly user: string; readonly because?: Place };
  readonly exposure?: Exposure;
  readonly reach: readonly Reach[];
  readonly logs: readonly AccessLog[];
  readonly owner?: string;
  readonly labels?: readonly string[];
}
