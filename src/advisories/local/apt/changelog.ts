import type { FileView } from '../../../core/files.ts';
import { unpackedText } from '../../../core/formats/unpack.ts';

/** One entry of a Debian changelog, newest first in the file. */
export interface ChangelogEntry {
  readonly version: string;
  /** `bookworm-security`, `unstable`. */
  readonly distributions: string;
  readonly urgency: string;
  /** RFC 3339, UTC: when its maker finished it, a little before it was published. */
  readonly date?: string;
  /** It names a CVE, or says that it is about security. */
  readonly mentionsSecurity: boolean;
}

export interface Changelog {
  readonly path: string;
  readonly entries: readonly ChangelogEntry[];
}

const textBytesMax = 8 << 20;
const entriesMax = 2_000;
const heading = /^\S+ \(([^() ]{1,200})\) ([^;]{1,200}); ?urgency=([A-Za-z]+)/;
const trailer = /^ -- .{0,400}>  (\w{3}, {1,2}\d{1,2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4})/;

export const parseChangelog = (text: string): readonly ChangelogEntry[] => {
  const entries: ChangelogEntry[] = [];
  let open: Omit<ChangelogEntry, 'date'> | undefined;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith(' -- ')) {
      const ms = Date.parse(trailer.exec(line)?.[1] ?? '');
      if (open !== undefined) {
        entries.push(Number.isNaN(ms) ? open : { ...open, date: new Date(ms).toISOString() });
      }
      open = undefined;
      if (entries.length >= entriesMax) break;
    } else if (!line.startsWith(' ') && !line.startsWith('\t')) {
      const match = heading.exec(line);
      if (match === null) continue;
      const [, version = '', distributions = '', urgency = ''] = match;
      open = { version, distributions: distributions.trim(), urgency, mentionsSecurity: false };
    } else if (
      open !== undefined &&
      !open.mentionsSecurity &&
      /CVE-\d{4}-\d|security/i.test(line)
    ) {
      open = { ...open, mentionsSecurity: true };
    }
  }
  return entries;
};

/** Whether an upload went to a security suite; null when it did not but may mend a flaw all the same. */
export const securityOf = ({ distributions, mentionsSecurity }: ChangelogEntry): boolean | null =>
  /[-/]security\b/.test(distributions) ? true : mentionsSecurity ? null : false;

/** A package's own changelog (Debian policy 12.7), rebuilds of its architecture included. */
export const readChangelog = (
  files: FileView,
  name: string,
  arch: string | undefined,
): Changelog | undefined => {
  const folder = `/usr/share/doc/${name}`;
  const present = new Set(files.list(folder).map(entry => entry.name));
  const names = [
    ...(arch === undefined ? [] : [`changelog.Debian.${arch}.gz`]),
    'changelog.Debian.gz',
    'changelog.Debian',
  ];
  const found = names.filter(each => present.has(each));
  // A native package has no changelog but its own.
  if (!found.some(each => /^changelog\.Debian(?:\.gz)?$/.test(each))) {
    found.push(...['changelog.gz', 'changelog'].filter(each => present.has(each)).slice(0, 1));
  }
  const entries = found.flatMap(each =>
    parseChangelog(unpackedText(files, `${folder}/${each}`, { bytesMax: textBytesMax }) ?? ''),
  );
  const [first] = found;
  return first === undefined || entries.length === 0
    ? undefined
    : { path: `${folder}/${found.at(-1) ?? first}`, entries };
};
