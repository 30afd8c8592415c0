import type { FileView } from '../../../core/files.ts';
import { baseOf, joinPath } from '../../../core/paths.ts';

export interface Home {
  readonly folder: string;
  readonly user: string;
}

const homesMax = 2_000;
const noHome = /^\/(?:$|nonexistent|dev|bin|sbin|usr\/s?bin|proc|sys|run)/;

/** The home folders of passwd(5), and those below /home that it does not name. */
export const homesOf = (files: FileView): readonly Home[] => {
  const byFolder = new Map<string, string>();
  const text = files.stat('/etc/passwd') === undefined ? '' : (files.text('/etc/passwd') ?? '');
  for (const line of text.split('\n')) {
    const [user = '', , , , , folder = ''] = line.split(':');
    if (folder.startsWith('/') && !noHome.test(folder)) byFolder.set(joinPath(folder), user);
  }
  if (files.stat('/root') !== undefined) byFolder.set('/root', 'root');
  for (const { name, kind } of files.list('/home')) {
    const folder = `/home/${name}`;
    if (kind === 'folder' && !byFolder.has(folder)) byFolder.set(folder, baseOf(folder));
  }
  const homes = [...byFolder].map(([folder, user]) => ({ folder, user }));
  if (homes.length > homesMax) {
    files.note({
      what: '/etc/passwd',
      why: `names ${homes.length} home folders; only the first ${homesMax} were searched for mail readers`,
      how: 'Run Postern with --root on the part that holds the others.',
    });
  }
  return homes.slice(0, homesMax);
};
