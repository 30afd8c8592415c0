import type { FileView } from '../../core/files.ts';
import { dirOf } from '../../core/paths.ts';
import type { Unseen } from '../../core/unseen.ts';

/** How the view says that something is there whose content nobody has seen; not that it makes no sense. */
const notRead =
  /^(?:cannot be (?:read|listed|entered|looked at) \(|is \d+ bytes long, more than the |was not (?:read|looked at)\b|changed while )/;

const tooLong = /^is \d+ bytes long/;

/** Files and folders that are there and could not be read or entered, or that time did not suffice for. */
export interface UnreadPaths {
  readonly all: readonly string[];
  /** The one that is this path, or a folder above it. */
  readonly at: (path: string) => string | undefined;
  /** Without those that are only too long: settings never are, tables and aliases may be. */
  readonly barred: readonly string[];
}

export const unreadPaths = ({ unseen }: { readonly unseen: readonly Unseen[] }): UnreadPaths => {
  const found = unseen.filter(({ what, why }) => what.startsWith('/') && notRead.test(why));
  const known = new Set(found.map(({ what }) => what));
  const at = (path: string): string | undefined => {
    for (let each = path; each !== '/' && each !== ''; each = dirOf(each)) {
      if (known.has(each)) return each;
    }
    return known.has('/') ? '/' : undefined;
  };
  return {
    all: [...known],
    at,
    barred: [...new Set(found.filter(({ why }) => !tooLong.test(why)).map(({ what }) => what))],
  };
};

/** Folders below `/etc` that hold a file of each of many programs. */
const shared = /\/etc\/(?:default|sysconfig|conf\.d|init\.d|systemd|mail|cron[^/]*)$/;

/**
 * The folder that holds a program's settings and nothing else: `/etc/nginx` of
 * `/etc/nginx/sites-enabled/mail`; undefined of what lies in `/etc` itself, or in a folder of many.
 */
export const settingsFolder = (path: string): string | undefined => {
  const folder = /^(.{0,200}?\/etc\/[^/]+)\//.exec(path)?.[1];
  return folder === undefined || shared.test(folder) ? undefined : folder;
};

/** Whether a path is a folder, or lies in it. */
export const isIn = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(`${folder}/`);

/** The first that could not be read of what lies in one of these folders, or of folders around them. */
export const firstUnreadIn = (files: FileView, folders: readonly string[]): string | undefined => {
  const { all, at } = unreadPaths(files);
  const around = folders.map(at).find(path => path !== undefined);
  return around ?? all.find(path => folders.some(folder => isIn(path, folder)));
};
