import { resolve } from 'node:path';

/**
 * Where Node.js keeps what it compiled. More than half of the time of a short run of Postern from its
 * sources is their translation; a test that starts it asks for that once and not each time.
 */
export const compiled: Readonly<Record<string, string>> = {
  NODE_COMPILE_CACHE: resolve('node_modules/.cache/postern-compiled'),
};

/** Nothing of the tester's own environment but where programs lie. */
export const bareEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '',
  ...compiled,
};
