import type { FileView } from '../../../core/files.ts';
import { dirOf } from '../../../core/paths.ts';
import { type Daemon, optionOf, type Word } from '../../daemons/daemon.ts';
import { type Acl, type EximConfig, readAcls, readExim } from '../../syntax/exim.ts';
import {
  type LogicalLine,
  type Macro,
  type PhysicalLine,
  physicalLines,
  readEximLines,
} from '../../syntax/exim-lines.ts';
import { assigned, readAssignments, shellWords } from '../../syntax/shell-defaults.ts';
import { firstDifference, generateDebian, generatedPath, settingsPath } from './debian.ts';
import { type EximProgram, hasBuiltin } from './program.ts';

/** Where distributions, control panels and Exim's own makefile put the configuration. */
export const knownConfigs: readonly string[] = [
  '/etc/exim4/exim4.conf',
  generatedPath,
  '/etc/exim/exim.conf',
  '/etc/exim.conf',
  '/etc/exim/configure',
  '/usr/exim/configure',
  '/usr/local/etc/exim/configure',
  '/etc/mail/exim.conf',
];
export const defaultsPath = '/etc/default/exim4';

/** One Exim, with the configuration that it reads. */
export interface EximSetup {
  readonly daemon: Daemon;
  readonly program?: EximProgram;
  /** The file that Exim opens. */
  readonly path: string;
  /** Its lines come from Debian's `/etc/exim4`, and that is where they are to be changed. */
  readonly fromDebian: boolean;
  readonly config: EximConfig;
  readonly macros: readonly Macro[];
  /** Words of the command line that starts it. */
  readonly words: readonly Word[];
}

/** System V's script of Debian puts these on the command line; a unit that names them, too. */
const wordsOf = (files: FileView, daemon: Daemon): readonly Word[] => {
  if (daemon.unit !== undefined || files.stat(defaultsPath) === undefined) return daemon.words;
  const assignments = readAssignments(files, defaultsPath);
  const options = ['COMMONOPTIONS', 'QUEUERUNNEROPTIONS', 'SMTPLISTENEROPTIONS'];
  return options.flatMap(name => {
    const found = assigned(assignments, name);
    return found === undefined
      ? []
      : shellWords(found.value).map(text => ({ text, because: found.because }));
  });
};

const candidatesOf = (
  words: readonly Word[],
  program: EximProgram | undefined,
): readonly string[] => {
  const asked = optionOf(words, '-C')?.text;
  if (asked?.startsWith('/') === true) return asked.split(':');
  if (program !== undefined && program.configs.length > 0) return program.configs;
  if (program !== undefined && program.path.startsWith('/usr/exim/')) {
    return ['/usr/exim/configure', ...knownConfigs];
  }
  if (program !== undefined && program.path.startsWith('/usr/local/')) {
    return ['/usr/local/etc/exim/configure', ...knownConfigs];
  }
  return knownConfigs;
};

/** Debian's generated file, read through its sources where they agree. */
const debianLines = (
  files: FileView,
  exists: boolean,
): { readonly lines: readonly PhysicalLine[]; readonly fromDebian: boolean } | undefined => {
  const fresh = generateDebian(files);
  const text = exists ? files.text(generatedPath) : undefined;
  if (text === undefined) {
    return fresh === undefined ? undefined : { lines: fresh, fromDebian: true };
  }
  const generated = physicalLines(generatedPath, text);
  if (fresh === undefined) {
    files.note({
      what: generatedPath,
      why: `is what Exim reads, but ${settingsPath} or what it is made from is missing: where its lines come from cannot be told`,
      how: 'Run: update-exim4.conf --verbose',
    });
    return { lines: generated, fromDebian: false };
  }
  const line = firstDifference(generated, fresh);
  if (line === undefined) return { lines: fresh, fromDebian: true };
  files.note({
    what: generatedPath,
    why: `is stale or was edited by hand: from line ${line} on it differs from what /etc/exim4 would make of it. It is what Exim reads now, and was read; the next start of exim4 replaces it`,
    how: 'Run: update-exim4.conf && systemctl restart exim4',
  });
  return { lines: generated, fromDebian: false };
};

/** An `acl_…` option may name a file instead of an ACL (spec 44.2). */
const fileAcls = (files: FileView, config: EximConfig): readonly Acl[] =>
  config.main
    .filter(({ name, value }) => name.startsWith('acl_') && /^\/[^\s${}]+$/.test(value))
    .slice(0, 50)
    .flatMap(({ value }) => {
      const text = files.text(value);
      if (text === undefined) {
        files.note({ what: value, why: 'holds an ACL and is missing', how: 'Restore the file.' });
        return [];
      }
      const around = { include: () => undefined, builtin: () => false };
      const { lines } = readEximLines(physicalLines(value, text), around, dirOf(value));
      return [...readAcls(lines, [], value)];
    });

const note = (files: FileView, what: string, why: string): void => {
  files.note({ what, why, how: 'Check it with: exim -bV, and exim -bP config' });
};

const noteStrange = (files: FileView, strange: readonly LogicalLine[]): void => {
  for (const { path, line } of strange.slice(0, 20)) {
    note(files, `${path}:${line}`, 'is no setting that Exim would take');
  }
};

/** The configuration that Exim reads; undefined when none is there. */
export const readSetup = (
  files: FileView,
  daemon: Daemon,
  program: EximProgram | undefined,
): EximSetup | undefined => {
  const words = wordsOf(files, daemon);
  const candidates = candidatesOf(words, program);
  const existing = candidates.find(path => files.stat(path)?.kind === 'file');
  const path =
    existing ??
    (candidates.includes(generatedPath) && files.stat(settingsPath) !== undefined
      ? generatedPath
      : undefined);
  if (path === undefined) return undefined;
  const debian = path === generatedPath ? debianLines(files, existing !== undefined) : undefined;
  const text = debian === undefined && existing !== undefined ? files.text(path) : undefined;
  const physical = debian?.lines ?? physicalLines(path, text ?? '');
  const read = readEximLines(
    physical,
    {
      include: asked => (files.stat(asked)?.kind === 'file' ? files.text(asked) : undefined),
      builtin: name => hasBuiltin(program, name),
    },
    dirOf(path),
  );
  for (const each of read.problems) note(files, `${each.path}:${each.line}`, each.why);
  const config = readExim(read.lines);
  noteStrange(files, config.strange);
  return {
    daemon,
    ...(program === undefined ? {} : { program }),
    path,
    fromDebian: debian?.fromDebian ?? false,
    config: { ...config, acls: [...config.acls, ...fileAcls(files, config)] },
    macros: read.macros,
    words,
  };
};
