import type { ComponentKind } from '../../../core/component.ts';

/** One small daemon, described by data. */
export interface Filter {
  readonly id: string;
  readonly kind: ComponentKind;
  readonly programs: readonly string[];
  readonly supplier: string;
  readonly configs: readonly string[];
  /** How its file is written: `Name value`, `name = value`, `Name: value`, `$NAME = value;`. */
  readonly style: 'words' | 'colon' | 'perl';
  readonly defaults: readonly string[];
  /** Settings that say where it listens, and what stands when none does. */
  readonly socket: readonly string[];
  readonly socketOtherwise?: string;
  /** The same where Postfix is installed: Debian puts it inside Postfix's chroot. */
  readonly socketWithPostfix?: string;
  /** Options of the command line that say the same. */
  readonly socketOptions: readonly string[];
  readonly user: readonly string[];
  /** Tag in syslog; what its line of each message holds. */
  readonly log: { readonly program: string; readonly writes: string; readonly needs?: string };
  /** Settings that lead to something it calls, and what that is. */
  readonly calls?: readonly {
    readonly setting: string;
    readonly as: ComponentKind;
    readonly otherwise?: string;
  }[];
  /** Setting that names signing keys. */
  readonly keys?: readonly string[];
}

export const filters: readonly Filter[] = [
  {
    id: 'milter-greylist',
    kind: 'milter',
    programs: ['milter-greylist'],
    supplier: 'milter-greylist project',
    configs: ['/etc/milter-greylist/greylist.conf', '/etc/mail/greylist.conf'],
    style: 'words',
    defaults: ['/etc/default/milter-greylist', '/etc/sysconfig/milter-greylist'],
    socket: ['socket'],
    socketOptions: ['-p'],
    user: ['user'],
    log: {
      program: 'milter-greylist',
      writes: 'each decision: sender, recipient, client and delay',
    },
  },
  {
    id: 'dkimpy-milter',
    kind: 'milter',
    programs: ['dkimpy-milter'],
    supplier: 'dkimpy project',
    configs: ['/etc/dkimpy-milter/dkimpy-milter.conf', '/etc/dkimpy-milter.conf'],
    style: 'words',
    defaults: [],
    socket: ['Socket'],
    socketOtherwise: 'local:/run/dkimpy-milter/dkimpy-milter.sock',
    socketOptions: [],
    user: ['UserID'],
    log: {
      program: 'dkimpy-milter',
      writes: 'each message that it signed or verified',
      needs: 'Syslog',
    },
    keys: ['KeyFile', 'KeyFileEd25519', 'KeyTable', 'KeyTableEd25519'],
  },
  {
    id: 'openarc',
    kind: 'milter',
    programs: ['openarc'],
    supplier: 'The Trusted Domain Project',
    configs: ['/etc/openarc.conf', '/etc/openarc/openarc.conf', '/usr/local/etc/openarc.conf'],
    style: 'words',
    defaults: ['/etc/default/openarc', '/etc/sysconfig/openarc'],
    socket: ['Socket'],
    socketOptions: ['-p'],
    user: ['UserID'],
    log: { program: 'openarc', writes: 'each message that it sealed or verified', needs: 'Syslog' },
    keys: ['KeyFile'],
  },
  {
    id: 'sid-milter',
    kind: 'milter',
    programs: ['sid-filter'],
    supplier: 'Sendmail, Inc.',
    configs: [],
    style: 'words',
    defaults: ['/etc/default/sid-milter', '/etc/sysconfig/sid-milter'],
    socket: ['SOCKET'],
    socketOptions: ['-p'],
    user: ['USER'],
    log: { program: 'sid-filter', writes: 'each result', needs: '-l' },
  },
  {
    id: 'spamass-milter',
    kind: 'milter',
    programs: ['spamass-milter'],
    supplier: 'spamass-milter project',
    configs: [],
    style: 'words',
    defaults: ['/etc/default/spamass-milter', '/etc/sysconfig/spamass-milter'],
    socket: ['SOCKET'],
    socketOtherwise: '/run/spamass/spamass.sock',
    socketWithPostfix: '/var/spool/postfix/spamass/spamass.sock',
    socketOptions: ['-p'],
    user: ['RUNAS'],
    log: { program: 'spamass-milter', writes: '', needs: 'never' },
    calls: [{ setting: '', as: 'spam-filter', otherwise: '127.0.0.1:783' }],
  },
  {
    id: 'clamsmtp',
    kind: 'content-filter',
    programs: ['clamsmtpd'],
    supplier: 'clamsmtp project',
    configs: ['/etc/clamsmtpd.conf', '/usr/local/etc/clamsmtpd.conf'],
    style: 'colon',
    defaults: [],
    socket: ['Listen'],
    socketOtherwise: '*:10025',
    socketOptions: [],
    user: ['User'],
    log: { program: 'clamsmtpd', writes: 'each message: sender, recipients and what was found' },
    calls: [{ setting: 'ClamAddress', as: 'antivirus', otherwise: '/var/run/clamav/clamd' }],
  },
  {
    id: 'sqlgrey',
    kind: 'policy-service',
    programs: ['sqlgrey'],
    supplier: 'SQLgrey project',
    configs: ['/etc/sqlgrey/sqlgrey.conf'],
    style: 'words',
    defaults: [],
    socket: ['inet', 'unix'],
    socketOtherwise: '127.0.0.1:2501',
    socketOptions: [],
    user: ['user'],
    log: { program: 'sqlgrey', writes: 'each decision: client, sender and recipient' },
  },
  {
    id: 'policyd-weight',
    kind: 'policy-service',
    programs: ['policyd-weight'],
    supplier: 'policyd-weight project',
    configs: ['/etc/policyd-weight.conf', '/etc/postfix/policyd-weight.cf'],
    style: 'perl',
    defaults: [],
    socket: [],
    socketOptions: [],
    user: ['$USER'],
    log: {
      program: 'postfix/policyd-weight',
      writes: 'each decision: client, sender, score and reasons',
    },
  },
  {
    id: 'mimedefang',
    kind: 'milter',
    programs: ['mimedefang'],
    supplier: 'MIMEDefang project',
    configs: ['/etc/mail/mimedefang-filter', '/etc/mimedefang-filter'],
    style: 'perl',
    defaults: ['/etc/default/mimedefang', '/etc/sysconfig/mimedefang'],
    socket: ['SOCKET'],
    socketOtherwise: '/var/spool/MIMEDefang/mimedefang.sock',
    socketOptions: [],
    user: ['MX_USER'],
    log: {
      program: 'mimedefang.pl',
      writes: 'what its filter writes with md_graphdefang_log',
      needs: 'md_graphdefang_log',
    },
  },
];
