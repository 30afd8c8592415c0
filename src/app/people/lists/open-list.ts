import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, UsageError } from '../../../core/errors.ts';
import type { CustomerSource } from '../../../core/exposure-policy.ts';
import type { CustomerRows } from './rows.ts';

const firstBytes = (name: string, path: string): Uint8Array => {
  const bytes = new Uint8Array(16);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (thrown) {
    throw new UsageError(`${name}: the customer list cannot be read: ${messageOf(thrown)}`);
  }
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } catch (thrown) {
    throw new UsageError(`${name}: the customer list cannot be read: ${messageOf(thrown)}`);
  } finally {
    closeSync(file);
  }
};

/** A list that names no columns is told so by naming them by number. */
const isHeadless = ({ columns = {} }: CustomerSource): boolean => {
  const names = Object.values(columns).flat();
  return names.length > 0 && names.every(name => /^#\d+$/.test(name));
};

/** @param folder that paths are relative to. @throws UsageError */
export const openList = async (
  source: CustomerSource,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<CustomerRows> => {
  const { file, database, query, charset, delimiter } = source;
  if (database !== undefined) {
    const { password, certificates, tls } = source;
    const settings = {
      url: database,
      folder,
      environment,
      ...(password === undefined ? {} : { password }),
      ...(certificates === undefined ? {} : { certificates }),
      ...(tls === undefined ? {} : { tls }),
    };
    // Drivers are large, and seldom needed.
    if (database.startsWith('postgres')) {
      return (await import('./postgresql-list.ts')).openPostgresql(settings, query ?? '');
    }
    return (await import('./mysql-list.ts')).openMysql(settings, query ?? '');
  }
  const name = file ?? '';
  const path = resolve(folder, name);
  const start = firstBytes(name, path);
  const { isSqlite, openSqlite } = await import('./sqlite-list.ts');
  if (isSqlite(start)) {
    if (query === undefined) {
      throw new UsageError(`${name}: an SQLite database; exposure.customers[].query asks it`);
    }
    return openSqlite(name, path, query);
  }
  if (query !== undefined) {
    throw new UsageError(`${name}: there is a query, but this is no SQLite database`);
  }
  const { isParquet, openParquet } = await import('./parquet-list.ts');
  if (isParquet(start)) return openParquet(name, path);
  const { openCsv } = await import('./csv-list.ts');
  return openCsv({
    name,
    path,
    isHeadless: isHeadless(source),
    ...(charset === undefined ? {} : { charset }),
    ...(delimiter === undefined ? {} : { delimiter }),
  });
};
