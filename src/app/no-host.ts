import type { FileView } from '../core/files.ts';

/** One of these holds something on every host, however little of it was collected. */
const marks = ['/etc', '/usr/etc', '/var/lib/dpkg', '/var/lib/rpm'];

/**
 * Where nothing was found below what is no root of a host (`--root /mnt` in place of `/mnt/mail01`), that
 * nothing was found says nothing.
 */
export const noteNoHost = (files: FileView, components: readonly unknown[]): void => {
  if (components.length > 0 || marks.some(path => files.list(path).length > 0)) return;
  // What may not be read is said already, and may well be a host.
  if (files.unseen.length > 0) return;
  files.note({
    what: '/',
    why: 'is not the root of a host: no configuration (/etc) and no list of packages is below it',
    how: 'Give --root the folder that holds etc, usr and var of the host.',
  });
};
