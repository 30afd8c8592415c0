import { accessSync, constants, existsSync } from 'node:fs';
import type { Invocation } from './arguments.ts';

const systemFolder = '/var/lib/postern';
const hereFolder = 'postern-store';

const mayWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** The store: `--store` (or POSTERN_STORE, or postern.yaml), else the system's where it may be written, else here. */
export const storeFolder = (invocation: Invocation): string => {
  const given = invocation.values.get('store');
  if (given !== undefined) return given;
  if (existsSync(systemFolder)) return mayWrite(systemFolder) ? systemFolder : hereFolder;
  return mayWrite('/var/lib') ? systemFolder : hereFolder;
};

/** To read from: what another user filled is good to read, too. */
export const storeToRead = (invocation: Invocation): string => {
  const given = invocation.values.get('store');
  if (given !== undefined) return given;
  return !existsSync(hereFolder) || mayWrite(systemFolder) ? systemFolder : hereFolder;
};
