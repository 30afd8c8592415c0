import {
  type Component,
  type ComponentId,
  type ComponentKind,
  componentId,
  type Reach,
} from '../../core/component.ts';
import type { FileView } from '../../core/files.ts';
import { type PackageIndex, tellsInstalled } from '../../core/packages.ts';
import { baseOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { identify } from '../identify.ts';
import { distinctPlaces, distinctReach } from '../joining/distinct.ts';
import { mailProgram, mailProgramKind, standsAlone } from './mail-programs.ts';

/** The mail server that starts the programs. */
export interface ProgramHost {
  readonly files: FileView;
  readonly packages: PackageIndex;
  readonly id: ComponentId;
  readonly platform: string;
}

/** A program that mail or its data is handed to, and one place that says so. */
export interface ProgramUse {
  readonly path: string;
  readonly args?: readonly string[];
  readonly kind: ComponentKind;
  readonly because: Place;
  readonly reach: readonly Reach[];
  readonly user?: { readonly user: string; readonly because: Place };
  /** It is named and nothing is handed to it. Null: whether anything is cannot be told. */
  readonly idle?: boolean | null;
}

const searched = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/lib'] as const;

/** Where the program lies: as written, or for a bare name where a PATH would find it. */
export const programAt = (files: FileView, path: string): string | undefined =>
  (path.startsWith('/') ? [path] : searched.map(folder => `${folder}/${path}`)).find(
    each => files.stat(each)?.kind === 'file',
  );

const programsMax = 500;

/** One component for each program, however often it is called. */
export const programParts = (
  host: ProgramHost,
  uses: readonly ProgramUse[],
): readonly Component[] => {
  const byPath = new Map<string, ProgramUse[]>();
  for (const use of uses) {
    const own = byPath.get(use.path);
    if (own !== undefined) own.push(use);
    else if (byPath.size < programsMax) byPath.set(use.path, [use]);
  }
  if (byPath.size === programsMax) {
    host.files.note({
      what: String(host.id),
      why: `starts ${programsMax} programs or more; the rest is not listed`,
      how: 'Look through its aliases and pipes by hand.',
    });
  }
  const names = new Set<string>();
  const knowsPackages = tellsInstalled(host.packages);
  return [...byPath].map(([path, own]) => {
    const at = programAt(host.files, path);
    // A line left behind by a removed list manager does not make that list manager; where no
    // package database says what is installed, the line is all there is.
    const isGone = at === undefined && knowsPackages;
    const software = isGone ? undefined : mailProgram(path);
    const short = software?.name ?? (baseOf(path).slice(0, 200) || path.slice(0, 200));
    const name = names.has(short) ? path.slice(0, 400) : short;
    names.add(name);
    const user = own.find(use => use.user !== undefined)?.user;
    const kind = software?.kind ?? mailProgramKind(path) ?? own[0]?.kind ?? 'content-filter';
    const alone = software !== undefined && standsAlone(software);
    return {
      id: componentId(software?.id ?? `${host.id}/${name}`),
      name: short,
      kind,
      platform: software?.platform ?? host.platform,
      ...(alone ? {} : { partOf: host.id }),
      enabled: enabledOf(own, at),
      ...identify(host.packages, {
        files: at === undefined ? [] : [at],
        ...(at === undefined
          ? { ownVersion: { unknown: `${path} is not on this host, or its name is not fixed` } }
          : {}),
      }),
      foundAt: distinctPlaces(own.slice(0, 500).map(({ because }) => because)).slice(0, 50),
      ...(user === undefined || alone ? {} : { runsAs: user }),
      // Nothing is handed to what is only named.
      reach: distinctReach(
        own
          .slice(0, 500)
          .filter(use => use.idle !== true)
          .flatMap(use => use.reach),
      ).slice(0, 50),
      logs: [],
    };
  });
};

/** Null: it is called, and is not there. */
const enabledOf = (uses: readonly ProgramUse[], at: string | undefined): boolean | null => {
  if (uses.every(({ idle }) => idle === true)) return false;
  return at === undefined || uses.every(({ idle }) => idle === null || idle === true) ? null : true;
};
