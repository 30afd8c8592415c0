import { endpointOf } from '../endpoint.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import { onHost, quiet, unparsed } from '../reading.ts';
import { isHostsTrouble, trouble } from '../trouble.ts';
import { accounts } from './syslog/accounts.ts';
import { pam } from './syslog/pam.ts';
import { su, sudo } from './syslog/root.ts';
import { sshd } from './syslog/sshd.ts';
import { type Teller, tell } from './syslog/told.ts';

const ftpLine = /^connection from (\S{1,80}) \([^()]{0,256}\)/;

/** BSD's and its heirs' ftpd(8). */
const ftpd: Teller = (message, envelope, context) => {
  const from = endpointOf(ftpLine.exec(message)?.[1] ?? '');
  if (from === undefined) return quiet('ftpd');
  const event = tell('connection', 'unknown', 'ftpd', envelope, context);
  event.service = 'ftp';
  event.from = from;
  return { event };
};

const tellers: ReadonlyMap<string, Teller> = new Map([
  ['sshd', sshd],
  ['sshd-session', sshd],
  ['sshd-auth', sshd],
  ['sudo', sudo],
  ['su', su],
  ['ftpd', ftpd],
  ...[
    'useradd',
    'usermod',
    'userdel',
    'groupadd',
    'groupmod',
    'groupdel',
    'gpasswd',
    'chage',
    'adduser',
    'deluser',
    'passwd',
    'chpasswd',
    'newusers',
    'chfn',
    'chsh',
  ].map(program => [program, accounts] as const),
]);

/** Programs of a host that say nothing of anybody's access to mail. */
const others =
  /^(?:kernel|systemd(?:-[\w-]+)?|\(?sd-pam\)?|init|anacron|cron|crond|CRON|CROND|atd|run-parts.*|logrotate|rsyslogd?|rsyslogd-\d+|syslogd?|syslog-ng|klogd|auditd|audispd|augenrules|dbus(?:-daemon|-broker(?:-launch)?)?|polkitd|accounts-daemon|NetworkManager|ModemManager|wpa_supplicant|dhclient|dhcpcd|dhcpd|avahi-daemon|chronyd|ntpd|ntpdate|openntpd|timesyncd|irqbalance|smartd|mdadm|multipathd?|iscsid|lvm|dmeventd|udevd?|udisksd|acpid|thermald|rngd|haveged|apt(?:-[\w-]+)?|dpkg|unattended-upgrades?|dnf|yum|packagekitd|PackageKit|snapd|fwupd|cloud-init|qemu-ga|vmtoolsd|containerd|dockerd|docker|kubelet|podman|conmon|named|unbound|dnsmasq|systemd-resolved|nslcd|sssd.*|winbindd?|slapd|mysqld|mariadbd|postgres|redis(?:-server)?|keepalived|firewalld|ufw|fail2ban.*|snmpd|xinetd|inetd|cups-?\w*|gdm.*|sshguard|crontab|logger|root|puppet-agent|zabbix_agentd|node_exporter|rpc\.\w+|rpcbind|nfsd|mount|fsck|kexec|kdump|grub.*|getty|agetty|login|saslauthd|mtp-probe|os-prober|50mounted-tests|bluetoothd|dracut.*|setroubleshoot|sedispatch|tuned|rtkit-daemon)$/;

/** Those among them that tell of logs and of programs that crashed. */
const daemons = /^(?:kernel|systemd(?:-journald|-coredump)?|rsyslogd?(?:-\d+)?|syslog-ng|auditd)$/;

const read = (envelope: Envelope, context: FormatContext): Parsed => {
  const { message, program = '' } = envelope;
  const byPam = pam(message, envelope, context);
  if (byPam !== undefined) return byPam;
  const name = program.startsWith('/') ? program.slice(program.lastIndexOf('/') + 1) : program;
  const teller = tellers.get(name);
  const told = teller?.(message, envelope, context);
  if (told !== undefined) return told;
  if (!others.test(name)) return unparsed('no format knows this program');
  if (
    envelope.stamp !== undefined &&
    daemons.test(name) &&
    isHostsTrouble(message.slice(0, 2_000))
  ) {
    return onHost(
      trouble({ time: context.time(envelope.stamp), component: name, pid: envelope.pid }, message),
      envelope,
    );
  }
  return quiet(name.slice(0, 60));
};

const isDaemons = /^(?:last message repeated \d|message repeated \d|-- MARK --)/;

/**
 * What else a mail host's syslog holds: logins by ssh, su and sudo, failures that PAM tells, changes of
 * accounts and passwords. A program that nobody knows is not understood, for it may be one of the mail's.
 */
export const syslog: LogFormat = {
  id: 'syslog',
  title: 'Logins, root rights and accounts of the host in syslog',
  sniff: ({ program, message, stamp }) => {
    if (program === undefined) return stamp !== undefined && isDaemons.test(message) ? 0.6 : 0;
    if (tellers.has(program)) return 0.9;
    if (message.startsWith('pam_')) return 0.4;
    return others.test(program) ? 0.6 : 0.05;
  },
  open: context => ({
    read: envelope =>
      envelope.program === undefined
        ? isDaemons.test(envelope.message)
          ? quiet('the syslog daemon')
          : unparsed('no program is named')
        : read(envelope, context),
  }),
};
