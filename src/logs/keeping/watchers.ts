import type { FileView } from '../../core/files.ts';
import type { Watcher } from '../../core/watcher.ts';

/** Programs on the host that read logs. */
export const watchersOf = (_files: FileView): readonly Watcher[] => [];
