import { type Component, componentId, type Place, type Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import type { PackageIndex } from '../../../core/packages.ts';
import { baseOf } from '../../../core/paths.ts';
import { type ProgramUse as Piped, programAt, programParts } from '../../piped-programs.ts';
import type { Endpoint } from '../../platform.ts';
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

/** Where spamc(1) reaches spamd: `-d host -p port`, or `-U socket`. */
export const spamcTarget = (words: readonly string[]): Endpoint | undefined => {
  if (!/^spamc$/.test(baseOf(words[0] ?? ''))) return undefined;
  const after = (...names: readonly string[]): string | undefined => {
    for (let i = 1; i < words.length; i++) {
      const word = words[i] ?? '';
      for (const name of names) {
        if (word === name) return words[i + 1];
        if (name.startsWith('--') && word.startsWith(`${name}=`))
          return word.slice(name.length + 1);
        if (!name.startsWith('--') && word.startsWith(name)) return word.slice(name.length);
      }
      if (word === '-e') break;
    }
    return undefined;
  };
  const socket = after('-U', '--socket');
  if (socket?.startsWith('/') === true) return { net: 'unix', path: socket };
  const host = after('-d', '--dest')?.split(',')[0] ?? '127.0.0.1';
  const port = Number(after('-p', '--port') ?? 783);
  return Number.isInteger(port) && port > 0 && port < 65_536 && /^[\w.:-]{1,255}$/.test(host)
    ? { net: 'tcp', host, port }
    : undefined;
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
