import type { FileView } from '../../core/files.ts';
import { dirOf, resolveFrom } from '../../core/paths.ts';
import { optionOf, unitsThatStart } from '../daemons/daemon.ts';

/** A build of a web server, by where it keeps its configuration. */
export interface Installation {
  readonly config: string;
  /** Of nginx: the prefix; of Apache: the ServerRoot that is compiled in. */
  readonly root: string;
  readonly binaries: readonly string[];
  readonly packages: readonly string[];
  /** The unit that starts it, where that goes by a name of its own; without `.service`. */
  readonly unit?: string;
}

export interface NginxInstallation extends Installation {
  readonly accessLog: string;
}

/** Debian, RHEL, SUSE, Alpine and nginx.org agree; then OpenResty, FreeBSD, and builds by hand. */
export const nginxInstallations: readonly NginxInstallation[] = [
  {
    config: '/etc/nginx/nginx.conf',
    root: '/usr/share/nginx',
    accessLog: '/var/log/nginx/access.log',
    binaries: ['/usr/sbin/nginx', '/usr/local/sbin/nginx', '/usr/bin/nginx'],
    packages: ['nginx', 'nginx-core', 'nginx-full', 'nginx-light', 'nginx-extras', 'nginx-plus'],
  },
  {
    config: '/usr/local/nginx/conf/nginx.conf',
    root: '/usr/local/nginx',
    accessLog: '/usr/local/nginx/logs/access.log',
    binaries: ['/usr/local/nginx/sbin/nginx'],
    packages: [],
  },
  {
    config: '/opt/nginx/conf/nginx.conf',
    root: '/opt/nginx',
    accessLog: '/opt/nginx/logs/access.log',
    binaries: ['/opt/nginx/sbin/nginx'],
    packages: [],
  },
  {
    config: '/usr/local/openresty/nginx/conf/nginx.conf',
    root: '/usr/local/openresty/nginx',
    accessLog: '/usr/local/openresty/nginx/logs/access.log',
    binaries: ['/usr/local/openresty/nginx/sbin/nginx'],
    packages: ['openresty'],
  },
  {
    config: '/usr/local/etc/nginx/nginx.conf',
    root: '/usr/local/etc/nginx',
    accessLog: '/var/log/nginx/access.log',
    binaries: ['/usr/local/sbin/nginx'],
    packages: [],
  },
];

export const apacheInstallations: readonly Installation[] = [
  {
    config: '/etc/apache2/apache2.conf',
    root: '/etc/apache2',
    binaries: ['/usr/sbin/apache2'],
    packages: ['apache2-bin', 'apache2'],
  },
  {
    config: '/etc/httpd/conf/httpd.conf',
    root: '/etc/httpd',
    binaries: ['/usr/sbin/httpd'],
    packages: ['httpd-core', 'httpd', 'ea-apache24'],
  },
  {
    config: '/etc/apache2/httpd.conf',
    root: '/etc/apache2',
    binaries: ['/usr/sbin/httpd', '/usr/sbin/httpd-prefork', '/usr/sbin/apache2'],
    packages: ['apache2'],
  },
  {
    config: '/etc/apache2/conf/httpd.conf',
    root: '/etc/apache2',
    binaries: ['/usr/sbin/httpd'],
    packages: ['ea-apache24'],
  },
  {
    config: '/usr/local/apache2/conf/httpd.conf',
    root: '/usr/local/apache2',
    binaries: ['/usr/local/apache2/bin/httpd'],
    packages: [],
  },
  {
    config: '/usr/local/etc/apache24/httpd.conf',
    root: '/usr/local',
    binaries: ['/usr/local/sbin/httpd'],
    packages: [],
  },
];

const elsewhereMax = 50;

/** A unit starts the program with a configuration, or in a place, that no distribution uses. */
export const startedElsewhere = (
  files: FileView,
  programs: readonly string[],
  option: string,
  usual: readonly Installation[],
): readonly Installation[] => {
  const taken = new Set(usual.map(({ config }) => files.real(config) ?? config));
  const found = new Map<string, Installation>();
  for (const program of programs) {
    for (const { unit, words } of unitsThatStart(files, program).slice(0, elsewhereMax)) {
      const binary = words[0]?.text ?? '';
      const root = dirOf(dirOf(binary));
      const own = program === 'nginx' ? 'conf/nginx.conf' : 'conf/httpd.conf';
      const config = resolveFrom(root, optionOf(words, option)?.text ?? own);
      const real = files.real(config) ?? config;
      if (taken.has(real) || files.stat(config)?.kind !== 'file' || !isFile(files, binary))
        continue;
      const name = unit.name.replace(/\.service$/, '');
      found.set(real, { config, root, binaries: [binary], packages: [], unit: name });
    }
  }
  return [...found.values()];
};

const isFile = (files: FileView, path: string): boolean => files.stat(path)?.kind === 'file';
