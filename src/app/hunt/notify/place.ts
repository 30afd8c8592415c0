import { createHash } from 'node:crypto';
import type { WatchChannel } from '../../../core/watch-policy.ts';

/** Tells whether a channel still goes where it went: a hash, since an address may be a secret. */
export const placeOf = (channel: WatchChannel): string => {
  const where =
    channel.kind === 'mail'
      ? [channel.server, ...channel.to]
      : channel.kind === 'syslog'
        ? [channel.server]
        : [channel.url];
  return createHash('sha256')
    .update(JSON.stringify([channel.kind, ...where]))
    .digest('hex')
    .slice(0, 32);
};
