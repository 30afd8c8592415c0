import type { Component, Reach } from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import {
  readUnit,
  startsAtBoot,
  type Unit,
  unitNames,
  unitValue,
  unitValues,
} from '../../core/formats/systemd.ts';
import { type PackageIndex, tellsInstalled } from '../../core/packages.ts';
import { baseOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { exposureOf, showEndpoint } from '../joining/endpoint.ts';
import type { Endpoint } from '../platform.ts';
import { readAssignments, shellWords } from '../syntax/shell-defaults.ts';

/** How a daemon shows itself on a host, most likely name first. */
export interface DaemonNames {
  readonly programs: readonly string[];
  readonly packages: readonly string[];
  /** Unit names without `.service`. */
  readonly units: readonly string[];
  /** Globs of its own settings, one of which stands for it where nothing says what is installed. */
  readonly configuration: readonly string[];
}

/** One word of the command that starts it. */
export interface Word {
  readonly text: string;
  readonly because: Place;
}

export interface Daemon {
  /** Absolute path of the program; absent when only its configuration or package was found. */
  readonly binary?: string;
  readonly unit?: Unit;
  /** Words after the program's name, variables put in. */
  readonly words: readonly Word[];
  readonly unitUser?: Word;
  readonly startsAtBoot: boolean | null;
}

const folders = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'] as const;

/** Where a program of that name may lie: for a platform's `reads`. */
export const programPaths = (names: readonly string[]): readonly string[] =>
  names.flatMap(name => folders.map(folder => `${folder}/${name}`));

const withVariables = (
  word: string,
  variables: ReadonlyMap<string, Word>,
  because: Place,
): readonly Word[] => {
  const whole = /^\$([A-Za-z_]\w*)$/.exec(word);
  if (whole !== null) {
    const value = variables.get(whole[1] ?? '');
    return value === undefined
      ? []
      : shellWords(value.text).map(text => ({ text, because: value.because }));
  }
  const text = word.replace(
    /\$\{(\w+)\}|\$(\w+)/g,
    (_, braced: string | undefined, bare: string | undefined) =>
      variables.get(braced ?? bare ?? '')?.text ?? '',
  );
  return [{ text, because }];
};

/** The command line of a unit, with what its environment puts in. */
export const commandOf = (files: FileView, unit: Unit): readonly Word[] => {
  const start = unitValue(unit, 'Service', 'ExecStart');
  if (start === undefined) return [];
  const variables = new Map<string, Word>();
  for (const { value, because } of unitValues(unit, 'Service', 'Environment')) {
    for (const pair of shellWords(value)) {
      const equals = pair.indexOf('=');
      if (equals > 0)
        variables.set(pair.slice(0, equals), { text: pair.slice(equals + 1), because });
    }
  }
  for (const { value } of unitValues(unit, 'Service', 'EnvironmentFile')) {
    for (const { name, value: text, because } of readAssignments(files, value.replace(/^-/, ''))) {
      variables.set(name, { text, because });
    }
  }
  return shellWords(start.value.replace(/^[-@:+!]+/, '')).flatMap(word =>
    withVariables(word, variables, start.because),
  );
};

/** A service of systemd, with the words of the command that starts it. */
export interface StartedUnit {
  readonly unit: Unit;
  readonly words: readonly Word[];
}

const unitsMax = 3_000;

const known = new WeakMap<FileView, readonly StartedUnit[]>();

/** Every service unit of the host that is not masked. */
export const startedUnits = (files: FileView): readonly StartedUnit[] => {
  const cached = known.get(files);
  if (cached !== undefined) return cached;
  const found = unitNames(files, '.service')
    .slice(0, unitsMax)
    .map(name => readUnit(files, name))
    .filter(unit => unit !== undefined)
    .map(unit => ({ unit, words: commandOf(files, unit) }));
  known.set(files, found);
  return found;
};

const interpreters = /^(?:perl|python|php|ruby|node|java|sh|bash|env)[\d.]*$/;

/** The program that a command starts; behind an interpreter its script. */
const startedBy = (words: readonly Word[]): string => {
  const first = words[0]?.text ?? '';
  if (!interpreters.test(baseOf(first))) return first;
  return words.slice(1, 10).find(({ text }) => text.startsWith('/'))?.text ?? first;
};

/** Those that start a program of that name, wherever it lies and whatever the unit is called. */
export const unitsThatStart = (files: FileView, program: string): readonly StartedUnit[] =>
  startedUnits(files).filter(({ unit, words }) => {
    const started = startedBy(words);
    // A template stands for instances, of which each has a name of its own.
    return (
      started.startsWith('/') && baseOf(started) === program && !unit.name.includes('@.service')
    );
  });

/**
 * Finds a daemon: by its program or its package, and on a root without any package database by its
 * unit or its own settings too. Where there is a database, what a removed package left behind is
 * nothing.
 */
export const findDaemon = (
  files: FileView,
  packages: PackageIndex,
  names: DaemonNames,
): Daemon | undefined => {
  const usual = programPaths(names.programs).find(path => files.stat(path)?.kind === 'file');
  const named = names.units
    .map(name => readUnit(files, `${name}.service`))
    .find(each => each !== undefined);
  const other = named === undefined ? unitByAnotherName(files, names, usual) : undefined;
  const unit = named ?? other;
  const command = unit === undefined ? [] : commandOf(files, unit);
  const started = startedBy(command);
  const isStarted =
    names.programs.includes(baseOf(started)) && files.stat(started)?.kind === 'file';
  const binary = isStarted ? started : usual;
  const packaged = names.packages.some(name => packages.named(name) !== undefined);
  if (binary === undefined && !packaged) {
    const isConfigured = names.configuration.some(pattern => files.glob(pattern).length > 0);
    if (tellsInstalled(packages) || (unit === undefined && !isConfigured)) return undefined;
  }
  const user = unit === undefined ? undefined : unitValue(unit, 'Service', 'User');
  return {
    ...(binary === undefined ? {} : { binary }),
    ...(unit === undefined ? {} : { unit }),
    words: command.slice(1),
    ...(user === undefined ? {} : { unitUser: { text: user.value, because: user.because } }),
    startsAtBoot: startsAtBoot(
      files,
      other === undefined ? names.units : [other.name.replace(/\.service$/, '')],
    ),
  };
};

/** A unit that somebody wrote for it: it starts the usual program, or the only one there is. */
const unitByAnotherName = (
  files: FileView,
  names: DaemonNames,
  usual: string | undefined,
): Unit | undefined =>
  names.programs
    .flatMap(program => unitsThatStart(files, program))
    .find(({ words }) => usual === undefined || files.real(startedBy(words)) === files.real(usual))
    ?.unit;

/** The value of an option: `-c file`, `-cfile`, `--config file`, `--config=file`. */
export const optionOf = (words: readonly Word[], ...names: readonly string[]): Word | undefined => {
  for (let i = words.length - 1; i >= 0; i--) {
    const word = words[i];
    if (word === undefined) continue;
    for (const name of names) {
      if (word.text === name) return words[i + 1];
      if (name.startsWith('--') && word.text.startsWith(`${name}=`)) {
        return { text: word.text.slice(name.length + 1), because: word.because };
      }
      if (/^-[A-Za-z]$/.test(name) && word.text.startsWith(name) && !word.text.startsWith('--')) {
        return { text: word.text.slice(2).replace(/^=/, ''), because: word.because };
      }
    }
  }
  return undefined;
};

/** What running as root adds; nothing for other users. */
export const rootReach = (runsAs: Component['runsAs']): readonly Reach[] =>
  runsAs?.user !== 'root'
    ? []
    : [
        {
          resource: 'host',
          mode: 'admin',
          extent: 'everything on this host: it runs as root',
          ...(runsAs.because === undefined ? {} : { because: runsAs.because }),
        },
      ];

/** Whether the internet reaches any of the addresses it listens on. */
export const exposureOfAll = (
  listening: readonly { readonly endpoint: Endpoint; readonly because: Place }[],
): Component['exposure'] => {
  const open = listening.find(({ endpoint }) => exposureOf(endpoint) === 'yes') ?? listening[0];
  if (open === undefined) return undefined;
  return {
    internet: exposureOf(open.endpoint),
    why: `it listens on ${showEndpoint(open.endpoint)}`,
    because: open.because,
  };
};
