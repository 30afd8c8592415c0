import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, UsageError } from '../../../core/errors.ts';
import type { SecretPlace } from '../../../core/exposure-policy.ts';
import type { SendSetting } from './sent.ts';

const secretBytesMax = 64 << 10;

/** @throws UsageError that names the place, never what stands there */
export const readSecret = (place: SecretPlace, { folder, environment }: SendSetting): string => {
  if ('variable' in place) {
    const value = environment[place.variable];
    if (value === undefined || value === '') {
      throw new UsageError(`${place.variable}: the environment variable is not set`);
    }
    return value;
  }
  const path = resolve(folder, place.file);
  let text: string;
  try {
    if (statSync(path).size > secretBytesMax) throw new Error('it is too large for a secret');
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new UsageError(`${path}: the secret cannot be read: ${messageOf(thrown)}`);
  }
  const first = text.split(/\r?\n/, 1)[0] ?? '';
  if (first === '') throw new UsageError(`${path}: its first line is empty`);
  return first;
};

/** @throws UsageError */
export const readAuthorities = (
  certificates: string | undefined,
  { folder }: SendSetting,
): { readonly ca?: string } => {
  if (certificates === undefined) return {};
  const path = resolve(folder, certificates);
  try {
    return { ca: readFileSync(path, 'utf8') };
  } catch (thrown) {
    throw new UsageError(`${path}: the certificates cannot be read: ${messageOf(thrown)}`);
  }
};
