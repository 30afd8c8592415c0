import type { FileView } from '../../core/files.ts';
import { resolveFrom } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { parseHostPort } from '../joining/endpoint.ts';
import type { Endpoint } from '../platform.ts';

/** One pool of PHP-FPM workers. */
export interface PhpPool {
  readonly name: string;
  readonly path: string;
  /** Line of `[name]`. */
  readonly line: number;
  readonly listen?: { readonly endpoint: Endpoint; readonly because: Place };
  readonly user?: { readonly name: string; readonly because: Place };
  /** `access.log`: one line for each script that ran. */
  readonly accessLog?: { readonly path: string; readonly because: Place };
}

/** Where distributions, Remi, Plesk, cPanel and a build from source keep their pools. */
export const phpPoolPaths = [
  '/etc/php/*/fpm/pool.d/*.conf',
  '/etc/php-fpm.d/*.conf',
  '/etc/php[0-9]*/php-fpm.d/*.conf',
  '/etc/php[0-9]*/fpm/php-fpm.d/*.conf',
  '/etc/php[0-9]*/fpm/pool.d/*.conf',
  '/etc/php5/fpm/pool.d/*.conf',
  '/etc/opt/remi/php*/php-fpm.d/*.conf',
  '/opt/plesk/php/*/etc/php-fpm.d/*.conf',
  '/opt/cpanel/ea-php*/root/etc/php-fpm.d/*.conf',
  '/usr/local/etc/php-fpm.d/*.conf',
  '/usr/local/php*/etc/php-fpm.d/*.conf',
] as const;

const poolsMax = 5_000;

/** A value without its quotes, or without the comment behind it. */
const valueOf = (written: string): string =>
  /^"([^"]*)"/.exec(written)?.[1] ?? written.split(/\s;/)[0]?.trim() ?? '';

/** A pool file: INI with `;` comments; `$pool` in a value is the section's name. */
export const readPhpPools = (text: string, path: string): readonly PhpPool[] => {
  const pools: PhpPool[] = [];
  let pool: PhpPool | undefined;
  let line = 0;
  for (const raw of text.split('\n')) {
    line += 1;
    const bare = raw.trim();
    const section = /^\[([^\]]+)\]/.exec(bare)?.[1];
    if (section !== undefined) {
      if (pool !== undefined && pool.name !== 'global') pools.push(pool);
      pool = { name: section.trim(), path, line };
      continue;
    }
    const equals = bare.indexOf('=');
    if (pool === undefined || equals < 0 || bare.startsWith(';') || bare.startsWith('#')) continue;
    const key = bare.slice(0, equals).trim();
    const written = bare.slice(equals + 1).trim();
    const value = valueOf(written).replaceAll('$pool', pool.name);
    const because = { path, line };
    if (key === 'user') pool = { ...pool, user: { name: value, because } };
    else if (key === 'access.log') pool = { ...pool, accessLog: { path: value, because } };
    else if (key === 'listen') {
      const endpoint: Endpoint | undefined = value.includes('/')
        ? { net: 'unix', path: resolveFrom('/', value) }
        : parseHostPort(value);
      if (endpoint !== undefined) pool = { ...pool, listen: { endpoint, because } };
    }
  }
  if (pool !== undefined && pool.name !== 'global') pools.push(pool);
  return pools.slice(0, poolsMax);
};

const known = new WeakMap<FileView, readonly PhpPool[]>();

/** Every pool on the host, whichever PHP it belongs to. */
export const phpPools = (files: FileView): readonly PhpPool[] => {
  const found = known.get(files);
  if (found !== undefined) return found;
  const paths = [...new Set(phpPoolPaths.flatMap(pattern => files.glob(pattern)))];
  const pools: PhpPool[] = [];
  for (const path of paths) {
    const read = readPhpPools(files.text(path) ?? '', path);
    pools.push(...read.slice(0, poolsMax - pools.length));
    if (read.length < poolsMax && pools.length < poolsMax) continue;
    files.note({
      what: path,
      why: `with it there are ${poolsMax} pools of PHP-FPM; no more were looked at`,
      how: 'Check it: nobody runs so many.',
    });
    break;
  }
  known.set(files, pools);
  return pools;
};
