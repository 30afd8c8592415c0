import type { FileView } from '../../../core/files.ts';
import { unpacked } from '../../../core/formats/unpack.ts';

/** Which stream of which module each build belongs to: `httpd:2.4`, by `streamKey`. */
export type Streams = ReadonlyMap<string, string>;

/** A build, its version written with an epoch only where that is not 0. */
export const streamKey = (name: string, version: string): string => `${name}\0${version}`;

/** Where dnf keeps which stream of a module is switched on. */
export const moduleStatePattern = '/etc/dnf/modules.d/*.module';

const bytesMax = 256 << 20;
const lineBytesMax = 64 << 10;

/** `- httpd-0:2.4.37-65.module+el8.10.0+1830.x86_64`, as `artifacts` of a module lists its builds. */
const artifact = /^ *- ([\w.+-]{1,200})-(\d{1,9}):([^\s-]{1,200})-([^\s-]{1,200})\.\w{1,40}$/;

function* linesIn(pieces: Iterable<Uint8Array>): Iterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    // A line that never ends is no line of such a file.
    rest = (lines.pop() ?? '').slice(-lineBytesMax);
    yield* lines;
  }
  if (rest !== '') yield rest;
}

/**
 * Reads a repository's `modules.yaml` (modulemd): one document for each build of each stream. Streams
 * that dnf is told not to follow are left out, so that nothing is said of their builds.
 */
export const readStreams = (
  files: FileView,
  path: string,
  names: ReadonlySet<string>,
  followed: ReadonlyMap<string, string>,
  into: Map<string, string>,
): void => {
  let module = '';
  let stream = '';
  for (const line of linesIn(unpacked(files, path, { bytesMax }))) {
    if (line.startsWith('---')) {
      module = '';
      stream = '';
      continue;
    }
    const field = /^ {2}(name|stream): "?([\w.+-]{1,100})"?\s*$/.exec(line);
    if (field?.[1] === 'name') module = field[2] ?? '';
    else if (field?.[1] === 'stream') stream = field[2] ?? '';
    const [, name = '', epoch = '', number = '', release = ''] = artifact.exec(line) ?? [];
    if (!names.has(name) || module === '' || stream === '') continue;
    if ((followed.get(module) ?? stream) !== stream) continue;
    const version = `${/^0+$/.test(epoch) ? '' : `${epoch}:`}${number}-${release}`;
    into.set(streamKey(name, version), `${module}:${stream}`);
  }
};

/** The stream of each module that dnf follows on this host, or a word that none has. */
export const followedStreams = (files: FileView): ReadonlyMap<string, string> =>
  new Map(
    files.glob(moduleStatePattern).flatMap(path => {
      const text = files.text(path) ?? '';
      const module = /^\[([\w.+-]{1,100})\]/m.exec(text)?.[1];
      const stream = /^stream\s*=\s*([\w.+-]{1,100})\s*$/m.exec(text)?.[1];
      const isOn = /^state\s*=\s*enabled\s*$/m.test(text);
      if (module === undefined) return [];
      return [[module, isOn && stream !== undefined ? stream : '(none)'] as const];
    }),
  );
