import type { Place } from '../../core/place.ts';
import type { Passing } from './severities.ts';

/** Where a syslog daemon sends lines, and which. */
export interface Destination extends Passing {
  readonly to: 'file' | 'network' | 'unknown';
  /** Path, `tcp://host:514`, or in words what it is. */
  readonly name: string;
  readonly because: Place;
  /** The daemon itself cuts or renames the file at a size: `$outchannel`. */
  readonly cutBySize?: string;
}
