import { readFileSync } from 'node:fs';

/** The version in the package's own manifest, two folders up from source and build alike. */
export const toolVersion: string = String(
  (
    JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version?: unknown;
    }
  ).version,
);
