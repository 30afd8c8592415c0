import {
  type Component,
  type ComponentId,
  componentId,
  type Reach,
} from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import type { Place } from '../../../core/place.ts';
import { identify } from '../../identify.ts';
import type { Link, PlatformReading } from '../../platform.ts';
import { runsAsOf, servedAt } from '../../syntax/web-server.ts';
import { clientLinks, type MailServer } from '../mail-servers.ts';
import { asItsCopy, exposureOfCopy, isServed } from '../serving.ts';
import { type Copy, copiesOf, type Product } from './copies.ts';
import { domainReach, domainsOf, imapServers } from './domains.ts';
import { type IniValues, isYes, readValues } from './ini.ts';
import { contentsLogged, logsOf } from './logs.ts';
import { readPlugins, switchesOf } from './plugins.ts';

/** Whoever has the administrator's password may put in plug-ins, which is code. */
const adminReach = (
  files: FileView,
  product: Product,
  folder: string,
  values: IniValues,
  path: string,
): readonly Reach[] => {
  const allow = values.get('security.allow_admin_panel');
  if (!isYes(allow, true)) return [];
  const password = values.get('security.admin_password');
  const asShipped =
    product.id === 'rainloop' && (password === undefined || password.text === '12345');
  const written = `${folder}/admin_password.txt`;
  return [
    {
      resource: 'customer-records',
      mode: 'admin',
      extent: `settings, mail domains and plug-ins of the whole webmail, for whoever knows the administrator’s password${asShipped ? ', which is still the one that RainLoop is shipped with' : ''}`,
      because: (asShipped ? password?.because : allow?.because) ?? { path },
    },
    ...(files.stat(written)?.kind === 'file'
      ? [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the administrator’s password in clear text, in ${written}`,
            because: { path: written },
          } as const,
        ]
      : []),
  ];
};

const accountReach = (values: IniValues, folder: string, path: string): readonly Reach[] => {
  const allow = values.get('webmail.allow_additional_accounts');
  return isYes(allow, true)
    ? [
        {
          resource: 'credentials',
          mode: 'read',
          extent: `passwords of further mail accounts that people add, encrypted in ${folder}/storage`,
          because: allow?.because ?? { path },
        },
      ]
    : [];
};

/** `[contacts]`: a database of its own, or a file for each user. */
const contacts = (
  product: Product,
  main: Component,
  values: IniValues,
  folder: string,
): { readonly reach: readonly Reach[]; readonly links: readonly Component[] } => {
  const enable = values.get('contacts.enable');
  if (enable === undefined || !isYes(enable, false)) return { reach: [], links: [] };
  const type = (values.get('contacts.type')?.text ?? 'sqlite').toLowerCase();
  if (type !== 'mysql' && type !== 'pgsql') {
    return {
      reach: [
        {
          resource: 'customer-records',
          mode: 'write',
          extent: `the address book of everybody who uses it, in files below ${folder}`,
          because: enable.because,
        },
      ],
      links: [],
    };
  }
  const dsn = values.get('contacts.pdo_dsn');
  const part = (name: string): string | undefined =>
    new RegExp(`(?:^|[;:\\s])${name}=([^;\\s]{1,200})`).exec(dsn?.text ?? '')?.[1];
  const scheme = type === 'mysql' ? 'mysql' : 'postgresql';
  const port = part('port');
  const where = `database ${part('dbname') ?? '(unnamed)'} at ${part('host') ?? part('unix_socket') ?? 'the local server'}${port === undefined ? '' : `:${port}`} (${scheme})`;
  const because = dsn?.because ?? enable.because;
  const password = values.get('contacts.pdo_password');
  const name = `${scheme}:${enable.because.path}`;
  const { version, origin, thirdParty } = main;
  return {
    reach: [],
    links: [
      {
        id: componentId(`${main.id}/${name}`),
        name,
        kind: 'database-link',
        platform: product.id,
        partOf: main.id,
        enabled: true,
        // The code that connects is the webmail's own.
        version,
        origin,
        thirdParty,
        ...(main.supplier === undefined ? {} : { supplier: main.supplier }),
        foundAt: [because],
        reach: [
          {
            resource: 'customer-records',
            mode: 'write',
            extent: `the address book of everybody, in ${where}`,
            because,
          },
          ...(password === undefined || password.text === ''
            ? []
            : [
                {
                  resource: 'credentials',
                  mode: 'read',
                  extent: `the password of its database account, in ${password.because.path}`,
                  because: password.because,
                } as const,
              ]),
        ],
        logs: [],
      },
    ],
  };
};

/** What one data folder says: settings, plug-ins, database. */
const readPrivate = (
  files: FileView,
  packages: PackageIndex,
  product: Product,
  main: Component,
  folder: string,
): {
  readonly main: Component;
  readonly parts: readonly Component[];
  readonly servers: readonly MailServer[];
} => {
  const path = `${folder}/configs/application.ini`;
  const domains = domainsOf(files, folder);
  const values = readValues(files, path);
  const book = contacts(product, main, values, folder);
  return {
    main: {
      ...main,
      foundAt: [...main.foundAt, { path }],
      reach: [
        ...main.reach,
        ...domainReach(domains),
        ...accountReach(values, folder, path),
        ...adminReach(files, product, folder, values, path),
        ...contentsLogged(product, values, path),
        ...book.reach,
      ],
      logs: main.logs.length > 0 ? main.logs : logsOf(product, values, path, folder),
    },
    parts: [
      ...readPlugins(files, packages, product, main.id, folder, switchesOf(values, path)),
      ...book.links,
    ],
    servers: imapServers(domains),
  };
};

const identityOf = (
  packages: PackageIndex,
  product: Product,
  copy: Copy,
): ReturnType<typeof identify> => {
  const path = `${copy.folder}/index.php`;
  const { version } = copy;
  const isOwned = packages.ownerOf(path) !== undefined;
  return identify(packages, {
    files: [path],
    ...(isOwned ? {} : { ownVersion: 'value' in version ? { value: version.value } : version }),
    otherwise: {
      origin: 'upstream',
      supplier: product.supplier,
      ...('value' in version ? { purl: `${product.purl}@${version.value}` } : {}),
    },
  });
};

const readCopy = (
  files: FileView,
  packages: PackageIndex,
  product: Product,
  copy: Copy,
  id: ComponentId,
): { readonly components: readonly Component[]; readonly links: readonly Link[] } => {
  const routes = servedAt(files, packages, copy.folder);
  const served = copy.starts === false ? false : isServed(files, packages, routes);
  const runsAs = runsAsOf(files, routes);
  const { version } = copy;
  const place: Place =
    'value' in version && version.because !== undefined
      ? version.because
      : { path: `${copy.folder}/index.php` };
  const bare: Component = {
    id,
    name: product.id,
    kind: 'webmail',
    platform: product.id,
    enabled: served,
    ...identityOf(packages, product, copy),
    foundAt: [place],
    ...(runsAs === undefined ? {} : { runsAs }),
    exposure: exposureOfCopy(files, packages, routes, copy.starts === false ? null : served),
    reach: [],
    logs: [],
  };
  let main = bare;
  const parts: Component[] = [];
  const servers: MailServer[] = [];
  const taken = new Set<string>();
  for (const folder of copy.privates) {
    const read = readPrivate(files, packages, product, main, folder);
    main = read.main;
    servers.push(...read.servers);
    for (const part of read.parts) {
      // Another host name of the same copy may have the same plug-in in its own data folder.
      const own = taken.has(part.id)
        ? { ...part, id: componentId(`${part.id}@${folder.slice(folder.lastIndexOf('/') + 1)}`) }
        : part;
      taken.add(own.id);
      parts.push(own);
    }
  }
  if (copy.privates.length === 0) {
    files.note({
      what: copy.folder,
      why: `is a copy of ${product.name} whose data folder was not found: its settings and plug-ins are not known`,
      how: 'See its include.php for where the data lies, or remove the copy if it was never set up.',
    });
    main = {
      ...main,
      logs: [
        {
          question: 'who read what',
          emitted: 'unknown',
          why: 'its application.ini was not found',
          because: place,
        },
      ],
    };
  }
  const old = copy.others.map((left): Component => {
    const path = `${copy.folder}/${product.id}/v/${left}/include.php`;
    return {
      id: componentId(`${id}/v/${left}`),
      name: product.id,
      kind: 'webmail',
      platform: product.id,
      partOf: id,
      enabled: copy.starts === null ? null : false,
      ...identify(packages, {
        files: [path],
        ownVersion: { value: left },
        otherwise: {
          origin: 'upstream',
          supplier: product.supplier,
          purl: `${product.purl}@${left}`,
        },
      }),
      foundAt: [{ path }],
      reach: [],
      logs: [],
    };
  });
  return {
    components: [main, ...parts.map(asItsCopy(main)), ...old],
    // A copy that does not run hands nobody's password to a server.
    links: served === false ? [] : clientLinks(files, id, 'imap', servers),
  };
};

/** Every copy of the product; a served one, or else the first, has the plain name. */
export const readProduct = (
  files: FileView,
  packages: PackageIndex,
  product: Product,
): PlatformReading => {
  const copies = [...copiesOf(files, product)];
  const served = copies.findIndex(({ folder }) => servedAt(files, packages, folder).length > 0);
  const first = Math.max(0, served);
  const ordered = [...copies.slice(first, first + 1), ...copies.filter((_, i) => i !== first)];
  const readings = ordered.map((copy, i) =>
    readCopy(
      files,
      packages,
      product,
      copy,
      componentId(i === 0 ? product.id : `${product.id}@${copy.folder}`),
    ),
  );
  return {
    components: readings.flatMap(({ components }) => components),
    links: readings.flatMap(({ links }) => links),
  };
};
