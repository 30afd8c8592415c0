import type { LogSink, LogTrail } from '../../core/access-log.ts';
import type { FileView } from '../../core/files.ts';

/** Follows log lines to where they end. */
export interface Keeping {
  trailOf(sink: LogSink): LogTrail;
}

/** Reads how this host keeps its logs. */
export const openKeeping = (_files: FileView, _now: Date): Keeping => ({
  trailOf: sink =>
    sink.to === 'file'
      ? { path: sink.path, unknown: 'how it is rotated was not read' }
      : { unknown: 'where its lines end was not read' },
});
