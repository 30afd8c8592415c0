import { type Component, componentId, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { baseOf } from '../../../core/paths.ts';
import type { Place } from '../../../core/place.ts';
import {
  type ProgramUse as Piped,
  programAt,
  programParts,
} from '../../programs/piped-programs.ts';
import type { Instance } from './instance.ts';

/** A program that Postfix starts, and why. */
export interface ProgramUse {
  readonly words: readonly string[];
  readonly kind: 'content-filter' | 'policy-service';
  readonly user?: { readonly user: string; readonly because?: Place };
  readonly places: readonly Place[];
  readonly reach: readonly Reach[];
  readonly enabled: boolean | null;
}

const interpreters =
  /^(?:sh|bash|dash|ksh|zsh|perl|php|ruby|node|env|nice|ionice|sudo|timeout|python[\d.]*|php[\d.]*|perl[\d.]*)$/;

/** The program meant: behind an interpreter, its script. Bare names are looked for as `execvp` does. */
export const programOf = (files: FileView, words: readonly string[]): string | undefined => {
  const [first = ''] = words;
  const shown = interpreters.test(baseOf(first))
    ? (words.slice(1, 12).find(word => word.startsWith('/')) ?? first)
    : first;
  if (shown === '' || shown.length > 500) return undefined;
  return shown.startsWith('/') ? shown : (programAt(files, shown) ?? shown);
};

/** One component for each program, however many services start it. */
export const programComponents = (
  files: FileView,
  packages: PackageIndex,
  instance: Instance,
  uses: readonly ProgramUse[],
): readonly Component[] =>
  programParts(
    { files, packages, id: componentId(instance.id), platform: 'postfix' },
    uses.flatMap(({ words, kind, user, places, reach, enabled }): readonly Piped[] => {
      const path = programOf(files, words);
      if (path === undefined) return [];
      const because = user?.because;
      return places.map((place, i) => ({
        path,
        kind,
        because: place,
        reach: i === 0 ? reach : [],
        ...(user === undefined || user.user === ''
          ? {}
          : { user: { user: user.user, because: because ?? place } }),
        ...(enabled === true ? {} : { idle: enabled === false ? true : null }),
      }));
    }),
  );
