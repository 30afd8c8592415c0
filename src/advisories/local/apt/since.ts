import type { FileView } from '../../../core/files.ts';
import type { AptListed } from '../../../core/formats/apt-lists.ts';
import type { Since } from '../../../core/patch.ts';
import { baseOf } from '../../../core/paths.ts';
import { deb } from '../../versions/deb.ts';
import type { Changelog } from './changelog.ts';
import type { Installations } from './log.ts';

interface Bound {
  readonly at: string;
  readonly basis: string;
}

const archives = '/var/cache/apt/archives';

/** Downloaded builds that are newer than the installed one: the file's time is the server's. */
const downloads = (files: FileView, name: string, installed: string, now: Date): readonly Bound[] =>
  files.list(archives).flatMap(entry => {
    if (!entry.name.startsWith(`${name}_`) || !entry.name.endsWith('.deb')) return [];
    const version = (entry.name.split('_')[1] ?? '').replace(/%3a/gi, ':');
    if (deb.compare(version, installed) !== 1) return [];
    const mtimeMs = files.stat(`${archives}/${entry.name}`)?.mtimeMs ?? Number.POSITIVE_INFINITY;
    return mtimeMs > now.getTime()
      ? []
      : [{ at: new Date(mtimeMs).toISOString(), basis: `${entry.name} was downloaded` }];
  });

/** Since when something newer than the installed version has been on offer, as far as the host tells. */
export const waitingSince = (
  files: FileView,
  name: string,
  installed: string,
  newer: readonly AptListed[],
  changelog: Changelog | undefined,
  { installed: installedAt, seenWaiting }: Installations,
  now: Date,
): Since => {
  const later: Bound[] = [
    ...newer.flatMap(({ release, version }) =>
      release.date === undefined
        ? []
        : [{ at: release.date, basis: `${baseOf(release.path)} offers ${version}` }],
    ),
    ...downloads(files, name, installed, now),
  ];
  const putThere = installedAt.get(`${name} ${installed}`);
  const seen = (seenWaiting.get(name) ?? []).find(
    ({ at }) => putThere !== undefined && at > putThere,
  );
  if (seen !== undefined) later.push({ at: seen.at, basis: 'unattended-upgrades saw it waiting' });
  const [last] = later.sort((a, b) => (a.at < b.at ? -1 : 1));
  const own = changelog?.entries.find(
    ({ version }) => version === installed || version === installed.replace(/\+b\d+$/, ''),
  );
  const first = own?.date;
  const basis = [
    first === undefined ? '' : `the installed build’s changelog is of ${first.slice(0, 10)}`,
    last === undefined ? '' : `${last.basis} (${last.at.slice(0, 10)})`,
  ].filter(part => part !== '');
  return {
    ...(first === undefined ? {} : { notBefore: first }),
    ...(last === undefined ? {} : { notAfter: last.at }),
    basis: basis.length === 0 ? 'nothing on this host dates it' : basis.join('; '),
  };
};
