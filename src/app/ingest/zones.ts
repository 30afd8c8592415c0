import { UsageError } from '../../core/errors.ts';
import { type Zone, zoneNamed } from '../../logs/time/zone.ts';

/** The zone of stamps that name none, by the host that wrote them. */
export type ZoneOf = (host: string | undefined) => Zone;

const zone = (name: string, said: string): Zone => {
  const found = zoneNamed(name);
  if (found !== undefined) return found;
  throw new UsageError(
    `${said}: "${name.slice(0, 60)}" is no time zone; expected such as Europe/Berlin, UTC or +09:00`,
  );
};

/**
 * `Europe/Berlin`, or with zones for hosts of their own `UTC,mx1=Asia/Tokyo`. Without a word of it the zone of
 * this machine is assumed, and marked so.
 *
 * @param said how whoever set it spelt the option.
 * @throws UsageError
 */
export const zonesOf = (given: string | undefined, said: string, here: string): ZoneOf => {
  let otherwise = zoneNamed(here, true) ?? zoneNamed('UTC', true);
  const byHost = new Map<string, Zone>();
  for (const part of (given ?? '').split(',').filter(each => each.trim() !== '')) {
    const equals = part.indexOf('=');
    if (equals < 0) otherwise = zone(part.trim(), said);
    else byHost.set(part.slice(0, equals).trim(), zone(part.slice(equals + 1).trim(), said));
  }
  const general = otherwise ?? zone('UTC', said);
  if (byHost.size === 0) return () => general;
  return host => (host === undefined ? undefined : byHost.get(host)) ?? general;
};
