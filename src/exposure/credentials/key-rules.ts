import { hasBase62Crc, isTokenHeader } from './key-checks.ts';

/** A credential that its issuer marks with a beginning of its own. */
export interface KeyRule {
  /** Stands at the beginning of a word, capitals as written. */
  readonly prefix: string;
  /** From the prefix on; the token is group 1, or all. */
  readonly pattern: RegExp;
  /** Some of the token's own check digits; where they fail it may still be one of another kind. */
  readonly check?: (token: string) => boolean;
  /** Looks like ordinary text, so that it counts with a label only. */
  readonly labelled?: true;
}

const end = '(?![A-Za-z0-9_-])';
const rule = (
  prefix: string,
  tail: string,
  more: Omit<KeyRule, 'prefix' | 'pattern'> = {},
): KeyRule => ({
  prefix,
  pattern: new RegExp(`^${prefix.replace(/[.+*?^$()[\]{}|\\]/g, '\\$&')}${tail}${end}`),
  ...more,
});
const several = (
  prefixes: readonly string[],
  tail: string,
  more: Omit<KeyRule, 'prefix' | 'pattern'> = {},
): readonly KeyRule[] => prefixes.map(prefix => rule(prefix, tail, more));

/** Forms from the issuers' documentation. */
export const keyRules: readonly KeyRule[] = [
  // Clouds
  ...several(['AKIA', 'ASIA', 'ABIA', 'ACCA', 'A3T'], '[A-Z0-9]{13,17}'),
  rule('bedrock-api-key-', 'YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/=]{0,2000}'),
  rule('ABSK', '[A-Za-z0-9+/]{109,269}={0,2}'),
  rule('AIza', '[\\w-]{35}'),
  rule('ya29.', '[\\w-]{20,1024}'),
  rule('GOCSPX-', '[\\w-]{28}'),
  rule('1//0', '[\\w-]{40,200}'),
  rule('LTAI', '[A-Za-z0-9]{12,24}'),
  rule('AccountKey=', '[A-Za-z0-9+/]{86}=='),
  rule('SharedAccessKey=', '[A-Za-z0-9+/]{43}='),
  ...several(['dop_v1_', 'doo_v1_', 'dor_v1_'], '[a-f0-9]{64}'),
  rule('HRKU-', '[\\w-]{36,70}'),
  rule('v1.0-', '[a-f0-9]{24}-[a-f0-9]{146}'),
  rule('dapi', '[a-f0-9]{32}(?:-\\d)?'),
  rule('dt0c01.', '[A-Za-z0-9]{24}\\.[A-Za-z0-9]{64}'),
  ...several(['fo1_', 'fm1r_', 'fm1a_', 'fm2_'], '[\\w+/-]{43,1000}={0,3}'),
  rule('AQVN', '[\\w-]{35,38}'),
  rule('hvs.', '[\\w-]{24,300}'),
  ...several(['hvb.', 'hvr.'], '[\\w-]{90,300}'),
  rule('s.', '[A-Za-z0-9]{24}', { labelled: true }),
  rule('t1.', '[\\w-]{20,300}={0,2}\\.[\\w-]{86}={0,2}'),
  rule('YC', '[\\w-]{38}', { labelled: true }),
  rule('p8e-', '[A-Za-z0-9]{32}'),
  rule('ico-', '[A-Za-z0-9]{32}'),
  rule('dnkey-', '[a-z0-9=_-]{26}-[a-z0-9=_-]{52}'),
  rule('pul-', '[a-f0-9]{40}'),
  rule('sbp_', '[a-f0-9]{40}'),
  ...several(['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'], '[\\w=.-]{32,64}'),
  rule('sha256~', '[\\w-]{43}'),
  rule('ocid1.', '[a-z]{2,20}\\.oc1\\.[\\w.-]{0,30}\\.[a-z0-9]{60}', { labelled: true }),
  // Code and packages
  ...several(['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], '[A-Za-z0-9]{36,251}', {
    check: hasBase62Crc,
  }),
  rule('github_pat_', '\\w{82}'),
  rule('glpat-', '[\\w-]{20}'),
  rule('glpat-', '[\\w-]{27,300}\\.[a-z0-9]{2}\\.?[a-z0-9]{7}'),
  rule('glptt-', '[a-f0-9]{40}'),
  ...several(
    [
      'gldt-',
      'glrt-',
      'glrtr-',
      'glffct-',
      'glft-',
      'glimt-',
      'glsoat-',
      'gloas-',
      'glagent-',
      'glcbt-',
    ],
    '[\\w.-]{20,80}',
  ),
  rule('GR1348941', '[\\w-]{20}'),
  rule('npm_', '[A-Za-z0-9]{36}', { check: hasBase62Crc }),
  ...several(['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'], '[\\w-]{50,1000}'),
  rule('rubygems_', '[a-f0-9]{48}'),
  rule('oy2', '[a-z0-9]{43}'),
  rule('CLOJARS_', '[a-z0-9]{60}'),
  rule('dckr_pat_', '[\\w-]{27}'),
  rule('dckr_oat_', '[\\w-]{32}'),
  rule('AKCp', '[A-Za-z0-9]{69}'),
  rule('cmVmd', '[A-Za-z0-9]{59}'),
  rule('CCIPAT_', '[A-Za-z0-9]{22}_[a-f0-9]{40}'),
  ...several(['squ_', 'sqp_', 'sqa_'], '[a-f0-9]{40}'),
  rule('sgp_', '(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}'),
  rule('API-', '[A-Z0-9]{26}'),
  rule('ATATT3', '[\\w=-]{180,200}'),
  rule('ATCTT3', '[\\w=-]{180,200}'),
  rule('ATBB', '[A-Za-z0-9]{32}'),
  rule('lin_api_', '[A-Za-z0-9]{40}'),
  rule('PMAK-', '[a-f0-9]{24}-[a-f0-9]{34}'),
  rule('ntn_', '\\d{11}[A-Za-z0-9]{35}'),
  rule('secret_', '[A-Za-z0-9]{43}'),
  rule('figd_', '[\\w-]{40}'),
  rule('CFPAT-', '[\\w-]{43}'),
  rule('rdme_', '[a-z0-9]{70}'),
  rule('tfp_', '[\\w.=-]{59}'),
  rule('pat', '[A-Za-z0-9]{14}\\.[a-f0-9]{64}'),
  ...several(['pat.', 'sat.'], '[\\w-]{22}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{20}'),
  ...several(
    ['sc_', 'ext_', 'scauth_', 'authress_'],
    '[a-z0-9]{5,30}\\.[a-z0-9]{4,6}\\.acc[_-][a-z0-9-]{10,32}\\.[a-z0-9+/_=-]{30,120}',
  ),
  ...several(['s-s4t2ud-', 's-s4t2af-'], '[a-f0-9]{64}'),
  ...several(['pk.eyJ', 'sk.eyJ'], '[\\w-]{40,200}\\.[\\w-]{22}'),
  rule('A3-', '[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}'),
  rule('AGE-SECRET-KEY-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}'),
  // Messages and mail
  ...several(
    ['xoxb-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxo-', 'xoxp-', 'xoxe-', 'xoxd-', 'xoxc-'],
    '[\\w%.-]{10,250}',
  ),
  rule('xoxe.xox', '[bp]-\\d-[A-Za-z0-9]{100,200}'),
  rule('xapp-', '\\d-[A-Z0-9]{1,20}-\\d{1,20}-[a-z0-9]{10,100}'),
  rule('hooks.slack.com/', '(?:services|workflows|triggers)/[A-Za-z0-9+/]{40,60}'),
  rule('discord', '(?:app)?\\.com/api/webhooks/\\d{17,20}/[\\w-]{60,80}'),
  rule('SG.', '[\\w-]{22}\\.[\\w-]{43}'),
  rule('SK', '[a-fA-F0-9]{32}'),
  rule('AC', '[a-f0-9]{32}', { labelled: true }),
  ...several(['key-', 'pubkey-'], '[a-f0-9]{32}'),
  rule('xkeysib-', '[a-f0-9]{64}-[A-Za-z0-9]{16}'),
  rule('xsmtpsib-', '[a-f0-9]{64}-[A-Za-z0-9]{16}'),
  rule('EAA', '[MC][A-Za-z0-9]{100,250}'),
  rule('AAAAAAAAAAAAAAAAAAAAA', '[A-Za-z0-9%]{80,120}'),
  rule('sl.', '[\\w=-]{130,160}'),
  // Money
  ...several(
    ['sk_live_', 'rk_live_', 'sk_prod_', 'rk_prod_', 'sk_test_', 'rk_test_'],
    '[A-Za-z0-9]{10,200}',
  ),
  rule('whsec_', '[A-Za-z0-9+/=]{24,64}'),
  rule('sq0atp-', '[\\w-]{22}'),
  rule('sq0csp-', '[\\w-]{43}'),
  rule('EAAA', '[\\w-]{60}'),
  ...several(['shpat_', 'shpca_', 'shppa_', 'shpss_'], '[a-fA-F0-9]{32}'),
  ...several(['live_', 'test_', 'live_pub_', 'test_pub_'], '[a-f0-9]{31,35}', { labelled: true }),
  ...several(['rzp_live_', 'rzp_test_'], '[A-Za-z0-9]{14}'),
  ...several(['FLWSECK-', 'FLWSECK_TEST-', 'FLWPUBK_TEST-'], '[a-hA-H0-9]{12,32}(?:-X)?'),
  ...several(['EZAK', 'EZTK'], '[A-Za-z0-9]{54}'),
  ...several(['shippo_live_', 'shippo_test_'], '[a-fA-F0-9]{40}'),
  ...several(['duffel_live_', 'duffel_test_'], '[\\w=-]{43}'),
  ...several(
    ['access-sandbox-', 'access-development-', 'access-production-'],
    '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  ),
  // Models
  rule('sk-', '(?:proj|svcacct|admin)-[\\w-]{20,200}'),
  rule('sk-', '[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}'),
  rule('sk-ant-', '(?:api|admin)\\d\\d-[\\w-]{80,110}'),
  rule('sk-or-v1-', '[a-f0-9]{64}'),
  rule('sk-', '[A-Za-z0-9]{32,64}'),
  rule('hf_', '[A-Za-z0-9]{34,40}'),
  rule('api_org_', '[A-Za-z]{34}'),
  rule('gsk_', '[A-Za-z0-9]{52}'),
  rule('xai-', '[A-Za-z0-9]{80}'),
  rule('r8_', '[A-Za-z0-9]{37}'),
  rule('pplx-', '[A-Za-z0-9]{48}'),
  rule('lsv2_', '(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}'),
  // Watching
  rule('NRAK-', '[A-Za-z0-9]{27}'),
  ...several(['NRII-', 'NRJS-', 'NRRA-'], '[\\w-]{19,60}'),
  rule('glsa_', '[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}'),
  rule('glc_', '[A-Za-z0-9+/]{32,400}={0,3}'),
  rule('eyJrIjoi', '[A-Za-z0-9]{70,400}={0,3}'),
  rule('sntrys_', 'eyJ[\\w=/+-]{80,400}'),
  rule('sntryu_', '[a-f0-9]{64}'),
  rule('dp.', '(?:pt|st|ct|sa|scim|audit)\\.(?:[\\w-]{2,35}\\.)?[A-Za-z0-9]{40,44}'),
  rule('pnu_', '[A-Za-z0-9]{36}'),
  rule('aio_', '[A-Za-z0-9]{28}'),
  rule('ops_', 'eyJ[A-Za-z0-9+/]{250,2000}={0,3}'),
  rule('tk-us-', '[\\w-]{48}'),
  rule('fio-u-', '[\\w=-]{64}'),
  ...several(['sm_aat_', 'sm_pat_', 'sm_sat_'], '[A-Za-z0-9]{16}'),
  // RFC 7519
  rule('ey', '[A-Za-z0-9_-]{15,1500}\\.ey[\\w/-]{15,4000}\\.[\\w/-]{10,1000}={0,2}', {
    check: isTokenHeader,
  }),
];
