import type { Place } from '../../../core/place.ts';
import { cut, type TableSpec, tablesOf, unbrace } from '../../syntax/postfix-list.ts';
import { type Instance, type Params, running } from './instance.ts';
import { restrictionLists } from './restrictions.ts';

/** A lookup table, where it is named and by which parameter. */
export interface MapUse extends Omit<TableSpec, 'offset'> {
  readonly parameter: string;
  readonly at: Place;
  /** Parameters of the service that named it: inline settings of mysql_table(5) lie among them. */
  readonly params: Params;
}

/** Every type that Postfix or its add-ons know (DATABASE_README). */
const mapTypes: ReadonlySet<string> = new Set(
  `
  btree cdb cidr dbm environ fail hash inline internal ldap lmdb memcache mongodb mysql
  netinfo nis nisplus pcre pgsql randmap regexp sdbm socketmap sqlite static tcp texthash
  unix debug unionmap pipemap
  `
    .trim()
    .split(/\s+/),
);

/**
 * Parameters that hold tables, lists in which tables may stand, or restrictions that name them
 * (postconf(5)). A macro of the administrator's own counts where one of these refers to it.
 */
const holdsTables: ReadonlySet<string> = new Set(
  `
  address_verify_map address_verify_sender_dependent_default_transport_maps
  address_verify_sender_dependent_relayhost_maps address_verify_transport_maps alias_maps
  authorized_flush_users authorized_mailq_users authorized_submit_users body_checks
  broken_sasl_auth_clients canonical_maps debug_peer_list default_delivery_status_filter
  fallback_transport_maps fast_flush_domains header_checks lmtp_body_checks
  lmtp_delivery_status_filter lmtp_discard_lhlo_keyword_address_maps lmtp_dns_reply_filter
  lmtp_generic_maps lmtp_header_checks lmtp_mime_header_checks lmtp_nested_header_checks
  lmtp_pix_workaround_maps lmtp_reply_filter lmtp_sasl_auth_cache_name
  lmtp_sasl_mechanism_filter lmtp_sasl_password_maps lmtp_tls_per_site lmtp_tls_policy_maps
  lmtp_tls_session_cache_database local_delivery_status_filter local_header_rewrite_clients
  local_login_sender_maps local_recipient_maps mailbox_command_maps mailbox_transport_maps
  masquerade_exceptions milter_header_checks mime_header_checks mydestination mynetworks
  nested_header_checks permit_mx_backup_networks pipe_delivery_status_filter
  postscreen_access_list postscreen_allowlist_interfaces postscreen_cache_map
  postscreen_command_filter postscreen_discard_ehlo_keyword_address_maps
  postscreen_dnsbl_reply_map postscreen_dnsbl_sites postscreen_reject_footer_maps
  postscreen_whitelist_interfaces qmqpd_authorized_clients rbl_reply_maps recipient_bcc_maps
  recipient_canonical_maps relay_domains relay_recipient_maps relocated_maps sender_bcc_maps
  sender_canonical_maps sender_dependent_default_transport_maps
  sender_dependent_relayhost_maps smtp_body_checks smtp_delivery_status_filter
  smtp_discard_ehlo_keyword_address_maps smtp_dns_reply_filter smtp_generic_maps
  smtp_header_checks smtp_mime_header_checks smtp_nested_header_checks
  smtp_pix_workaround_maps smtp_reply_filter smtp_sasl_auth_cache_name
  smtp_sasl_mechanism_filter smtp_sasl_password_maps smtp_tls_dane_insecure_mx_policy
  smtp_tls_per_site smtp_tls_policy_maps smtp_tls_session_cache_database
  smtpd_authorized_xclient_hosts smtpd_authorized_xforward_hosts
  smtpd_client_event_limit_exceptions smtpd_client_restrictions smtpd_command_filter
  smtpd_data_restrictions smtpd_discard_ehlo_keyword_address_maps smtpd_dns_reply_filter
  smtpd_end_of_data_restrictions smtpd_etrn_restrictions smtpd_forbid_bare_newline_exclusions
  smtpd_forbidden_commands smtpd_helo_restrictions smtpd_milter_maps
  smtpd_recipient_restrictions smtpd_reject_footer_maps
  smtpd_relay_before_recipient_restrictions smtpd_relay_restrictions
  smtpd_sasl_exceptions_networks smtpd_sasl_mechanism_filter smtpd_sender_login_maps
  smtpd_sender_restrictions smtpd_tls_session_cache_database tls_server_sni_maps
  tlsproxy_client_per_site tlsproxy_client_policy_maps transport_maps virtual_alias_domains
  virtual_alias_maps virtual_delivery_status_filter virtual_gid_maps virtual_mailbox_domains
  virtual_mailbox_maps virtual_maps virtual_uid_maps
  `
    .trim()
    .split(/\s+/),
);
const usesMax = 3_000;

const usesIn = (params: Params, parameter: string): readonly MapUse[] =>
  params.get(parameter).items.flatMap(({ text, at }): readonly MapUse[] => {
    const group = unbrace({ text, offset: 0 });
    // `check_recipient_access { type:name, search_order = … }`.
    const tokens = group === undefined ? [{ text, offset: 0 }] : cut(group.text);
    return tokens
      .slice(0, 200)
      .flatMap(token => tablesOf(token))
      .filter(({ type }) => mapTypes.has(type))
      .map(({ type, name, through }) => ({ type, name, through, parameter, at, params }));
  });

/** Compiled in, and naming a table of its own (postconf -d). */
const builtInHolders = ['alias_maps'] as const;

const holders = (params: Params, classes: ReadonlySet<string>): readonly string[] =>
  params.names.filter(name => holdsTables.has(name) || classes.has(name));

/** Every table that main.cf, or an `-o` of master.cf, makes some program of Postfix look things up in. */
export const mapUses = (instance: Instance): readonly MapUse[] => {
  const classes = new Set(
    instance.params.get('smtpd_restriction_classes').items.map(({ text }) => text),
  );
  const out: MapUse[] = [];
  const add = (params: Params, names: readonly string[]): void => {
    for (const name of names) {
      if (out.length > usesMax) return;
      out.push(...usesIn(params, name));
    }
  };
  const { params } = instance;
  add(params, [...new Set([...holders(params, classes), ...builtInHolders])]);
  for (const service of instance.services) {
    if (service.params === params) continue;
    // A macro set by -o changes what global lists hold.
    const own = holders(service.params, classes);
    const isSmtpd = running(instance, 'smtpd').includes(service);
    const reread = own.filter(
      name => service.params.own.has(name) || (isSmtpd && restrictionLists.some(l => l === name)),
    );
    add(service.params, reread);
  }
  const seen = new Set<string>();
  return out.filter(use => {
    const key = [use.type, use.name, use.parameter, use.at.path, use.at.line ?? 0].join('\0');
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

/** Types whose tables are files of text beside their index. */
const textTypes: ReadonlySet<string> = new Set(
  `
  hash btree dbm cdb lmdb sdbm texthash cidr regexp pcre
  `
    .trim()
    .split(/\s+/),
);
export const isTextMap = ({ type }: { readonly type: string }): boolean => textTypes.has(type);
export const isPatternMap = ({ type }: { readonly type: string }): boolean =>
  type === 'regexp' || type === 'pcre' || type === 'cidr';

/** Types whose contents lie in another program. */
const remoteTypes: ReadonlySet<string> = new Set(
  `
  ldap mysql pgsql sqlite mongodb memcache tcp socketmap nis nisplus
  `
    .trim()
    .split(/\s+/),
);
export const isRemoteMap = ({ type }: { readonly type: string }): boolean => remoteTypes.has(type);

/** Servers that speak tcp_table(5) or socketmap_table(5): programs, whatever they hold. */
export const isTableServer = ({ type }: { readonly type: string }): boolean =>
  type === 'tcp' || type === 'socketmap';
