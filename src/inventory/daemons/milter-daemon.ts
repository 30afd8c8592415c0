import type { FileView } from '../../core/files.ts';
import type { Place } from '../../core/place.ts';
import { parseMilterSocket } from '../joining/endpoint.ts';
import { type MilterSetting, milterSetting } from '../syntax/milter-config.ts';
import { assigned, readAssignments } from '../syntax/shell-defaults.ts';
import { type Daemon, optionOf } from './daemon.ts';
import type { Listening } from './daemon-component.ts';

/**
 * Where a filter of the Trusted Domain Project listens: `-p` of the command line comes first, then
 * `Socket`; `SOCKET` of the defaults counts where a System V script reads them, not systemd's unit.
 */
export const milterListening = (
  files: FileView,
  settings: readonly MilterSetting[],
  daemon: Daemon,
  defaultsPaths: readonly string[],
): readonly Listening[] => {
  const asked = optionOf(daemon.words, '-p');
  const configured = milterSetting(settings, 'Socket');
  const fallback =
    asked === undefined && configured === undefined && daemon.unit === undefined
      ? assigned(
          defaultsPaths.flatMap(path => readAssignments(files, path)),
          'SOCKET',
        )
      : undefined;
  const found =
    asked === undefined ? (configured ?? fallback) : { value: asked.text, because: asked.because };
  const endpoint =
    found === undefined ? undefined : parseMilterSocket(found.value.replace(/^["']|["']$/g, ''));
  return found === undefined || endpoint === undefined
    ? []
    : [{ endpoint, because: found.because }];
};

/** `-u` of the command line, then `UserID`, each perhaps with a group. */
export const milterUser = (
  settings: readonly MilterSetting[],
  daemon: Daemon,
): { readonly user: string; readonly because: Place } | undefined => {
  const asked = optionOf(daemon.words, '-u');
  if (asked !== undefined) return { user: asked.text.split(':')[0] ?? '', because: asked.because };
  const configured = milterSetting(settings, 'UserID');
  return configured === undefined
    ? undefined
    : { user: configured.value.split(':')[0] ?? '', because: configured.because };
};
