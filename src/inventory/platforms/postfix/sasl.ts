import { type Component, componentId, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { baseOf, joinPath } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { saslauthd } from '../../daemons/saslauthd.ts';
import { type Instance, running, type Service } from './instance.ts';

/** Where Cyrus SASL looks for `<name>.conf` (SASL_README), the distribution's folders first. */
const folders = [
  '/etc/postfix/sasl',
  '/etc/sasl2',
  '/usr/lib/sasl2',
  '/usr/lib64/sasl2',
  '/usr/local/lib/sasl2',
  '/var/lib/sasl2',
] as const;

export const saslReads: readonly string[] = folders.map(folder => `${folder}/*.conf`);

interface Setting {
  readonly value: string;
  readonly at: Place;
}

/** `key: value` lines of Cyrus SASL's options file. */
const readOptions = (files: FileView, path: string): ReadonlyMap<string, Setting> => {
  const out = new Map<string, Setting>();
  let line = 0;
  for (const raw of (files.text(path) ?? '').split('\n')) {
    line += 1;
    const text = raw.trim();
    const colon = text.indexOf(':');
    if (text.startsWith('#') || colon < 1) continue;
    out.set(text.slice(0, colon).trim().toLowerCase(), {
      value: text
        .slice(colon + 1)
        .trim()
        .slice(0, 4_000),
      at: { path, line },
    });
  }
  return out;
};

const optionsPath = (files: FileView, instance: Instance, service: Service): string | undefined => {
  const { params } = service;
  const name = baseOf(params.get('smtpd_sasl_path').text) || 'smtpd';
  const own = params
    .get('cyrus_sasl_config_path')
    .text.split(':')
    .filter(folder => folder.startsWith('/'));
  return [...own.slice(0, 10), `${instance.folder}/sasl`, ...folders]
    .map(folder => joinPath(folder, `${name}.conf`))
    .find(path => files.stat(path)?.kind === 'file');
};

const part = (
  instance: Instance,
  name: string,
  found: { readonly at: Place; readonly what: string; readonly reach: readonly Reach[] },
): Component => ({
  id: componentId(`${instance.id}/${name}`),
  name,
  kind: 'database-link',
  platform: 'postfix',
  partOf: componentId(instance.id),
  enabled: true,
  version: { unknown: `it is ${found.what} that Postfix checks passwords in` },
  origin: 'unknown',
  thirdParty: true,
  foundAt: [found.at],
  reach: found.reach,
  logs: [],
});

/** Accounts in a database or directory (auxprop plug-ins sql and ldapdb). */
const stores = (
  instance: Instance,
  path: string,
  options: ReadonlyMap<string, Setting>,
): readonly Component[] => {
  const plugins = options.get('auxprop_plugin')?.value.toLowerCase() ?? '';
  const out: Component[] = [];
  const secret = (name: string): readonly Reach[] => {
    const found = options.get(name);
    return found === undefined || found.value === ''
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `a password of the database or directory, in ${path}`,
            because: found.at,
          },
        ];
  };
  const sql = options.get('sql_select') ?? options.get('sql_database');
  if (/\bsql\b/.test(plugins) && sql !== undefined) {
    const engine = options.get('sql_engine')?.value.toLowerCase() ?? 'mysql';
    const host = options.get('sql_hostnames')?.value ?? 'localhost';
    out.push(
      part(instance, `${engine.slice(0, 40)}:${path}`, {
        at: sql.at,
        what: 'a database',
        reach: [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `passwords of users: database ${(options.get('sql_database')?.value ?? '(unnamed)').slice(0, 200)} on ${host.slice(0, 200)}`,
            because: sql.at,
          },
          ...secret('sql_passwd'),
        ],
      }),
    );
  }
  const uri = options.get('ldapdb_uri');
  if (/\bldapdb\b/.test(plugins) && uri !== undefined) {
    out.push(
      part(instance, `ldap:${path}`, {
        at: uri.at,
        what: 'a directory',
        reach: [
          {
            resource: 'directory',
            mode: 'read',
            extent: `passwords of users at ${uri.value.slice(0, 200)}`,
            because: uri.at,
          },
          ...secret('ldapdb_pw'),
        ],
      }),
    );
  }
  return out;
};

/** Cyrus SASL behind `smtpd_sasl_type = cyrus`: saslauthd, or accounts that it looks up itself. */
export const collectCyrus = (
  files: FileView,
  packages: PackageIndex,
  instance: Instance,
): { readonly components: readonly Component[]; readonly reach: readonly Reach[] } => {
  const components = new Map<string, Component>();
  const reach: Reach[] = [];
  const asking: { at?: Place; readonly given: { extent: string; because: Place }[] } = {
    given: [],
  };
  for (const service of running(instance, 'smtpd')) {
    const { params } = service;
    if (!params.isOn('smtpd_sasl_auth_enable')) continue;
    if (params.get('smtpd_sasl_type').text !== 'cyrus') continue;
    const path = optionsPath(files, instance, service);
    if (path === undefined) {
      files.note({
        what: `the options of Cyrus SASL for ${service.label}`,
        why: 'were not found: what checks the passwords of those who log in is not known',
        how: `Look for ${baseOf(params.get('smtpd_sasl_path').text) || 'smtpd'}.conf in ${instance.folder}/sasl and /etc/sasl2.`,
      });
      continue;
    }
    const options = readOptions(files, path);
    const method = options.get('pwcheck_method');
    const methods = (method?.value ?? 'auxprop').toLowerCase().split(/\s+/);
    if (methods.includes('saslauthd')) {
      asking.at ??= method?.at ?? { path };
      asking.given.push({
        extent: `the name and password of everybody who logs in at ${service.label}`,
        because: params.get('smtpd_sasl_auth_enable').at,
      });
    }
    if (!methods.includes('auxprop')) continue;
    for (const component of stores(instance, path, options)) {
      components.set(component.id, component);
    }
    const plugin = options.get('auxprop_plugin');
    if (components.size === 0 && (plugin === undefined || /sasldb/i.test(plugin.value))) {
      const file = options.get('sasldb_path')?.value ?? '/etc/sasldb2';
      if (!reach.some(each => each.extent.includes(file))) {
        reach.push({
          resource: 'credentials',
          mode: 'read',
          extent: `passwords of users, in ${file.slice(0, 300)}`,
          because: plugin?.at ?? method?.at ?? { path },
        });
      }
    }
  }
  if (asking.at !== undefined) {
    const caller = {
      id: componentId(instance.id),
      foundAt: [asking.at],
      given: asking.given,
    } as const;
    components.set('saslauthd', saslauthd(files, packages, caller));
  }
  return { components: [...components.values()], reach };
};
