import type { Component, Place, Reach } from '../../../core/component.ts';
import { unitValue } from '../../../core/formats/systemd.ts';
import { findDaemon, optionOf, programPaths } from '../../daemon.ts';
import type { CyrusOption } from '../../syntax/cyrus-imapd.ts';
import { assigned, readAssignments, shellWords } from '../../syntax/shell-defaults.ts';
import { type Instance, makePart } from './instance.ts';

const programs = ['saslauthd'];
export const saslauthdReads: readonly string[] = programPaths(programs);

const packages = ['sasl2-bin', 'cyrus-sasl', 'cyrus-sasl-saslauthd'];
const defaultsPaths = ['/etc/default/saslauthd', '/etc/sysconfig/saslauthd'];
const ldapPath = '/etc/saslauthd.conf';

interface Told {
  readonly text: string;
  readonly because: Place;
}

/** `ldap_servers: ldap://a/ ldap://b/` of saslauthd.conf (LDAP_SASLAUTHD). */
const ldapSettings = (instance: Instance, path: string): ReadonlyMap<string, Told> => {
  const out = new Map<string, Told>();
  let line = 0;
  for (const raw of (instance.files.text(path) ?? '').split('\n').slice(0, 5_000)) {
    line += 1;
    const match = /^\s*([A-Za-z_]+)\s*:(.*)$/s.exec(raw);
    if (match === null) continue;
    const key = (match[1] ?? '').toLowerCase();
    out.set(key, { text: (match[2] ?? '').trim(), because: { path, line } });
  }
  return out;
};

const ldapReach = (instance: Instance, path: string, from: Place): readonly Reach[] => {
  const { files } = instance;
  if (files.stat(path) === undefined) {
    files.note({
      what: path,
      why: `is what saslauthd asks its directory with (${from.path}), and is not there`,
      how: 'Check the path, or collect the file too.',
    });
    return [];
  }
  const settings = ldapSettings(instance, path);
  const servers = settings.get('ldap_servers');
  const base = settings.get('ldap_search_base');
  const password = settings.get('ldap_password') ?? settings.get('ldap_bind_pw');
  const where = `${base?.text.slice(0, 300) ?? 'the directory'} on ${(servers?.text ?? 'ldap://localhost/').slice(0, 300)}`;
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
            extent: `the password of ${where}, in ${path}`,
            because: password.because,
          },
        ]),
  ];
};

/** What checks passwords, and where that is said: command line, else the script's defaults. */
const mechanismOf = (
  instance: Instance,
): { readonly told?: Told; readonly option?: Told; readonly started?: Told } => {
  const { files } = instance;
  const all = defaultsPaths.flatMap(path => readAssignments(files, path));
  const daemon = findDaemon(files, instance.packages, {
    programs,
    packages,
    units: ['saslauthd'],
  });
  const command = daemon?.words ?? [];
  const flags = shellWords(assigned(all, 'FLAGS')?.value ?? '').map(text => ({
    text,
    because: assigned(all, 'FLAGS')?.because ?? { path: '' },
  }));
  const words = [...command, ...flags];
  const asked = optionOf(words, '-a');
  const set = assigned(all, 'MECHANISMS') ?? assigned(all, 'MECH');
  const extra = optionOf(words, '-O');
  const options = assigned(all, 'MECH_OPTIONS');
  const told =
    asked !== undefined && asked.text !== ''
      ? asked
      : set === undefined
        ? undefined
        : { text: set.value, because: set.because };
  const option =
    extra ??
    (options === undefined || options.value === ''
      ? undefined
      : { text: options.value, because: options.because });
  const start = assigned(all, 'START');
  return {
    ...(told === undefined ? {} : { told }),
    ...(option === undefined ? {} : { option }),
    ...(start === undefined ? {} : { started: { text: start.value, because: start.because } }),
  };
};

/** `sasl_pwcheck_method: saslauthd`: a daemon of its own sees every password. */
export const saslauthdOf = (instance: Instance, settings: readonly CyrusOption[]): Component => {
  const { files } = instance;
  const { told, option, started } = mechanismOf(instance);
  const because = settings[0]?.place ?? { path: instance.config.path };
  const mechanism = (told?.text ?? '').split(/\s+/)[0] ?? '';
  const how =
    mechanism === ''
      ? ''
      : mechanism === 'rimap'
        ? `, by trying them on the IMAP server ${option?.text.slice(0, 200) ?? '(not said)'}`
        : ` (${mechanism.slice(0, 40)})`;
  const binary = saslauthdReads.find(path => files.stat(path)?.kind === 'file');
  const daemon = findDaemon(files, instance.packages, {
    programs,
    packages,
    units: ['saslauthd'],
  });
  const user = daemon?.unit === undefined ? undefined : unitValue(daemon.unit, 'Service', 'User');
  const path = option?.text.startsWith('/') === true ? option.text : ldapPath;
  return makePart(instance, {
    part: 'saslauthd',
    name: 'saslauthd',
    kind: 'auth-backend',
    enabled: !/^no$/i.test(started?.text ?? ''),
    claim: {
      files: binary === undefined ? [] : [binary],
      names: packages,
      otherwise: { origin: 'upstream', supplier: 'Cyrus SASL project' },
    },
    foundAt: [
      ...settings.map(({ place }) => place),
      ...(told === undefined ? [] : [told.because]),
      ...(binary === undefined ? [] : [{ path: binary }]),
    ],
    runsAs:
      user === undefined
        ? {
            user: 'root',
            ...(daemon?.unit === undefined ? {} : { because: { path: daemon.unit.path } }),
          }
        : { user: user.value, because: user.because },
    reach: [
      {
        resource: 'credentials',
        mode: 'read',
        extent: `every password given at login: it checks them${how}`,
        because,
      },
      ...(mechanism === 'ldap' ? ldapReach(instance, path, told?.because ?? because) : []),
    ],
  });
};
