import type { ComponentKind } from '../../core/component.ts';
import { baseOf } from '../../core/paths.ts';

/** A program that belongs to a software with a platform of its own: both findings then join. */
export interface MailProgram {
  readonly id: string;
  readonly name: string;
  readonly kind: ComponentKind;
  readonly platform: string;
  /** What distributions call its package, most likely first. */
  readonly packages: readonly string[];
}

const known: readonly (MailProgram & { readonly programs: RegExp })[] = [
  {
    programs: /\/dovecot\/(?:dovecot-lda|deliver)$|\/dovecot-lda$/,
    id: 'dovecot',
    name: 'dovecot',
    kind: 'imap',
    platform: 'dovecot',
    packages: ['dovecot-core', 'dovecot'],
  },
  {
    programs: /\/policyd-spf$/,
    id: 'policyd-spf',
    name: 'policyd-spf',
    kind: 'policy-service',
    platform: 'policyd-spf',
    packages: ['postfix-policyd-spf-python', 'pypolicyd-spf', 'python3-policyd-spf'],
  },
  {
    programs: /\/(?:postfix-policyd-spf-perl|policyd-spf-perl)$/,
    id: 'policyd-spf/postfix-policyd-spf-perl',
    name: 'postfix-policyd-spf-perl',
    kind: 'policy-service',
    platform: 'policyd-spf',
    packages: ['postfix-policyd-spf-perl', 'postfix-policyd-spf-fs'],
  },
  {
    programs: /\/maildrop$/,
    id: 'maildrop',
    name: 'maildrop',
    kind: 'content-filter',
    platform: 'maildrop',
    packages: ['maildrop', 'courier-maildrop'],
  },
  {
    programs: /\/procmail$/,
    id: 'procmail',
    name: 'procmail',
    kind: 'content-filter',
    platform: 'procmail',
    packages: ['procmail'],
  },
  {
    programs: /\/cyrus(?:-imapd)?\/(?:bin\/)?deliver$|\/cyrdeliver$/,
    id: 'cyrus',
    name: 'cyrus-imapd',
    kind: 'imap',
    platform: 'cyrus',
    packages: ['cyrus-imapd'],
  },
  {
    programs: /\/spamassassin$/,
    id: 'spamassassin',
    name: 'spamassassin',
    kind: 'spam-filter',
    platform: 'spamassassin',
    packages: ['spamassassin'],
  },
  {
    programs: /\/sympa\/.{0,200}(?:queue|bouncequeue|familyqueue)$/,
    id: 'sympa',
    name: 'sympa',
    kind: 'list-manager',
    platform: 'sympa',
    packages: ['sympa'],
  },
  {
    programs: /\/mailman\/(?:.{1,200}\/)?mailman$|\/postfix-to-mailman\.py$/,
    id: 'mailman2',
    name: 'mailman',
    kind: 'list-manager',
    platform: 'mailman2',
    packages: ['mailman'],
  },
  {
    programs: /\/mlmmj-(?:receive|recieve|process|amime-receive)$/,
    id: 'mlmmj',
    name: 'mlmmj',
    kind: 'list-manager',
    platform: 'mlmmj',
    packages: ['mlmmj'],
  },
  {
    programs: /\/clamd?scan$/,
    id: 'clamav',
    name: 'clamav',
    kind: 'antivirus',
    platform: 'clamav',
    packages: ['clamav', 'clamav-daemon'],
  },
  {
    programs: /\/schleuder$/,
    id: 'schleuder',
    name: 'Schleuder',
    kind: 'list-manager',
    platform: 'other-software',
    packages: ['schleuder'],
  },
];

/** Programs of list managers and mail stores that have no platform. */
const kinds: ReadonlyMap<string, ComponentKind> = new Map([
  ['majordomo', 'list-manager'],
  ['wrapper', 'list-manager'],
  ['ezmlm-send', 'list-manager'],
]);

/** The software that a program which mail is piped to belongs to, by the program's path. */
export const mailProgram = (path: string): MailProgram | undefined =>
  path.length > 500 ? undefined : known.find(({ programs }) => programs.test(path));

/** What a program is when no platform knows it. */
export const mailProgramKind = (path: string): ComponentKind | undefined => kinds.get(baseOf(path));

/** A mail store or list manager is a software of its own, not a part of who calls it. */
export const standsAlone = ({ kind }: MailProgram): boolean =>
  kind === 'imap' || kind === 'list-manager';
