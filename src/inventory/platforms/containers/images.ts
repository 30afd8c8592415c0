import type { ComponentKind } from '../../../core/component.ts';

/** An image that holds mail software, or what such software keeps its data in. */
export interface KnownImage {
  /** `mailcow/postfix`: without registry and tag. */
  readonly repository: string;
  readonly registry?: string;
  /** Absent where none is named, or one that moves: `latest`. */
  readonly tag?: string;
  readonly kind: ComponentKind;
  /** Part of a mail platform only beside one: a database, a cache. */
  readonly isCompanion: boolean;
}

const kinds: readonly (readonly [pattern: RegExp, kind: ComponentKind])[] = [
  [/^mailcow\/postfix/, 'mta'],
  [/^mailcow\/dovecot$/, 'imap'],
  [/^mailcow\/rspamd$/, 'spam-filter'],
  [/^mailcow\/clamd$/, 'antivirus'],
  [/^mailcow\/sogo$/, 'webmail'],
  [/^mailcow\/olefy$/, 'content-filter'],
  [/^mailcow\/nginx$/, 'web-front'],
  [/^mailcow\/[\w-]+$/, 'connector'],
  [/^(?:mailu|ghcr\.io\/mailu)\/(?:postfix|smtp)$/, 'mta'],
  [/^mailu\/(?:dovecot|imap)$/, 'imap'],
  [/^mailu\/(?:rspamd|antispam)$/, 'spam-filter'],
  [/^mailu\/(?:clamav|antivirus)$/, 'antivirus'],
  [/^mailu\/(?:webmail|roundcube|rainloop|snappymail)$/, 'webmail'],
  [/^mailu\/(?:fetchmail|fetch)$/, 'mail-reader'],
  [/^mailu\/nginx$/, 'web-front'],
  [/^mailu\/[\w-]+$/, 'connector'],
  [
    /^(?:docker-mailserver\/docker-mailserver|mailserver\/docker-mailserver|tvial\/docker-mailserver)$/,
    'mta',
  ],
  [/^stalwartlabs\/(?:stalwart|mail-server|smtp-server|imap-server|jmap-server)$/, 'mta'],
  [
    /^(?:analogic\/poste\.io|foxcpp\/maddy|apache\/james|boky\/postfix|juanluisbaptiste\/postfix|jeboehm\/mailserver-mta|iredmail\/mariadb|zmta\/[\w-]+|haraka\/haraka|instrumentisto\/(?:postfix|opensmtpd))$/,
    'mta',
  ],
  [/^(?:dovecot\/dovecot|jeboehm\/mailserver-mda|instrumentisto\/dovecot)$/, 'imap'],
  [
    /^(?:rspamd\/rspamd|instrumentisto\/rspamd|jeboehm\/mailserver-filter|instantlinux\/spamassassin)$/,
    'spam-filter',
  ],
  [
    /^(?:clamav\/clamav|clamav\/clamav-debian|mkodockx\/docker-clamav|jeboehm\/mailserver-virus)$/,
    'antivirus',
  ],
  [
    /^(?:roundcube\/roundcubemail|djmaze\/snappymail|hardware\/rainloop|sonroyaalmerol\/docker-sogo|sogo\/sogo|instrumentisto\/roundcube|kouinkouin\/rainloop)$/,
    'webmail',
  ],
  [
    /^(?:maxking\/(?:mailman-core|mailman-web|postorius)|ghcr\.io\/maxking\/[\w-]+)$/,
    'list-manager',
  ],
  [/^instrumentisto\/(?:opendkim|opendmarc)$/, 'milter'],
  [/^(?:gilleslamiral\/imapsync|zenproj\/imapsync)$/, 'mail-reader'],
  [/^(?:sutoj\/piler|postfixadmin|library\/postfixadmin|jeboehm\/mailserver-web)$/, 'connector'],
];

/** What mail software keeps accounts, sessions and statistics in. */
const companions =
  /^(?:library\/|bitnami\/)?(?:mariadb|mysql|postgres|postgresql|redis|valkey|memcached)$/;

/** `registry/repository:tag@digest`; a first part with a dot, a colon or `localhost` is a registry. */
export const imageOf = (text: string): KnownImage | undefined => {
  const plain = text
    .slice(0, 500)
    .replace(/\$\{\w{1,80}:?-([^}]{0,200})\}/g, '$1')
    .replace(/^docker:\/\//, '')
    // What only the environment knows: `image:${TAG}`.
    .replace(/:?\$\{?\w{1,80}\}?$/, '');
  const match =
    /^(?:((?:localhost|[\w-]{1,80}\.[\w.-]{1,200})(?::\d{1,5})?|[\w-]{1,80}:\d{1,5})\/)?([a-z0-9][\w./-]{0,250}?)(?::([\w][\w.-]{0,127}))?(?:@sha256:[0-9a-f]{1,64})?$/.exec(
      plain,
    );
  if (match === null) return undefined;
  const [, registry, repository = '', tag] = match;
  const known = kinds.find(([pattern]) => pattern.test(repository))?.[1];
  const isCompanion = known === undefined && companions.test(repository);
  if (known === undefined && !isCompanion) return undefined;
  return {
    repository,
    ...(registry === undefined ? {} : { registry }),
    ...(tag === undefined || !/\d/.test(tag) ? {} : { tag }),
    kind: known ?? 'database-link',
    isCompanion,
  };
};
