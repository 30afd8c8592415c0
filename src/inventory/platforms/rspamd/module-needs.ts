import type { FileView } from '../../../core/files.ts';
import { isUclTrue, type UclValue, uclAll, uclGet, uclTexts } from '../../syntax/ucl.ts';
import type { Settings } from './settings.ts';

/** What a module asks of its settings before it stays switched on. */
interface Asked {
  readonly name: string;
  readonly section: UclValue | undefined;
  readonly settings: Settings;
  readonly files: FileView;
}

/** Undefined: satisfied. A sentence: what is missing, so that the module switches itself off. */
export type Need = (asked: Asked) => string | undefined;

const redis: Need = ({ name, settings }) =>
  settings.redisFor(name).length > 0 ? undefined : 'no Redis server is set for it';

const has =
  (...keys: readonly string[]): Need =>
  ({ section }) =>
    keys.some(key => uclGet(section, key) !== undefined)
      ? undefined
      : `none of its settings ${keys.join(', ')} is there`;

/** At least one nested block that fits. */
const block =
  (what: string, fits: (value: UclValue, key: string) => boolean): Need =>
  ({ section }) =>
    [...(section?.keys ?? [])].some(([key, values]) =>
      values.some(value => value.kind === 'object' && fits(value, key)),
    )
      ? undefined
      : `no ${what} is set up in it`;

const isSet = (value: UclValue | undefined, ...keys: readonly string[]): boolean =>
  keys.some(key => uclGet(value, key) !== undefined);

/** Engines that ask a cloud service with a key instead of a server of one's own. */
const byKey = new Set(['virustotal', 'metadefender']);

const scanner = (value: UclValue, key: string): boolean => {
  const type = uclGet(value, 'type')?.text ?? key;
  return byKey.has(type) ? isSet(value, 'apikey') : isSet(value, 'servers');
};

/** `validate_signing_settings` of lua_dkim_tools; a path is preset, so only its removal counts. */
const signing: Need = asked =>
  !uclTexts(asked.settings.section('options'), 'filters').some(({ text }) => text === 'dkim')
    ? 'the module dkim, which it signs with, is not switched on'
    : isUclTrue(uclGet(asked.section, 'use_redis')) === true
      ? redis(asked)
      : undefined;

/** Elastic looks for Redis first, and only with it for its servers (3.4). */
const elastic: Need = ({ section, settings }) =>
  settings.redisFor('elastic').length > 0 && !isSet(section, 'server', 'servers')
    ? 'no server is set in it'
    : undefined;

const replies: Need = asked =>
  isSet(asked.section, 'cookie') && isSet(asked.section, 'cookie_key') ? undefined : redis(asked);

/** Options that are no rule files; whatever else is set names files by a pattern. */
const spamassassinOptions = new Set([
  'enabled',
  'pcre_only',
  'alpha',
  'match_limit',
  'scores_priority',
]);

const spamassassinRules: Need = ({ section, files }) => {
  const patterns = [...(section?.keys.keys() ?? [])]
    .filter(key => !spamassassinOptions.has(key))
    .flatMap(key => uclAll(section, key).map(({ text }) => text));
  return patterns.some(pattern => files.glob(pattern).length > 0)
    ? undefined
    : 'it finds no file of rules';
};

const experimental: Need = ({ settings }) =>
  isUclTrue(uclGet(settings.section('options'), 'enable_experimental')) === true
    ? undefined
    : 'it is experimental, and enable_experimental is not set';

const hfilter: Need = ({ section }) => {
  const switches = ['helo', 'hostname', 'from', 'rcpt', 'mid', 'url'].map(
    each => `${each}_enabled`,
  );
  return switches.some(key => isUclTrue(uclGet(section, key)) === true)
    ? undefined
    : 'none of its checks is switched on';
};

const asnProvider: Need = ({ section }) => {
  const type = uclGet(section, 'provider_type')?.text ?? 'rspamd';
  return type === 'rspamd' ? undefined : 'its provider_type is not known';
};

const gpt: Need = ({ section }) => {
  const type = uclGet(section, 'type')?.text ?? 'openai';
  return type === 'openai' && !isSet(section, 'api_key') ? 'no API key is set in it' : undefined;
};

/**
 * What each module checks when it is loaded, read in its own source (Rspamd 3.4, plugins/*.lua, and
 * later releases). Modules not named here stay on once they have a section that is not switched off.
 */
export const moduleNeeds: Readonly<Record<string, readonly Need[]>> = {
  antivirus: [block('antivirus engine', scanner)],
  arc: [],
  asn: [asnProvider],
  aws_s3: [has('s3_bucket'), has('s3_secret_key'), has('s3_key_id')],
  bayes_expiry: [],
  bimi: [redis],
  clickhouse: [has('server', 'servers')],
  clustering: [redis, has('rules')],
  contextal: [],
  dcc: [has('socket', 'servers', 'host')],
  dkim_signing: [signing],
  dmarc: [],
  dynamic_conf: [redis],
  elastic: [elastic],
  emails: [],
  external_relay: [],
  external_services: [block('service with servers', value => isSet(value, 'servers'))],
  force_actions: [],
  forged_recipients: [],
  fuzzy_collect: [
    has('sign_keypair'),
    has('collect_server'),
    has('collect_pubkey'),
    has('mirrors'),
  ],
  gpt: [gpt],
  greylist: [redis],
  hfilter: [hfilter],
  history_redis: [redis],
  http_headers: [],
  ip_score: [],
  known_senders: [redis],
  maillist: [],
  maps_stats: [experimental],
  metadata_exporter: [],
  metric_exporter: [has('backend')],
  mid: [has('source')],
  milter_headers: [],
  mime_types: [has('file')],
  multimap: [block('map with a type', value => isSet(value, 'type'))],
  mx_check: [redis],
  neural: [redis],
  once_received: [],
  p0f: [],
  phishing: [],
  ratelimit: [redis],
  rbl: [],
  replies: [replies],
  reputation: [has('rules')],
  rspamd_update: [has('rules')],
  settings: [],
  spamassassin: [spamassassinRules],
  spamtrap: [],
  spf: [],
  trie: [],
  url_redirector: [redis, has('redirector_hosts_map')],
  whitelist: [has('rules')],
};

/** Modules that keep something in Redis once one is set for them. */
export const redisModules: readonly string[] = [
  'antivirus',
  'bayes_expiry',
  'bimi',
  'clustering',
  'dmarc',
  'dynamic_conf',
  'external_services',
  'gpt',
  'greylist',
  'history_redis',
  'known_senders',
  'metadata_exporter',
  'multimap',
  'mx_check',
  'neural',
  'p0f',
  'ratelimit',
  'replies',
  'reputation',
  'settings_redis',
  'spamtrap',
  'url_redirector',
];
