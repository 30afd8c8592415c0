import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { type Ledger, TooMuch } from './ledger.ts';

interface FoundFile {
  readonly path: string;
  /** Below the folder that was named; empty for a file that was named itself. */
  readonly below: string;
}

const byName = (a: Dirent, b: Dirent): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

const entriesOf = (folder: string, name: string, ledger: Ledger): readonly Dirent[] => {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    if (entries.length > ledger.limits.entriesMax) {
      throw new TooMuch(`there are more than ${ledger.limits.entriesMax} entries`);
    }
    return entries.sort(byName);
  } catch (thrown) {
    if (thrown instanceof TooMuch) throw thrown;
    ledger.breach('unreadable', name, messageOf(thrown));
    return [];
  }
};

function* below(
  folder: string,
  prefix: string,
  depth: number,
  ledger: Ledger,
): Generator<FoundFile> {
  for (const entry of entriesOf(folder, prefix === '' ? folder : prefix, ledger)) {
    const path = join(folder, entry.name);
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory()) {
      if (depth < ledger.limits.depthMax) yield* below(path, `${name}/`, depth + 1, ledger);
      else ledger.breach('depth', name, `it lies deeper than ${ledger.limits.depthMax} folders`);
    } else if (entry.isFile()) yield { path, below: name };
    else if (entry.isSymbolicLink()) {
      ledger.fault('link', name, 'it is a link, and links are not followed');
    } else ledger.fault('special', name, 'it is neither a file nor a folder');
  }
}

/** The file itself, or the files below the folder, in the order of their names. @throws TooMuch */
export function* filesBelow(path: string, ledger: Ledger): Generator<FoundFile> {
  let isFolder: boolean;
  try {
    isFolder = statSync(path).isDirectory();
  } catch (thrown) {
    ledger.breach('unreadable', path, messageOf(thrown));
    return;
  }
  if (isFolder) yield* below(path, '', 1, ledger);
  else yield { path, below: '' };
}
