import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A program's own look at its configuration: what is run, and what a sound one prints. */
interface ProgramCheck {
  readonly program: string;
  readonly args: readonly string[];
  /** Must be in the output; the exit status counts always. */
  readonly says?: RegExp;
  /** Must not be in it. */
  readonly never?: RegExp;
}

const checks: readonly ProgramCheck[] = [
  { program: '/usr/sbin/postfix', args: ['check'], never: /fatal|unused parameter/ },
  { program: '/usr/bin/doveconf', args: ['-n'], never: /^doveconf: (?:Fatal|Error|Warning)/m },
  { program: '/usr/sbin/nginx', args: ['-t'], says: /test is successful/ },
  { program: '/usr/bin/rspamadm', args: ['configtest'], says: /syntax OK/ },
  { program: '/usr/sbin/opendkim', args: ['-n'] },
  { program: '/usr/sbin/opendmarc', args: ['-n'] },
  {
    program: '/usr/sbin/amavisd',
    args: ['test-config'],
    never: /Error in config|not a true value/,
  },
  { program: '/usr/bin/clamconf', args: ['-n'], never: /ERROR|Unknown option/ },
  { program: '/usr/bin/spamassassin', args: ['--lint'] },
  { program: '/usr/sbin/logrotate', args: ['-d', '/etc/logrotate.conf'], never: /^error:/m },
  { program: '/usr/sbin/rsyslogd', args: ['-N1'], never: /error|warning/i },
  { program: '/usr/sbin/syslog-ng', args: ['-s', '--no-caps'], never: /Error parsing/ },
  { program: '/usr/sbin/update-exim4.conf', args: [] },
  { program: '/usr/sbin/exim4', args: ['-bV'], says: /Configuration file is/ },
  { program: '/usr/bin/plparse', args: ['/etc/sogo/sogo.conf'], says: /a dictionary/ },
  {
    program: '/usr/lib/cyrus/bin/cyr_info',
    args: ['conf-lint'],
    never: /fatal|^(?:event_|auditlog)/m,
  },
  { program: '/bin/sh', args: ['-n', '/etc/courier/imapd'] },
  { program: '/bin/sh', args: ['-n', '/etc/courier/authdaemonrc'] },
];

export interface Checked {
  readonly what: string;
  readonly ok: boolean;
  readonly output: string;
}

/** Some programs look at /proc; mounted in a namespace of its own, it is gone with the program. */
const inRoot = ['-m', 'sh', '-c', 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'];

const run = (root: string, check: ProgramCheck): Checked => {
  const { program, args, says, never } = check;
  const { status, stdout, stderr } = spawnSync('unshare', [...inRoot, root, program, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
  });
  const output = `${stdout}${stderr}`;
  const ok = status === 0 && says?.test(output) !== false && never?.test(output) !== true;
  return { what: [program, ...args].join(' '), ok, output };
};

/** What every program on the host says of its configuration, and PHP and Python of changed files. */
export const checkPrograms = (root: string, changed: readonly string[]): readonly Checked[] => [
  ...checks
    .filter(({ program, args }) =>
      [program, ...args.filter(arg => arg.startsWith('/etc/'))].every(path =>
        existsSync(join(root, path)),
      ),
    )
    .map(check => run(root, check)),
  ...changed.flatMap(path => {
    if (path.endsWith('.php')) {
      return [
        run(root, { program: '/usr/bin/php', args: ['-l', path], says: /No syntax errors/ }),
        run(root, { program: '/usr/bin/php', args: ['-r', `include '${path}';`], never: /\S/ }),
      ];
    }
    return path.endsWith('.py')
      ? [run(root, { program: '/usr/bin/python3', args: ['-m', 'py_compile', path] })]
      : [];
  }),
];
