import type { FileView } from '../core/files.ts';
import type { Distribution } from '../core/packages.ts';
import type { Place } from '../core/place.ts';
import { type ReleaseLife, releaseLives } from './support-table.ts';

/** How long a release is supported, and what says so. */
export interface Life extends ReleaseLife {
  readonly source: string;
  readonly because?: Place;
}

const day = /^\d{4}-\d{2}-\d{2}$/;

/** `distro-info-data`: a table that the distribution keeps up to date on the host itself. */
const fromDistroInfo = (
  files: FileView,
  { id, versionId, codename }: Distribution,
): Life | undefined => {
  if (id !== 'debian' && id !== 'ubuntu') return undefined;
  const path = `/usr/share/distro-info/${id}.csv`;
  const lines = (files.text(path) ?? '').split('\n');
  const columns = (lines[0] ?? '').split(',');
  const [endsAt, longerAt] = ['eol', id === 'debian' ? 'eol-lts' : 'eol-esm'].map(name =>
    columns.indexOf(name),
  );
  for (const [i, line] of lines.entries()) {
    const cells = line.split(',');
    const mine =
      i > 0 &&
      ((codename !== '' && cells[2] === codename) || cells[0]?.split(' ')[0] === versionId);
    const ends = cells[endsAt ?? -1] ?? '';
    if (!mine || !day.test(ends)) continue;
    const longer = cells[longerAt ?? -1] ?? '';
    return {
      id,
      version: versionId,
      ends,
      ...(day.test(longer)
        ? {
            longer:
              id === 'debian'
                ? { ends: longer, by: 'Debian LTS', free: true }
                : { ends: longer, by: 'Ubuntu Pro', free: false },
          }
        : {}),
      source: 'distro-info-data on this host',
      because: { path, line: i + 1 },
    };
  }
  return undefined;
};

const fromTable = ({ id, versionId }: Distribution): Life | undefined => {
  const parts = versionId.split('.');
  const candidates = parts.map((_, i) => parts.slice(0, parts.length - i).join('.'));
  for (const version of candidates) {
    const found = releaseLives.find(life => life.id === id && life.version === version);
    if (found !== undefined) return { ...found, source: 'Postern’s table of releases' };
  }
  return undefined;
};

/** How long this host's release is supported: its own word first, then the tables. */
export const lifeOf = (files: FileView, distribution: Distribution): Life | undefined => {
  const own = fromDistroInfo(files, distribution);
  if (own !== undefined) return own;
  const known = fromTable(distribution);
  const { supportEnd, id, versionId } = distribution;
  if (supportEnd === undefined) return known;
  return {
    ...known,
    id,
    version: known?.version ?? versionId,
    ends: supportEnd,
    source: 'SUPPORT_END in /etc/os-release',
    because: { path: '/etc/os-release' },
  };
};
