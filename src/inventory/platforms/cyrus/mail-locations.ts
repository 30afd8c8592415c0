import type { FileView } from '../../../core/files.ts';
import type { MailLocation } from '../../../core/mail-location.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { findInstances } from './instance.ts';

/** `partition-<name>` and `archivepartition-<name>` of imapd.conf(5); paths in them name mailboxes. */
export const cyrusLocations = (files: FileView, packages: PackageIndex): readonly MailLocation[] =>
  findInstances(files, packages)
    .flatMap(({ config }) => config.options)
    .filter(
      ({ key, value }) => /^(?:archive)?partition-[a-z0-9]/.test(key) && value.startsWith('/'),
    )
    .map(({ value, place }) => ({
      kind: 'cyrus',
      path: value.replace(/(?<=.)\/+$/, ''),
      because: place,
    }));
