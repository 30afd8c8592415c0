import type { FileView } from '../../../core/files.ts';
import { localTime } from '../../../core/formats/local-time.ts';
import { unpackedText } from '../../../core/formats/unpack.ts';
import type { Place } from '../../../core/place.ts';
import { deb } from '../../versions/deb.ts';

/** One installed update, as dpkg or apt wrote it down. */
export interface Upgrade {
  readonly from: string;
  readonly to: string;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly because: Place;
}

export interface Installations {
  /** By package, oldest first. */
  readonly upgrades: ReadonlyMap<string, readonly Upgrade[]>;
  /** When a version was put there: by `name version`. */
  readonly installed: ReadonlyMap<string, string>;
  /** Since when a package was seen waiting: stamps of unattended-upgrades, oldest first. */
  readonly seenWaiting: ReadonlyMap<
    string,
    readonly { readonly at: string; readonly because: Place }[]
  >;
}

const logBytesMax = 64 << 20;
const logsMax = 60;

/** `name.log` with its rotated copies, oldest first. */
const rotated = (files: FileView, folder: string, base: string): readonly string[] => {
  const generation = (name: string): number => Number(/\.(\d+)(?:\.\w+)?$/.exec(name)?.[1] ?? 0);
  return files
    .list(folder)
    .map(({ name }) => name)
    .filter(name => name === base || name.startsWith(`${base}.`) || name.startsWith(`${base}-`))
    .sort((a, b) => generation(b) - generation(a))
    .slice(-logsMax)
    .map(name => `${folder}/${name}`);
};

interface Hit {
  readonly line: string;
  readonly number: number;
}

/** The lines that hold one of the marks; the others are not even cut out. */
function* linesWith(text: string, mark: string): Iterable<Hit> {
  let counted = 0;
  let number = 1;
  for (let hit = text.indexOf(mark); hit >= 0; ) {
    const start = text.lastIndexOf('\n', hit) + 1;
    const end = text.indexOf('\n', hit);
    const stop = end < 0 ? text.length : end;
    for (
      let at = text.indexOf('\n', counted);
      at >= 0 && at < start;
      at = text.indexOf('\n', at + 1)
    ) {
      number += 1;
    }
    counted = start;
    yield { line: text.slice(start, Math.min(stop, start + 100_000)), number };
    hit = text.indexOf(mark, stop);
  }
}

/** Reads dpkg.log, apt's history and unattended-upgrades' log for the packages asked about. */
export const readInstallations = (files: FileView, names: ReadonlySet<string>): Installations => {
  const toUtc = localTime(files);
  const upgrades = new Map<string, Upgrade[]>();
  const installed = new Map<string, string>();
  const seenWaiting = new Map<string, { at: string; because: Place }[]>();

  const add = (name: string, from: string, to: string, stamp: string, because: Place): void => {
    const at = toUtc(stamp);
    if (at === undefined || !names.has(name)) return;
    installed.set(`${name} ${to}`, at);
    if (from === '<none>' || deb.compare(from, to) !== -1) return;
    const known = upgrades.get(name) ?? [];
    upgrades.set(name, known);
    // dpkg and apt write the same update down; another architecture's is the same one, too.
    if (!known.some(each => each.to === to && each.from === from))
      known.push({ from, to, at, because });
  };

  for (const path of rotated(files, '/var/log', 'dpkg.log')) {
    const text = unpackedText(files, path, { bytesMax: logBytesMax }) ?? '';
    for (const mark of [' upgrade ', ' install ']) {
      for (const { line, number } of linesWith(text, mark)) {
        const [day = '', time = '', action, package_ = '', from = '', to = ''] = line.split(' ');
        if (` ${action} ` !== mark) continue;
        add(package_.split(':')[0] ?? '', from, to, `${day} ${time}`, { path, line: number });
      }
    }
  }
  for (const path of rotated(files, '/var/log/apt', 'history.log')) {
    const text = unpackedText(files, path, { bytesMax: logBytesMax }) ?? '';
    readHistory(text, path, add);
  }
  for (const path of rotated(files, '/var/log/unattended-upgrades', 'unattended-upgrades.log')) {
    const text = unpackedText(files, path, { bytesMax: logBytesMax }) ?? '';
    for (const mark of ['Packages that will be upgraded: ', ' is kept back']) {
      for (const { line, number } of linesWith(text, mark)) {
        const at = toUtc(line);
        if (at === undefined) continue;
        const words = mark.startsWith('Packages')
          ? line.slice(line.indexOf(mark) + mark.length).split(/\s+/)
          : [/Package (\S+) is kept back/.exec(line)?.[1] ?? ''];
        for (const name of words) {
          if (!names.has(name)) continue;
          const known = seenWaiting.get(name) ?? [];
          seenWaiting.set(name, known);
          known.push({ at, because: { path, line: number } });
        }
      }
    }
  }
  for (const list of upgrades.values()) list.sort((a, b) => (a.at < b.at ? -1 : 1));
  for (const list of seenWaiting.values()) list.sort((a, b) => (a.at < b.at ? -1 : 1));
  return { upgrades, installed, seenWaiting };
};

/** apt's history: paragraphs with `Start-Date:` and lists of `name:arch (from, to)`. */
const readHistory = (
  text: string,
  path: string,
  add: (name: string, from: string, to: string, stamp: string, because: Place) => void,
): void => {
  let stamp = '';
  for (const [i, line] of text.split('\n').entries()) {
    if (line.startsWith('Start-Date: ')) stamp = line.slice('Start-Date: '.length);
    if (!line.startsWith('Upgrade: ') || stamp === '') continue;
    for (const match of line.matchAll(
      /(?<![a-z0-9+.-])([a-z0-9][a-z0-9+.-]{0,200})(?::\w+)? \(([^(), ]{1,200}), ([^(), ]{1,200})[^()]{0,40}\)/g,
    )) {
      const [, name = '', from = '', to = ''] = match;
      add(name, from, to, stamp, { path, line: i + 1 });
    }
  }
};
