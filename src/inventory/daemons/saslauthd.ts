import { type Component, type ComponentId, componentId, type Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import type { PackageIndex } from '../../core/packages.ts';
import type { Place } from '../../core/place.ts';
import { identify } from '../identify.ts';
import { assigned, readAssignments, shellWords } from '../syntax/shell-defaults.ts';
import { type Daemon, findDaemon, optionOf, programPaths } from './daemon.ts';

const defaultsPaths = ['/etc/default/saslauthd', '/etc/sysconfig/saslauthd'];
const names = {
  programs: ['saslauthd'],
  packages: ['sasl2-bin', 'cyrus-sasl-saslauthd', 'cyrus-sasl'],
  units: ['saslauthd'],
  configuration: defaultsPaths,
};

/** Where the daemon and its settings lie: for a platform's `reads`. */
export const saslauthdReads: readonly string[] = programPaths(names.programs);

const ldapPath = '/etc/saslauthd.conf';

interface Told {
  readonly text: string;
  readonly because: Place;
}

/** `ldap_servers: ldap://a/ ldap://b/` of saslauthd.conf (LDAP_SASLAUTHD). */
const ldapSettings = (files: FileView, path: string): ReadonlyMap<string, Told> => {
  const out = new Map<string, Told>();
  let line = 0;
  for (const raw of (files.text(path) ?? '').split('\n').slice(0, 5_000)) {
    line += 1;
    const match = /^\s*([A-Za-z_]+)\s*:(.*)$/s.exec(raw);
    if (match === null) continue;
    const key = (match[1] ?? '').toLowerCase();
    out.set(key, { text: (match[2] ?? '').trim(), because: { path, line } });
  }
  return out;
};

const ldapReach = (files: FileView, path: string, from: Place): readonly Reach[] => {
  if (files.stat(path) === undefined) {
    files.note({
      what: path,
      why: `is what saslauthd asks its directory with (${from.path}), and is not there`,
      how: 'Check the path, or collect the file too.',
    });
    return [];
  }
  const settings = ldapSettings(files, path);
  const servers = settings.get('ldap_servers');
  const base = settings.get('ldap_search_base');
  const password = settings.get('ldap_password') ?? settings.get('ldap_bind_pw');
  const hosts = (servers?.text ?? 'ldap://localhost/').slice(0, 300);
  const where = `${base?.text.slice(0, 300) ?? 'the directory'} on ${hosts}`;
  return [
    {
      resource: 'directory',
      mode: 'read',
      extent: where,
      because: base?.because ?? servers?.because ?? { path },
    },
    ...(password === undefined
      ? []
      : [
          {
            resource: 'credentials' as const,
            mode: 'read' as const,
            extent: `the password of its account at ${hosts}, in ${path}`,
            because: password.because,
          },
        ]),
  ];
};

interface Settings {
  /** What checks passwords: `pam`, `ldap`, `rimap`. */
  readonly told?: Told;
  readonly option?: Told;
  /** `START` of Debian's defaults. */
  readonly started?: Told;
}

/** The command line, else the script's defaults. */
const settingsOf = (files: FileView, daemon: Daemon | undefined): Settings => {
  const all = defaultsPaths.flatMap(path => readAssignments(files, path));
  const toldBy = (name: string): Told | undefined => {
    const found = assigned(all, name);
    return found === undefined || found.value === ''
      ? undefined
      : { text: found.value, because: found.because };
  };
  const flags = toldBy('FLAGS');
  const words = [
    ...(daemon?.words ?? []),
    ...(flags === undefined
      ? []
      : shellWords(flags.text).map(text => ({ text, because: flags.because }))),
  ];
  const asked = optionOf(words, '-a');
  const told =
    asked !== undefined && asked.text !== '' ? asked : (toldBy('MECHANISMS') ?? toldBy('MECH'));
  const option = optionOf(words, '-O') ?? toldBy('MECH_OPTIONS');
  const started = toldBy('START');
  return {
    ...(told === undefined ? {} : { told }),
    ...(option === undefined ? {} : { option }),
    ...(started === undefined ? {} : { started }),
  };
};

const showMechanism = (mechanism: string, option: Told | undefined): string => {
  if (mechanism === '') return '';
  return mechanism === 'rimap'
    ? `, by trying them on the IMAP server ${option?.text.slice(0, 200) ?? '(not said)'}`
    : ` (${mechanism.slice(0, 40)})`;
};

/** Who asks saslauthd, and of whose passwords. */
export interface SaslauthdCaller {
  readonly id: ComponentId;
  /** Lines that say so. */
  readonly foundAt: readonly [Place, ...Place[]];
  /** Whose passwords it is given, each with the line that lets them log in. */
  readonly given: readonly { readonly extent: string; readonly because: Place }[];
}

/**
 * saslauthd(8) of Cyrus SASL, which checks passwords for whichever mail server asks it: one component,
 * however many ask.
 */
export const saslauthd = (
  files: FileView,
  packages: PackageIndex,
  caller: SaslauthdCaller,
): Component => {
  const daemon = findDaemon(files, packages, names);
  const { told, option, started } = settingsOf(files, daemon);
  const mechanism = (told?.text ?? '').split(/\s+/)[0] ?? '';
  const how = showMechanism(mechanism, option);
  const settingsPath = option?.text.startsWith('/') === true ? option.text : ldapPath;
  const user = daemon?.unitUser;
  const isOff = daemon?.startsAtBoot === false || /^no$/i.test(started?.text ?? '');
  return {
    id: componentId('saslauthd'),
    name: 'saslauthd',
    kind: 'auth-backend',
    platform: 'saslauthd',
    partOf: caller.id,
    enabled: !isOff,
    ...identify(packages, {
      files: daemon?.binary === undefined ? [] : [daemon.binary],
      names: names.packages,
      otherwise: { origin: 'upstream', supplier: 'Cyrus SASL project' },
    }),
    foundAt: [
      ...caller.foundAt,
      ...(told === undefined ? [] : [told.because]),
      ...(daemon?.binary === undefined ? [] : [{ path: daemon.binary }]),
    ],
    runsAs:
      user === undefined
        ? {
            user: 'root',
            ...(daemon?.unit === undefined ? {} : { because: { path: daemon.unit.path } }),
          }
        : { user: user.text, because: user.because },
    reach: [
      ...caller.given.map(
        ({ extent, because }): Reach => ({
          resource: 'credentials',
          mode: 'read',
          extent: `${extent}: it checks them${how}`,
          because,
        }),
      ),
      ...(mechanism === 'ldap'
        ? ldapReach(files, settingsPath, told?.because ?? caller.foundAt[0])
        : []),
    ],
    logs: [],
  };
};
