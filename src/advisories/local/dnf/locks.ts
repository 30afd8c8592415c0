import type { FileView } from '../../../core/files.ts';
import { overridePatterns, repositoryFilePatterns } from './configured.ts';

/** A package that the package manager is told to leave alone, and where. */
export interface Lock {
  readonly glob: string;
  readonly path: string;
  readonly line: number;
}

const configurations = [
  '/etc/dnf/dnf.conf',
  '/etc/yum.conf',
  ...repositoryFilePatterns,
  ...overridePatterns,
];
const lists = ['/etc/dnf/plugins/versionlock.list', '/etc/yum/pluginconf.d/versionlock.list'];
/** dnf 5's version lock, and zypper's. */
const named = ['/etc/dnf/versionlock.toml', '/etc/zypp/locks'];

export const lockPatterns: readonly string[] = [...configurations, ...lists, ...named];

type Names = (line: string) => readonly string[];

const excluded: Names = line => {
  const names = /^\s*(?:exclude|excludepkgs)\s*=(.*)$/.exec(line)?.[1] ?? '';
  return names.split(/[\s,]+/).filter(each => each !== '');
};

/** `postfix-2:3.5.9-24.el9.*`, or with the epoch in front: the name is all but the last two parts. */
const listed: Names = line => {
  const spec = line.trim();
  if (spec === '' || /^[#!]/.test(spec)) return [];
  return [spec.replace(/^\d+:/, '').replace(/-[^-]+-[^-]+$/, '')];
};

/** `name = "postfix"` and `solvable_name: postfix`. */
const keyed: Names = line => {
  const name = /^\s*(?:name\s*=\s*"|solvable_name:\s*)([^\s"]{1,200})/.exec(line)?.[1];
  return name === undefined ? [] : [name];
};

/** Exclusions and version locks of dnf, yum and zypper. */
export const readLocks = (files: FileView): readonly Lock[] =>
  (
    [
      [configurations, excluded],
      [lists, listed],
      [named, keyed],
    ] as const
  ).flatMap(([patterns, namesIn]) =>
    patterns
      .flatMap(pattern => files.glob(pattern))
      .flatMap(path =>
        (files.text(path) ?? '')
          .split('\n')
          .flatMap((line, i) => namesIn(line).map(glob => ({ glob, path, line: i + 1 }))),
      ),
  );
