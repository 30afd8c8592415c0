import { type Component, componentId } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { startsAtBoot } from '../../../core/formats/systemd.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { optionOf } from '../../daemons/daemon.ts';
import { parseHostPort } from '../../joining/endpoint.ts';
import type { Listener } from '../../platform.ts';
import { readPythonIni } from '../../syntax/python-ini.ts';
import {
  type PyEntry,
  pyEntry,
  pySetting,
  pyText,
  readPythonSettings,
} from '../../syntax/python-literals.ts';
import { shellWords } from '../../syntax/shell-defaults.ts';
import { type PanelDatabase, panelComponents } from './panel.ts';
import { uwsgiOf } from './python-panels.ts';

/** Of its installer: instance, then the Django project in it. */
const modoboaSettings = '/srv/modoboa/*/*/settings.py';
const supervised = '/etc/supervisor/conf.d/*.conf';

/** Of its installer, on Debian and Red Hat. */
const uwsgiFiles = ['/etc/uwsgi/apps-enabled/modoboa*.ini', '/etc/uwsgi.d/modoboa*.ini'] as const;

export const modoboaReads: readonly string[] = [modoboaSettings, supervised, ...uwsgiFiles];

/** What the databases of its settings hold; an extension may bring one of its own. */
const holdings: ReadonlyMap<string, string> = new Map([
  ['default', 'domains, mailboxes, aliases and administrators'],
  ['amavis', 'messages held in quarantine, and lists of blocked and welcome senders'],
]);

const engines: readonly (readonly [RegExp, string])[] = [
  [/mysql/, 'mysql'],
  [/postgres|psycopg/, 'pgsql'],
  [/sqlite/, 'sqlite'],
];

const databaseIn = (
  path: string,
  entry: PyEntry | undefined,
  holds: string,
): readonly PanelDatabase[] => {
  if (entry === undefined) return [];
  const field = (key: string): string => pyText(pyEntry(entry.value, key)?.value) ?? '';
  const engine = field('ENGINE');
  const scheme = engines.find(([pattern]) => pattern.test(engine))?.[1] ?? 'sql';
  const secret = pyEntry(entry.value, 'PASSWORD');
  const isKept = secret !== undefined && pyText(secret.value) !== '' && scheme !== 'sqlite';
  return [
    {
      scheme,
      host: field('HOST'),
      name: field('NAME'),
      holds,
      because: { path, line: entry.line },
      ...(isKept ? { password: { path, line: secret.line } } : {}),
    },
  ];
};

/** Modoboa is a Django project: `DATABASES['default']` of its settings. */
export const modoboas = (files: FileView, packages: PackageIndex): readonly Component[] =>
  files.glob(modoboaSettings).flatMap((path, i) => {
    const all = readPythonSettings(files.text(path) ?? '');
    if (pySetting(all, 'MODOBOA_APPS') === undefined) return [];
    const folder = path.slice(0, path.lastIndexOf('/'));
    const databases = [...holdings].flatMap(([name, holds]) =>
      databaseIn(path, pyEntry(pySetting(all, 'DATABASES'), name), holds),
    );
    const ini = uwsgiFiles.flatMap(pattern => files.glob(pattern))[0];
    const wheel = packages.all.find(
      ({ ecosystem, name }) => ecosystem === 'pypi' && name === 'modoboa',
    );
    return panelComponents(packages, {
      id: i === 0 ? 'modoboa' : `modoboa@${folder}`,
      name: 'Modoboa',
      supplier: 'Modoboa project',
      purl: 'pkg:pypi/modoboa',
      code: path,
      version:
        wheel === undefined
          ? { unknown: 'its Python package was not found' }
          : { value: wheel.version },
      foundAt: [{ path }],
      databases,
      reach: [],
      logs: [],
      ...(ini === undefined ? {} : uwsgiOf(files, packages, ini)),
      enabled: startsAtBoot(files, ['uwsgi', 'modoboa', 'gunicorn']),
    });
  });

/** `manage.py policy_daemon`, which supervisor starts: 127.0.0.1:9999 unless its options differ. */
export const modoboaListeners = (files: FileView): readonly Listener[] =>
  files
    .glob(supervised)
    .slice(0, 200)
    .flatMap(path =>
      readPythonIni(files.text(path) ?? '')
        .flatMap(({ options }) => options)
        .filter(({ key, value }) => key === 'command' && /\bpolicy_daemon\b/.test(value))
        .flatMap(({ value, line }): readonly Listener[] => {
          const because: Place = { path, line };
          const words = shellWords(value).map(text => ({ text, because }));
          const host = optionOf(words, '--host')?.text ?? '127.0.0.1';
          const endpoint = parseHostPort(`${host}:${optionOf(words, '--port')?.text ?? '9999'}`);
          return endpoint === undefined
            ? []
            : [{ component: componentId('modoboa'), endpoint, because }];
        }),
    );
