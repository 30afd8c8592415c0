import type { AccessLog } from '../../../core/access-log.ts';
import { type Component, componentId } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { cronJobs } from '../../../core/formats/crontab.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { dirOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import { rootReach } from '../../daemons/daemon.ts';
import { type PhpConfig, phpVariable, readPhpConfig } from '../../syntax/php-config.ts';
import { type PhpValue, phpAt, phpText } from '../../syntax/php-values.ts';
import { type Panel, type PanelDatabase, panelComponents, servedFolder } from './panel.ts';

const postfixAdminMarker = '**/model/PFAHandler.php';
const mailWatchMarker = '**/rep_sa_rule_hits.php';
const ispConfigFolder = '/usr/local/ispconfig';

export const phpPanelReads: readonly string[] = [
  postfixAdminMarker,
  mailWatchMarker,
  `${ispConfigFolder}/{interface,server}/lib/config.inc.php`,
];

const copiesMax = 50;
const drivers: ReadonlyMap<string, string> = new Map([
  ['mysqli', 'mysql'],
  ['mysql', 'mysql'],
  ['pgsql', 'pgsql'],
  ['sqlite', 'sqlite'],
]);

interface Named {
  readonly type: PhpValue | undefined;
  readonly host: PhpValue | undefined;
  readonly name: PhpValue | undefined;
  readonly password: PhpValue | undefined;
}

const databaseOf = (
  { type, host, name, password }: Named,
  holds: string,
  otherwise: Place,
): PanelDatabase => {
  const scheme = drivers.get(phpText(type) ?? '') ?? (phpText(type) || 'sql');
  const secret = phpText(password);
  return {
    scheme,
    host: scheme === 'sqlite' ? '' : (phpText(host) ?? 'a host that the file does not decide'),
    name: phpText(name) ?? '',
    holds,
    because: name?.at ?? host?.at ?? otherwise,
    ...(password === undefined || secret === '' || scheme === 'sqlite'
      ? {}
      : { password: password.at }),
  };
};

/** A configuration that switches PostfixAdmin's own log on unless it says NO. */
const postfixAdminLog = (conf: PhpValue | undefined, config: string): AccessLog => {
  const setting = phpAt(conf, 'logging');
  const text = phpText(setting);
  const because = setting?.at ?? { path: config };
  const question = 'what was changed' as const;
  if (text === undefined) {
    return { question, emitted: 'unknown', why: "$CONF['logging'] is not decided", because };
  }
  return text.toUpperCase() === 'YES'
    ? {
        question,
        emitted: 'on',
        why: 'each change is a row of the table log in its database: administrator, address, domain and action',
        because,
      }
    : {
        question,
        emitted: 'off',
        why: "$CONF['logging'] is not YES: changes leave no row",
        because,
        remedy: `# in ${dirOf(config)}/config.local.php, at its end:\n$CONF['logging'] = 'YES';`,
      };
};

const postfixAdminLogins = (because: Place): AccessLog => ({
  question: 'who logged in',
  emitted: 'partial',
  why: "logins that fail go to PHP's error log with name and address; those that succeed leave no line",
  because,
  remedy:
    "# no setting of PostfixAdmin writes them: keep the web server's access log, where each is a POST to login.php",
});

const postfixAdmins = (files: FileView, packages: PackageIndex): readonly Component[] => {
  const found = files
    .glob(postfixAdminMarker)
    .map(path => files.real(path) ?? path)
    .filter(path => path.endsWith('/model/PFAHandler.php'));
  const isPackaged = (path: string): boolean => packages.ownerOf(path) !== undefined;
  const copies = [...new Set(found)].slice(0, copiesMax);
  const ordered = [...copies.filter(isPackaged), ...copies.filter(path => !isPackaged(path))];
  return ordered.flatMap((code, i): readonly Component[] => {
    const folder = dirOf(dirOf(code));
    const configAt = `${folder}/config.inc.php`;
    const config = readPhpConfig(files, configAt, { includePath: [folder] });
    const path = files.real(configAt) ?? configAt;
    const conf = config === undefined ? undefined : phpVariable(config, 'CONF');
    const at = (key: string): PhpValue | undefined => phpAt(conf, key);
    const version = /\$version\s*=\s*['"](\d[\w.+-]{0,30})['"]/.exec(
      config === undefined ? '' : (files.text(configAt) ?? ''),
    )?.[1];
    const fetches = phpText(at('fetchmail'))?.toUpperCase() === 'YES';
    return panelComponents(packages, {
      id: i === 0 ? 'postfixadmin' : `postfixadmin@${folder}`,
      name: 'PostfixAdmin',
      supplier: 'PostfixAdmin project',
      purl: 'pkg:github/postfixadmin/postfixadmin',
      code,
      ...(version === undefined ? {} : { version: { value: version } }),
      foundAt: [...(config === undefined ? [] : [{ path }]), { path: code }],
      databases:
        conf === undefined
          ? []
          : [
              databaseOf(
                {
                  type: at('database_type'),
                  host: at('database_host'),
                  name: at('database_name'),
                  password: at('database_password'),
                },
                `domains, mailboxes, aliases and administrators${fetches ? ', and passwords of mailboxes elsewhere that fetchmail empties' : ''}`,
                { path },
              ),
            ],
      reach: [],
      logs: config === undefined ? [] : [postfixAdminLogins({ path }), postfixAdminLog(conf, path)],
      ...servedFolder(
        files,
        packages,
        files.stat(`${folder}/public`)?.kind === 'folder' ? `${folder}/public` : folder,
      ),
    });
  });
};

/** A constant that the file sets with `define`. */
const constant = (config: PhpConfig | undefined, name: string): PhpValue | undefined =>
  config?.constants.get(name);

const mailWatches = (files: FileView, packages: PackageIndex): readonly Component[] =>
  files
    .glob(mailWatchMarker)
    .slice(0, copiesMax)
    .flatMap((code, i): readonly Component[] => {
      const folder = dirOf(code);
      const path = `${folder}/conf.php`;
      const config = readPhpConfig(files, path);
      const name = constant(config, 'DB_NAME');
      // Other software has pages of that name; only MailWatch has this constant.
      if (constant(config, 'MAILWATCH_HOME') === undefined || config === undefined) return [];
      const version =
        /function\s+mailwatch_version\s*\(\)\s*\{\s*return\s*\(?\s*['"](\d[\w.+-]{0,30})['"]/.exec(
          files.stat(`${folder}/functions.php`) === undefined
            ? ''
            : (files.text(`${folder}/functions.php`) ?? ''),
        )?.[1];
      const place: Place = { path };
      const database = databaseOf(
        {
          type: constant(config, 'DB_TYPE'),
          host: constant(config, 'DB_HOST'),
          name,
          password: constant(config, 'DB_PASS'),
        },
        'sender, recipients, subject and verdict of every message that MailScanner handled',
        place,
      );
      const [main, ...links] = panelComponents(packages, {
        id: i === 0 ? 'mailwatch' : `mailwatch@${folder}`,
        name: 'MailWatch',
        supplier: 'MailWatch project',
        purl: 'pkg:github/mailwatch/MailWatch',
        code,
        ...(version === undefined ? {} : { version: { value: version } }),
        foundAt: [place],
        databases: [database],
        reach: [],
        logs: [
          {
            question: 'what was changed',
            emitted: 'partial',
            why: 'logins, releases and changes are rows of the table audit_log in its database, which its own pages can empty',
            because: place,
            remedy:
              '# copy the table audit_log away regularly; no setting makes it write elsewhere',
          },
        ],
        ...servedFolder(files, packages, folder),
      });
      if (main === undefined) return links;
      // It shows mail and releases it from quarantine; it sets no passwords of mailboxes.
      const reach = main.reach.filter(({ resource }) => resource !== 'credentials');
      return [
        {
          ...main,
          partOf: componentId('mailscanner'),
          reach: [
            ...reach,
            {
              resource: 'stored-mail',
              mode: 'write',
              extent: 'every message in quarantine: it shows and releases them',
              because: place,
            },
          ],
        },
        ...links,
      ];
    });

const ispVersion = (config: PhpConfig): Component['version'] => {
  const version = phpText(config.constants.get('ISPC_APP_VERSION'));
  return version === undefined || version === ''
    ? { unknown: `${config.path} states no ISPC_APP_VERSION` }
    : { value: version };
};

const ispDatabase = (config: PhpConfig, holds: string): PanelDatabase => {
  const conf = phpVariable(config, 'conf');
  return databaseOf(
    {
      type: phpAt(conf, 'db_type'),
      host: phpAt(conf, 'db_host'),
      name: phpAt(conf, 'db_database'),
      password: phpAt(conf, 'db_password'),
    },
    holds,
    { path: config.path },
  );
};

/** Its pages write each login to auth.log; each change is a row of sys_datalog. */
const ispLogs = (config: PhpConfig): readonly AccessLog[] => {
  const folder = phpText(phpAt(phpVariable(config, 'conf'), 'ispconfig_log_dir'));
  const because: Place = { path: config.path };
  // Releases before 3.1 were not looked at.
  const version = /^(\d{1,3})\.(\d{1,3})/.exec(
    phpText(config.constants.get('ISPC_APP_VERSION')) ?? '',
  );
  const isKnown =
    version !== null && (Number(version[1]) > 3 || (version[1] === '3' && Number(version[2]) >= 1));
  const path = `${folder || '/var/log/ispconfig'}/auth.log`;
  return [
    isKnown
      ? {
          question: 'who logged in',
          emitted: 'partial',
          why: 'its login page writes each success and failure: user, address and time; its remote interface (/remote/) is not known to write any',
          because,
          sink: { to: 'file', path },
          remedy:
            "# no setting of ISPConfig does for it: keep the web server's access log, with requests to /remote/",
        }
      : {
          question: 'who logged in',
          emitted: 'unknown',
          why: 'what its release writes of logins is not known',
          because,
          remedy: `# log in once, then look into ${path}`,
        },
    {
      question: 'what was changed',
      emitted: 'on',
      why: 'each change is a row of the table sys_datalog in its database: user, table, record and values',
      because,
    },
  ];
};

/** The part that writes what the pages changed into the configuration of every service. */
const ispServer = (files: FileView, packages: PackageIndex): readonly Component[] => {
  const path = `${ispConfigFolder}/server/lib/config.inc.php`;
  const config = readPhpConfig(files, path);
  if (config === undefined) return [];
  const job = cronJobs(files).find(({ command }) =>
    command.includes(`${ispConfigFolder}/server/server.sh`),
  );
  const runsAs = job?.user === undefined ? undefined : { user: job.user, because: job.because };
  const panel: Panel = {
    id: 'ispconfig/server',
    name: 'ispconfig-server',
    supplier: 'ISPConfig UG',
    code: path,
    version: ispVersion(config),
    foundAt: [{ path }, ...(job === undefined ? [] : [job.because])],
    databases: [],
    reach: rootReach(runsAs),
    logs: [],
    enabled: job !== undefined,
    ...(runsAs === undefined ? {} : { runsAs }),
    exposure: { internet: 'no', why: 'cron starts it, and it listens nowhere' },
  };
  const partOf =
    files.stat(`${ispConfigFolder}/interface/lib/config.inc.php`) === undefined
      ? {}
      : { partOf: componentId('ispconfig') };
  return panelComponents(packages, panel).map(each => ({ ...each, ...partOf }));
};

const ispConfig = (files: FileView, packages: PackageIndex): readonly Component[] => {
  const path = `${ispConfigFolder}/interface/lib/config.inc.php`;
  const config = readPhpConfig(files, path);
  const server = ispServer(files, packages);
  if (config === undefined) return server;
  const database = ispDatabase(config, 'customers, domains, mailboxes, forwardings and filters');
  return [
    ...panelComponents(packages, {
      id: 'ispconfig',
      name: 'ISPConfig',
      supplier: 'ISPConfig UG',
      code: path,
      version: ispVersion(config),
      foundAt: [{ path }],
      databases: [database],
      reach: [],
      logs: ispLogs(config),
      ...servedFolder(files, packages, `${ispConfigFolder}/interface/web`),
    }),
    ...server,
  ];
};

/** Panels in PHP: PostfixAdmin, ISPConfig and MailWatch, each copy. */
export const phpPanels = (files: FileView, packages: PackageIndex): readonly Component[] => [
  ...postfixAdmins(files, packages),
  ...ispConfig(files, packages),
  ...mailWatches(files, packages),
];
