import type { Other } from './other.ts';

/** Proxies that people log in through, and list managers that only a mail server starts. */
export const proxies: readonly Other[] = [
  {
    id: 'imapproxy',
    name: 'imapproxy',
    kind: 'gateway',
    supplier: 'SquirrelMail IMAP Proxy project',
    programs: ['imapproxyd', 'in.imapproxyd'],
    packages: ['imapproxy', 'up-imapproxy'],
    units: ['imapproxy', 'imapproxyd'],
    configs: ['/etc/imapproxy.conf', '/usr/local/etc/imapproxy.conf'],
    proxy: {
      host: /^\s*server_hostname\s+([\w.:-]{1,255})/,
      port: /^\s*server_port\s+(\d{1,5})/,
      portOtherwise: 143,
      address: /^\s*listen_address\s+([\w.:*-]{1,255})/,
      ownPort: /^\s*listen_port\s+(\d{1,5})/,
      user: /^\s*proc_username\s+([\w.-]{1,64})/,
    },
  },
  {
    id: 'perdition',
    name: 'Perdition',
    kind: 'gateway',
    supplier: 'Perdition project',
    programs: ['perdition', 'perdition.imap4', 'perdition.pop3'],
    packages: ['perdition'],
    units: ['perdition'],
    configs: ['/etc/perdition/perdition.conf'],
    proxy: {
      host: /^\s*outgoing_server\s+([\w.:-]{1,255})/,
      port: /^\s*outgoing_port\s+(\d{1,5})/,
      portOtherwise: 143,
      address: /^\s*bind_address\s+([\w.:*-]{1,255})/,
      ownPort: /^\s*listen_port\s+(\d{1,5})/,
      user: /^\s*username\s+([\w.-]{1,64})/,
    },
  },
  {
    id: 'schleuder',
    name: 'Schleuder',
    kind: 'list-manager',
    supplier: 'Schleuder project',
    programs: ['schleuder'],
    packages: ['schleuder'],
    configs: ['/etc/schleuder/schleuder.yml'],
  },
];
