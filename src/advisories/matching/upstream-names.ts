import type { ProductKey } from '../../core/advisory.ts';
import { keyOfCpe, keyOfCve, keyOfNote, keyOfPackage } from '../product-key.ts';

/** Under which names sources speak of software that its makers released, not a distribution. */
interface UpstreamName {
  readonly key: ProductKey;
  /** Why the name is only near: neither a hit nor a miss is proof then. */
  readonly near?: string;
  /** Why a hit may be another's, of several that share the name: a miss is one of all. */
  readonly shared?: string;
}

const cve = (vendor: string, product: string): UpstreamName => ({ key: keyOfCve(vendor, product) });

const near = (vendor: string, product: string, why: string): UpstreamName => ({
  key: keyOfCve(vendor, product),
  near: why,
});

const shared = (vendor: string, product: string, why: string): UpstreamName => ({
  key: keyOfCve(vendor, product),
  shared: why,
});

const cpe = (vendor: string, product: string): readonly UpstreamName[] => {
  const key = keyOfCpe(`cpe:2.3:a:${vendor}:${product}`);
  return key === undefined ? [] : [{ key }];
};

const package_ = (ecosystem: string, name: string): UpstreamName => ({
  key: keyOfPackage(ecosystem, name),
});

const note = (product: string): UpstreamName => ({ key: keyOfNote(product) });

const allOfNextcloud =
  'its maker files the flaws of its server and of all its apps under one name, each with its own versions';

const dovecotPro =
  'the statement is about OX Dovecot Pro, whose versions and patches are not those of the community edition';

/**
 * Exact pairs of vendor and product as CVE records and CISA's containers write them, and the vendor and
 * product of CPE names. Where several have been in use, each is listed. Nothing is ever matched by a
 * part of a name.
 */
const names: Readonly<Record<string, readonly UpstreamName[]>> = {
  amavis: [cve('amavis', 'amavis'), cve('amavisd-new', 'amavisd-new'), ...cpe('amavis', 'amavis')],
  apache: [
    cve('Apache Software Foundation', 'Apache HTTP Server'),
    ...cpe('apache', 'http_server'),
  ],
  clamav: [
    cve('Cisco', 'ClamAV'),
    cve('clamav', 'clamav'),
    ...cpe('clamav', 'clamav'),
    ...cpe('cisco', 'clamav'),
  ],
  courier: [
    cve('courier-mta', 'courier'),
    ...cpe('courier-mta', 'courier'),
    ...cpe('courier-mta', 'courier_mail_server'),
  ],
  cyrus: [
    cve('cyrusimap', 'cyrus-imapd'),
    cve('cyrus', 'imap'),
    ...cpe('cyrus', 'imap'),
    ...cpe('cyrusimap', 'cyrus_imap'),
  ],
  dovecot: [
    cve('dovecot', 'dovecot'),
    cve('Dovecot', 'Dovecot CE'),
    near('Open-Xchange GmbH', 'OX Dovecot Pro', dovecotPro),
    near('Open-Xchange', 'OX Dovecot Pro', dovecotPro),
    ...cpe('dovecot', 'dovecot'),
  ],
  exchange: [
    note('exchange'),
    cve('Microsoft', 'Exchange Server'),
    ...cpe('microsoft', 'exchange_server'),
  ],
  exim: [note('exim'), cve('Exim', 'Exim'), ...cpe('exim', 'exim')],
  fetchmail: [cve('fetchmail', 'fetchmail'), ...cpe('fetchmail', 'fetchmail')],
  horde: [
    cve('Horde', 'Groupware'),
    ...cpe('horde', 'groupware'),
    ...cpe('horde', 'groupware_webmail_edition'),
  ],
  'horde/imp': [...cpe('horde', 'imp'), ...cpe('horde', 'internet_mail_program')],
  mailman: [package_('PyPI', 'mailman'), cve('GNU', 'Mailman'), ...cpe('gnu', 'mailman')],
  mailscanner: [...cpe('mailscanner', 'mailscanner')],
  nextcloud: [
    shared('nextcloud', 'security-advisories', allOfNextcloud),
    ...cpe('nextcloud', 'nextcloud_server'),
  ],
  nginx: [cve('F5', 'NGINX Open Source'), ...cpe('f5', 'nginx'), ...cpe('nginx', 'nginx')],
  opendkim: [cve('opendkim', 'opendkim'), ...cpe('opendkim', 'opendkim')],
  opendmarc: [cve('trusteddomainproject', 'OpenDMARC'), ...cpe('trusteddomain', 'opendmarc')],
  opensmtpd: [
    cve('openbsd', 'opensmtpd'),
    ...cpe('openbsd', 'opensmtpd'),
    ...cpe('opensmtpd', 'opensmtpd'),
  ],
  postfix: [cve('postfix', 'postfix'), ...cpe('postfix', 'postfix')],
  postfixadmin: [
    package_('Packagist', 'postfixadmin/postfixadmin'),
    ...cpe('postfix_admin_project', 'postfix_admin'),
  ],
  rainloop: [note('rainloop'), cve('rainloop', 'webmail'), ...cpe('rainloop', 'webmail')],
  roundcube: [
    note('roundcube'),
    package_('Packagist', 'roundcube/roundcubemail'),
    cve('Roundcube', 'Webmail'),
    cve('Roundcube', 'Roundcube Webmail'),
    cve('roundcube', 'roundcubemail'),
    ...cpe('roundcube', 'webmail'),
  ],
  rspamd: [cve('rspamd', 'rspamd'), ...cpe('rspamd_project', 'rspamd'), ...cpe('rspamd', 'rspamd')],
  sendmail: [
    cve('sendmail', 'sendmail'),
    ...cpe('sendmail', 'sendmail'),
    ...cpe('proofpoint', 'sendmail'),
  ],
  snappymail: [
    note('snappymail'),
    cve('the-djmaze', 'snappymail'),
    ...cpe('snappymail', 'snappymail'),
  ],
  sogo: [note('sogo'), cve('Alinto', 'SOGo'), ...cpe('alinto', 'sogo'), ...cpe('inverse', 'sogo')],
  spamassassin: [
    cve('Apache Software Foundation', 'Apache SpamAssassin'),
    ...cpe('apache', 'spamassassin'),
  ],
  sympa: [cve('sympa-community', 'sympa'), ...cpe('sympa', 'sympa')],
  'z-push': [cve('Z-Hub', 'Z-Push'), ...cpe('z-push', 'z-push')],
  zimbra: [
    note('zimbra'),
    cve('Zimbra', 'Collaboration'),
    cve('Zimbra', 'Zimbra Collaboration Suite'),
    cve('Synacor', 'Zimbra Collaboration Suite'),
    cve('Synacor', 'Zimbra Collaboration Suite (ZCS)'),
    ...cpe('zimbra', 'collaboration'),
    ...cpe('zimbra', 'zimbra_collaboration_suite'),
    ...cpe('synacor', 'zimbra_collaboration_suite'),
  ],
};

/** Names of the software that a platform's main component is; empty where none is known. */
export const upstreamNames = (software: string): readonly UpstreamName[] => names[software] ?? [];
