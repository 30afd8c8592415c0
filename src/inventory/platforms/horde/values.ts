import type { Place } from '../../../core/place.ts';
import { type PhpValue, phpAt, phpText, phpTruth } from '../../syntax/php-values.ts';

/** A text below these keys; undefined when it is absent, empty or not decided. */
export const textAt = (
  value: PhpValue | undefined,
  ...keys: readonly string[]
): { readonly text: string; readonly because: Place } | undefined => {
  const found = phpAt(value, ...keys);
  const text = phpText(found);
  return found === undefined || text === undefined || text === ''
    ? undefined
    : { text: text.slice(0, 300), because: found.at };
};

/** `yes` and `no` where the text decides it. */
export const truthAt = (
  value: PhpValue | undefined,
  ...keys: readonly string[]
): boolean | undefined => phpTruth(phpAt(value, ...keys));

/** `db.example.jp:3306`, a socket, or the local server. */
export const hostOf = (value: PhpValue | undefined, ...names: readonly string[]): string => {
  const host = names.map(name => textAt(value, name)?.text).find(text => text !== undefined);
  const port = textAt(value, 'port')?.text;
  if (host === undefined) return textAt(value, 'socket')?.text ?? 'the local server';
  const shown = host.includes(':') && !host.includes('/') ? `[${host}]` : host;
  return port === undefined || /:\d+$/.test(shown) ? shown : `${shown}:${port}`;
};

const schemes: Readonly<Record<string, string>> = {
  mysqli: 'mysql',
  pdo_mysql: 'mysql',
  pgsql: 'postgresql',
  pdo_pgsql: 'postgresql',
  pdo_sqlite: 'sqlite',
};

export const schemeOf = (sql: PhpValue | undefined): string => {
  const type = textAt(sql, 'phptype')?.text ?? 'sql';
  return schemes[type] ?? type;
};

/** "database horde at db.example.jp:3306 (mysql)". */
export const showSql = (sql: PhpValue | undefined): string => {
  const scheme = schemeOf(sql);
  const name = textAt(sql, 'database')?.text ?? '(unnamed)';
  return scheme === 'sqlite'
    ? `database file ${name}`
    : `database ${name} at ${hostOf(sql, 'hostspec', 'host')} (${scheme})`;
};

/** Entries of a list of backends, with what says whether each is on. */
export interface Backend {
  readonly name: string;
  readonly value: PhpValue;
  readonly enabled: boolean | null;
}

/** `'disabled' => true` switches a backend off; one without the key is on. */
export const backendsOf = (value: PhpValue | undefined): readonly Backend[] => {
  if (value?.is !== 'array') return [];
  return [...value.entries].slice(0, 500).map(([name, { value: entry, maybe }]) => {
    const disabled = truthAt(entry, 'disabled');
    return {
      name: String(name).slice(0, 200),
      value: entry,
      enabled:
        disabled === true ? false : disabled === undefined || maybe !== undefined ? null : true,
    };
  });
};
