import type { Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { Place } from '../../../core/place.ts';

/** A paragraph of a Sympa file: its keyword and the parameters below it, up to an empty line. */
interface Paragraph {
  readonly keyword: string;
  readonly line: number;
  readonly values: ReadonlyMap<string, { readonly value: string; readonly line: number }>;
}

/** auth.conf(5) and list_config(5): `keyword` alone, then `parameter value` lines. */
const readParagraphs = (text: string): readonly Paragraph[] => {
  const out: Paragraph[] = [];
  let current:
    | { keyword: string; line: number; values: Map<string, { value: string; line: number }> }
    | undefined;
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    const bare = raw.trim();
    if (bare.startsWith('#')) continue;
    if (bare === '') {
      current = undefined;
      continue;
    }
    const match = /^(\S+)\s*(.*)$/s.exec(bare);
    const key = (match?.[1] ?? '').toLowerCase();
    if (current === undefined) {
      current = { keyword: key, line, values: new Map() };
      out.push(current);
    } else current.values.set(key, { value: match?.[2] ?? '', line });
  }
  return out;
};

export interface SympaLink {
  readonly name: string;
  readonly kind: 'auth-backend' | 'database-link';
  readonly because: Place;
  readonly reach: readonly Reach[];
}

const valueOf = (
  paragraph: Paragraph,
  ...names: readonly string[]
): { value: string; line: number } | undefined =>
  names.map(name => paragraph.values.get(name)).find(found => found !== undefined);

const authPaths = [
  '/etc/sympa/auth.conf',
  '/etc/sympa/*/auth.conf',
  '/usr/local/sympa/etc/auth.conf',
  '/home/sympa/etc/auth.conf',
] as const;

/** Who may answer for a login: LDAP, CAS, and the web server's own single sign-on. */
export const authLinks = (files: FileView): readonly SympaLink[] =>
  authPaths
    .flatMap(pattern => files.glob(pattern))
    .flatMap(path =>
      readParagraphs(files.text(path) ?? '').flatMap((paragraph, i): readonly SympaLink[] => {
        if (!['ldap', 'cas', 'generic_sso'].includes(paragraph.keyword)) return [];
        const host = valueOf(paragraph, 'host', 'base_url', 'service_id');
        const suffix = valueOf(paragraph, 'suffix');
        const secret = valueOf(paragraph, 'bind_password', 'password');
        const because = { path, line: paragraph.line };
        const at = host?.value ?? 'a server that the file does not name';
        return [
          {
            name: `${paragraph.keyword}:${host?.value ?? i + 1}`,
            kind: 'auth-backend',
            because,
            reach: [
              {
                resource: 'credentials',
                mode: 'read',
                extent: `logs people in to the web interface, by ${paragraph.keyword} at ${at}`,
                because,
              },
              ...(paragraph.keyword === 'ldap' && suffix !== undefined
                ? [
                    {
                      resource: 'directory',
                      mode: 'read',
                      extent: `every entry below ${suffix.value} at ${at}`,
                      because: { path, line: suffix.line },
                    } as const,
                  ]
                : []),
              ...(secret === undefined
                ? []
                : [
                    {
                      resource: 'credentials',
                      mode: 'read',
                      extent: `the password of its directory account, in ${path}`,
                      because: { path, line: secret.line },
                    } as const,
                  ]),
            ],
          },
        ];
      }),
    );

const listsMax = 2_000;
const sourceFolders = [
  '/var/lib/sympa/list_data',
  '/var/lib/sympa/expl',
  '/usr/local/sympa/list_data',
  '/home/sympa/expl',
  '/home/sympa/list_data',
] as const;

const sqlReach = (paragraph: Paragraph, path: string): readonly Reach[] => {
  const because = { path, line: paragraph.line };
  const database = valueOf(paragraph, 'db_name')?.value ?? '(unnamed)';
  const host = valueOf(paragraph, 'db_host', 'host')?.value ?? 'the local server';
  const query = valueOf(paragraph, 'sql_query');
  const secret = valueOf(paragraph, 'db_passwd', 'passwd');
  return [
    {
      resource: 'customer-records',
      mode: 'read',
      extent: `database ${database} at ${host}${query === undefined ? '' : `: ${query.value.slice(0, 200)}`}`,
      because,
    },
    ...(secret === undefined
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the password of a database account, in ${path}`,
            because: { path, line: secret.line },
          } as const,
        ]),
  ];
};

const ldapReach = (paragraph: Paragraph, path: string): readonly Reach[] => {
  const suffix = valueOf(paragraph, 'suffix', 'suffix1');
  const host = valueOf(paragraph, 'host')?.value ?? 'a server that the file does not name';
  const secret = valueOf(paragraph, 'bind_password', 'passwd');
  return [
    {
      resource: 'directory',
      mode: 'read',
      extent: `every entry below ${suffix?.value ?? 'the root'} at ${host}`,
      because: { path, line: suffix?.line ?? paragraph.line },
    },
    ...(secret === undefined
      ? []
      : [
          {
            resource: 'credentials',
            mode: 'read',
            extent: `the password of a directory account, in ${path}`,
            because: { path, line: secret.line },
          } as const,
        ]),
  ];
};

/** Databases and directories that lists take their subscribers from. */
export const subscriberLinks = (files: FileView): readonly SympaLink[] => {
  const configs = [
    ...sourceFolders.flatMap(folder => [
      ...files.glob(`${folder}/*/config`),
      ...files.glob(`${folder}/*/*/config`),
    ]),
    ...files.glob('/etc/sympa/data_sources/*.incl'),
    ...files.glob('/etc/sympa/*/data_sources/*.incl'),
  ].filter(path => files.stat(path)?.kind === 'file');
  if (configs.length > listsMax) {
    files.note({
      what: configs[listsMax] ?? '',
      why: `${configs.length} list configurations; only the first ${listsMax} were searched for data sources`,
      how: 'Run Postern with --root on the part that holds the others.',
    });
  }
  return configs.slice(0, listsMax).flatMap(path => {
    const text = files.text(path, { bytesMax: 1 << 20 }) ?? '';
    if (!text.includes('include_') && !path.endsWith('.incl')) return [];
    return readParagraphs(text).flatMap((paragraph): readonly SympaLink[] => {
      const sql = paragraph.keyword.startsWith('include_sql');
      const ldap = paragraph.keyword.startsWith('include_ldap');
      if (!sql && !ldap) return [];
      return [
        {
          name: `${sql ? 'sql' : 'ldap'}:${path}`,
          kind: 'database-link',
          because: { path, line: paragraph.line },
          reach: sql ? sqlReach(paragraph, path) : ldapReach(paragraph, path),
        },
      ];
    });
  });
};
