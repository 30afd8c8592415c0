import { isAbsolute, resolve } from 'node:path';
import type { CustomerList } from '../../core/customer-index.ts';
import type { CustomerSource } from '../../core/exposure-policy.ts';
import type { Configuration } from '../../core/policy.ts';

type Configured = Pick<Configuration, 'exposure' | 'folder'>;

/** What a list is called: its file, or its database without credentials. */
export const sourceName = ({ file, database }: CustomerSource): string => {
  if (file !== undefined) return file;
  const url = new URL(database ?? '');
  return `${url.protocol}//${url.host}${url.pathname}`;
};

/** Lists that `postern.yaml` names, files by their absolute paths. */
const configuredSources = ({ exposure, folder = '.' }: Configured): readonly CustomerSource[] =>
  exposure.customers.map(source =>
    source.file === undefined ? source : { ...source, file: resolve(folder, source.file) },
  );

/** Lists to be read: those of `postern.yaml`, or the one that the command line names. */
export const wantedSources = (
  given: string | undefined,
  configured: Configured,
): readonly CustomerSource[] => {
  const known = configuredSources(configured);
  if (given === undefined) return known;
  const path = resolve(given);
  // What postern.yaml says of this file holds when it is named, too.
  return [known.find(({ file }) => file === path) ?? { file: path }];
};

/**
 * Lists that a store's was read from, to be read again. Files that only the command line named are found by their
 * paths; of a database, only `postern.yaml` knows how it is asked. `undefined` where one is not found.
 */
export const sourcesOf = (
  { lists }: CustomerList,
  configured: Configured,
): readonly CustomerSource[] | undefined => {
  const known = [...configuredSources(configured)];
  const found: CustomerSource[] = [];
  for (const { name } of lists) {
    const at = known.findIndex(source => sourceName(source) === name);
    const [source] = at >= 0 ? known.splice(at, 1) : isAbsolute(name) ? [{ file: name }] : [];
    if (source === undefined) return undefined;
    found.push(source);
  }
  return found;
};
