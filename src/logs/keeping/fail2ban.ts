import type { FileView } from '../../core/files.ts';
import type { Watcher } from '../../core/watcher.ts';
import { sectionsOf, textOf } from './settings.ts';
import { isStarted } from './started.ts';

interface Value {
  readonly value: string;
  readonly path: string;
  readonly line: number;
}

type Sections = Map<string, Map<string, Value>>;

/** Files of one kind in fail2ban's order: .conf, .d/*.conf, .local, .d/*.local. */
const merged = (files: FileView, stem: string): Sections => {
  const out: Sections = new Map();
  const paths = [`${stem}.conf`, `${stem}.d/*.conf`, `${stem}.local`, `${stem}.d/*.local`].flatMap(
    pattern => files.glob(pattern),
  );
  for (const path of paths) {
    for (const { name, settings } of sectionsOf(textOf(files, path) ?? '')) {
      const known = out.get(name) ?? new Map<string, Value>();
      for (const [key, { value, line }] of settings) known.set(key, { value, path, line });
      out.set(name, known);
    }
  }
  return out;
};

/** Paths that packages set per distribution: `%(syslog_mail)s` of paths-debian.conf. */
const pathNames = (files: FileView): Map<string, Value> => {
  const debian = files.stat('/etc/debian_version') !== undefined;
  const out = new Map<string, Value>();
  const names = [
    'paths-common.conf',
    debian ? 'paths-debian.conf' : 'paths-fedora.conf',
    'paths-overrides.local',
  ];
  for (const path of names.map(name => `/etc/fail2ban/${name}`)) {
    for (const { settings } of sectionsOf(textOf(files, path) ?? '')) {
      for (const [key, { value, line }] of settings) out.set(key, { value, path, line });
    }
  }
  return out;
};

const lengthMax = 20_000;

/** Replaces `%(name)s`, a bounded number of times. */
const interpolate = (text: string, lookups: readonly Map<string, Value>[]): string => {
  let out = text;
  for (let round = 0; round < 8 && out.includes('%(') && out.length < lengthMax; round++) {
    const next = out.replace(/%\(([\w./-]{1,80})\)s/g, (whole, name: string) => {
      for (const lookup of lookups) {
        const found = lookup.get(name.toLowerCase());
        if (found !== undefined) return found.value;
      }
      return whole;
    });
    if (next === out) break;
    out = next;
  }
  return out.slice(0, lengthMax);
};

/** Units that a filter reads from the journal, as `journal:dovecot.service`. */
const journalUnits = (
  files: FileView,
  filter: string,
  stated: string | undefined,
): readonly string[] => {
  if (!/^[\w.-]{1,100}$/.test(filter)) return [];
  const inFilter = ['conf', 'local'].flatMap(ending =>
    sectionsOf(textOf(files, `/etc/fail2ban/filter.d/${filter}.${ending}`) ?? '').flatMap(
      ({ settings }) => settings.get('journalmatch')?.value ?? [],
    ),
  );
  const match = stated ?? inFilter.at(-1) ?? '';
  return [...match.matchAll(/_SYSTEMD_UNIT=(\S{1,200})/g)].map(unit => `journal:${unit[1] ?? ''}`);
};

/** Jails of fail2ban that are switched on, with the logs that they read. */
export const fail2banJails = (files: FileView): readonly Watcher[] => {
  if (files.stat('/etc/fail2ban') === undefined) return [];
  if (!isStarted(files, ['fail2ban'])) return [];
  const jails = merged(files, '/etc/fail2ban/jail');
  const defaults = jails.get('DEFAULT') ?? new Map<string, Value>();
  const paths = pathNames(files);
  return [...jails].flatMap(([name, own]): readonly Watcher[] => {
    if (name === '' || name === 'DEFAULT' || name === 'INCLUDES') return [];
    const known = new Map([['__name__', { value: name, path: '', line: 1 }]]);
    const lookups = [own, defaults, paths, known];
    const get = (key: string): Value | undefined => own.get(key) ?? defaults.get(key);
    const enabled = get('enabled');
    if (!/^(?:true|yes|1|on)$/i.test(interpolate(enabled?.value ?? '', lookups))) return [];
    const backend = interpolate(get('backend')?.value ?? 'auto', lookups);
    const logPath = get('logpath');
    const filter = interpolate(get('filter')?.value ?? name, lookups)
      .replace(/\[.*$/s, '')
      .trim();
    const logPaths = backend.startsWith('systemd')
      ? journalUnits(files, filter, own.get('journalmatch')?.value)
      : interpolate(logPath?.value ?? '', lookups)
          .split(/\s+/)
          .filter(each => each.startsWith('/'));
    const action = interpolate(get('action')?.value ?? '', lookups);
    const mails = /\b(?:sendmail|mail)(?:-\w{1,40}){0,8}\[|\baction_mw/.test(action);
    const to = interpolate(get('destemail')?.value ?? 'root@localhost', lookups);
    const place = own.get('enabled') ?? enabled;
    return [
      {
        name: `fail2ban jail ${name}`,
        logPaths,
        tells: mails
          ? `the firewall, and ${to.slice(0, 200)} by mail`
          : 'the firewall, which blocks addresses; no person',
        because:
          place === undefined
            ? { path: '/etc/fail2ban/jail.conf' }
            : { path: place.path, line: place.line },
      },
    ];
  });
};
