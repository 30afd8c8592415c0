import type { EventKind } from '../../../core/access-event.ts';

/** What owners, delegates and administrators do in a mailbox (Exchange, record types 2, 3 and 50). */
export const mailboxOperations: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ['mailitemsaccessed', 'message.read'],
  ['messagebind', 'message.read'],
  ['attachmentaccess', 'message.read'],
  ['folderbind', 'mailbox.open'],
  ['mailboxlogin', 'login'],
  ['send', 'message.submitted'],
  ['sendas', 'message.submitted'],
  ['sendonbehalf', 'message.submitted'],
  ['create', 'message.save'],
  ['copy', 'message.save'],
  ['update', 'message.change'],
  ['move', 'message.change'],
  ['movetodeleteditems', 'message.delete'],
  ['softdelete', 'message.delete'],
  ['harddelete', 'message.delete'],
  ['recorddelete', 'message.delete'],
  ['prioritycleanupdelete', 'message.delete'],
  ['updateinboxrules', 'rule.changed'],
  ['updatefolderpermissions', 'permission.changed'],
  ['addfolderpermissions', 'permission.changed'],
  ['modifyfolderpermissions', 'permission.changed'],
  ['removefolderpermissions', 'permission.changed'],
  ['updatecalendardelegation', 'permission.changed'],
  ['searchqueryinitiatedexchange', 'search'],
  ['searchqueryinitiated', 'search'],
  ['searchqueryinitiatedsharepoint', 'search'],
  ['searchqueryperformed', 'search'],
]);

/** Searches over all mailboxes and what is taken out of them (eDiscovery, record types 24 and 25). */
const discovery: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ['searchcreated', 'search'],
  ['searchupdated', 'search'],
  ['searchstarted', 'search'],
  ['searchpreviewed', 'search'],
  ['searchviewed', 'search'],
  ['viewedsearchpreviewed', 'message.read'],
  ['searchexported', 'mailbox.export'],
  ['searchreport', 'mailbox.export'],
  ['searchexportdownloaded', 'mailbox.export'],
  ['viewedsearchexported', 'mailbox.export'],
  ['searchresultsdownloaded', 'mailbox.export'],
  ['searchresultspurged', 'message.delete'],
  ['purgesearchresults', 'message.delete'],
]);

/** Teams (record type 25 and its own): chat messages, which are read and sent as mail is. */
const teams: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ['teamssessionstarted', 'login'],
  ['messageread', 'message.read'],
  ['messagessread', 'message.read'],
  ['messageslisted', 'message.list'],
  ['messagesexported', 'mailbox.export'],
  ['messagesent', 'message.submitted'],
  ['messageupdated', 'message.change'],
  ['messagedeleted', 'message.delete'],
  ['memberadded', 'permission.changed'],
  ['memberremoved', 'permission.changed'],
  ['memberrolechanged', 'permission.changed'],
  ['appinstalled', 'app.consent'],
]);

/** Cmdlets by their noun, whatever is done to it. */
const nouns: readonly (readonly [RegExp, EventKind])[] = [
  [
    /^(?:inboxrule|transportrule|journalrule|sweeprule|mailboxrule|hostedcontentfilterrule)$/,
    'rule.changed',
  ],
  [
    /^(?:mailboxpermission|recipientpermission|mailboxfolderpermission|publicfolderclientpermission|adpermission|managementroleassignment|managementroleentry|rolegroup|rolegroupmember|mailboxfolderpermissionentry|applicationaccesspolicy|serviceprincipal|managementscope|rolegrouptemplate|ediscoverycaseadmin)$/,
    'permission.changed',
  ],
  [
    /^(?:adminauditlogconfig|mailboxauditbypassassociation|unifiedauditlogretentionpolicy|auditconfig|auditconfigurationpolicy|auditconfigurationrule|unifiedauditlog)$/,
    'audit.changed',
  ],
  [
    /^(?:mailboxexportrequest|mailboxrestorerequest|compliancesearchaction|mailboxsearch|contentsearchaction)$/,
    'mailbox.export',
  ],
  [/^(?:compliancesearch|compliancecase|caseholdpolicy|caseholdrule)$/, 'search'],
  [
    /^(?:mailbox|mailuser|mailcontact|remotemailbox|user|distributiongroup|distributiongroupmember|unifiedgroup|unifiedgrouplinks|activesyncdevice|mobiledevice)$/,
    'account.changed',
  ],
];

const cmdlet =
  /^(new|set|add|remove|enable|disable|update|start|stop|install|uninstall|clear|import|export|move|search|get|test|restore|undo|suspend|resume)-([a-z0-9]{2,60})$/;

/** The verb and noun of an administrator's cmdlet, in lower case. */
export interface Cmdlet {
  readonly verb: string;
  readonly noun: string;
}

export const cmdletOf = (operation: string): Cmdlet | undefined => {
  const match = cmdlet.exec(operation.toLowerCase());
  return match === null ? undefined : { verb: match[1] ?? '', noun: match[2] ?? '' };
};

const forwarding = ['forwardingsmtpaddress', 'forwardingaddress', 'delivertomailboxandforward'];
const auditing =
  /^(?:audit(?!logagelimit$)|defaultauditset|unifiedauditlogingestionenabled|auditdisabled)/;

const ofMailbox = (verb: string, parameters: readonly string[]): EventKind => {
  if (verb !== 'set') return verb === 'search' ? 'search' : 'account.changed';
  if (parameters.some(each => forwarding.includes(each))) return 'forward.changed';
  if (parameters.some(each => auditing.test(each))) return 'audit.changed';
  if (parameters.includes('grantsendonbehalfto')) return 'permission.changed';
  return 'configuration.changed';
};

/** What a cmdlet changes; `parameters` in lower case. */
export const cmdletKind = ({ verb, noun }: Cmdlet, parameters: readonly string[]): EventKind => {
  if (verb === 'get' || verb === 'test') return 'other';
  if (noun === 'mailbox' || noun === 'remotemailbox') {
    if (
      verb === 'search' &&
      parameters.some(each => each === 'targetmailbox' || each === 'deletecontent')
    ) {
      return parameters.includes('deletecontent') ? 'message.delete' : 'mailbox.export';
    }
    return ofMailbox(verb, parameters);
  }
  if (verb === 'search' && /audit/.test(noun)) return 'other';
  if (noun === 'organizationconfig' && parameters.includes('auditdisabled')) return 'audit.changed';
  return nouns.find(([pattern]) => pattern.test(noun))?.[1] ?? 'configuration.changed';
};

/** Directory operations (AzureActiveDirectory), without the full stop that they end with. */
const directory: readonly (readonly [RegExp, EventKind])[] = [
  [/^userlogg?edin$|^userloginfailed$|^(?:password|foreignrealm)\w*logon\w*$/, 'login'],
  [/^userloggedoff$|^userloggedout$/, 'logout'],
  [
    /^consent to application$|delegated permission grant|oauth2permissiongrant|app role assignment (?:grant )?to|app role assignment from|remove app role assignment/,
    'app.consent',
  ],
  [
    /(?:change|reset|set force change) user password|user password$|password reset/,
    'password.changed',
  ],
  [
    /(?:member|owner) (?:to|from) (?:role|group|service principal|application|administrative unit)|eligible member|role (?:definition|assignment)|scoped member/,
    'permission.changed',
  ],
  [
    /service principal|application|credentials|user|device|strong authentication|security info|authentication method/,
    'account.changed',
  ],
  [/policy|domain|federation|partner|company|organization|group|setting/, 'configuration.changed'],
];

export const directoryKind = (operation: string): EventKind => {
  const name = operation.toLowerCase().replace(/[.\s]+$/, '');
  return directory.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
};

/** Operations of other workloads that touch mail or chats. */
export const otherKind = (operation: string, workload: string): EventKind => {
  const name = operation.toLowerCase();
  const found = discovery.get(name);
  if (found !== undefined) return found;
  if (workload === 'microsoftteams') return teams.get(name) ?? 'other';
  return mailboxOperations.get(name) ?? 'other';
};
