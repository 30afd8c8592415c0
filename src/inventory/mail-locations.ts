import type { FileView } from '../core/files.ts';
import type { MailLocation } from '../core/mail-location.ts';
import type { PackageIndex } from '../core/packages.ts';
import { readPackages } from './package-index.ts';
import type { PackageSource } from './package-source.ts';
import { apk } from './packages/apk.ts';
import { dpkg } from './packages/dpkg.ts';
import { rpm } from './packages/rpm.ts';
import { cyrusLocations } from './platforms/cyrus/mail-locations.ts';
import { dovecotLocations } from './platforms/dovecot/mail-locations.ts';
import { postfixLocations } from './platforms/postfix/mail-locations.ts';

const readers: readonly ((files: FileView, packages: PackageIndex) => readonly MailLocation[])[] = [
  dovecotLocations,
  cyrusLocations,
  postfixLocations,
];

/** Whose packages bring mail servers: no server comes as a library of PHP or Python. */
const distributions: readonly PackageSource[] = [apk, dpkg, rpm];

/** Where the mail servers of a host keep mail, as their settings say; only what is there, each once. */
export const mailLocations = (files: FileView): readonly MailLocation[] => {
  const packages = readPackages(files, distributions);
  const found = new Map<string, MailLocation>();
  for (const location of readers.flatMap(read => read(files, packages))) {
    const key = `${location.path}\0${location.template ?? ''}`;
    if (found.has(key) || files.stat(location.path) === undefined) continue;
    found.set(key, location);
  }
  return [...found.values()];
};
