import type { Unseen } from '../../core/unseen.ts';
import { pathPseudonym } from '../../exposure/index/names.ts';
import { foldersBelow } from '../../exposure/mail-folders.ts';
import type { MailFolder } from '../../exposure/mail-store.ts';
import type { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import { namingOf } from '../../exposure/places/mailbox-naming.ts';
import { mailStores } from '../../exposure/stores.generated.ts';
import { openMailFiles, type RealMailFiles } from './mail-files.ts';

/** A place that mail is read from. */
export interface ScanSource {
  /** Its path within the root, or its address without a password. */
  readonly place: string;
  folders(): AsyncIterable<MailFolder>;
}

export interface ScanSources {
  readonly all: readonly ScanSource[];
  /** Of files on this machine: the inspected root as threads need it. */
  readonly hostRoot: string;
  readonly messageBytesMax: number;
  /** How often something was not seen so far. */
  notes(): number;
  readonly unseen: readonly Unseen[];
  /** @returns a path that is not there */
  missing(): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface SourcesAsked {
  readonly root: string;
  /** Paths within the root, and addresses of servers. */
  readonly places: readonly string[];
  /** How paths name mailboxes, where settings say so: `/var/vmail/%d/%n`. */
  readonly templates: readonly string[];
  readonly pseudonyms: Pseudonyms;
}

/** Counts what is noted: whoever notes something may have shown less than there is. */
const counting = (files: RealMailFiles, count: () => void): RealMailFiles =>
  new Proxy(files, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (name === 'note') {
        return (path: string, why: string): void => {
          count();
          target.note(path, why);
        };
      }
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

export const openSources = ({ root, places, templates, pseudonyms }: SourcesAsked): ScanSources => {
  const pseudonymOf = (path: string): string => pathPseudonym(pseudonyms, path);
  const real = openMailFiles({ root, roots: places, pseudonymOf });
  let notes = 0;
  const files = counting(real, () => {
    notes += 1;
  });
  return {
    all: places.map(place => ({
      place,
      folders: () => foldersBelow(place, files, mailStores, namingOf(place, templates)),
    })),
    hostRoot: root === '/' ? '' : root,
    messageBytesMax: real.limits.messageBytesMax,
    notes: () => notes,
    get unseen() {
      return real.unseen;
    },
    missing: async () => {
      for (const place of places) if ((await real.stat(place)) === undefined) return place;
      return undefined;
    },
    close: async () => {
      real.close();
    },
  };
};
