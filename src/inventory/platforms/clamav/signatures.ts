import { type Component, componentId } from '../../../core/component.ts';
import type { MilterSetting } from '../../syntax/milter-config.ts';

const sourcesMax = 200;
const placesMax = 20;

/** The host of a mirror or URL, without user and password. */
const hostOf = (value: string): string | undefined =>
  /^(?:[a-z]+:\/\/)?(?:[^/@\s]*@)?([A-Za-z0-9.-]+(?::\d{1,5})?)(?:[/?#]|$)/
    .exec(value)?.[1]
    ?.toLowerCase();

/**
 * Where signatures come from besides ClamAV itself: `PrivateMirror` and `DatabaseCustomURL`
 * (freshclam.conf(5)). Its own mirrors are part of freshclam.
 */
export const signatureSources = (settings: readonly MilterSetting[]): readonly Component[] => {
  const found = new Map<string, Component>();
  for (const { name, value, because } of settings) {
    const isMirror = /^privatemirror$/i.test(name);
    const isCustom = /^databasecustomurl$/i.test(name);
    const own = /^databasemirror$/i.test(name) && !/(?:^|\.)clamav\.net$/i.test(value);
    if (!isMirror && !isCustom && !own) continue;
    const host = /^file:/i.test(value) ? undefined : hostOf(value);
    if (host === undefined || found.size >= sourcesMax) continue;
    const known = found.get(host);
    found.set(host, {
      id: componentId(`clamav/freshclam/${host}`),
      name: host,
      kind: 'connector',
      platform: 'clamav',
      partOf: componentId('clamav/freshclam'),
      enabled: true,
      version: { unknown: 'it is a service that freshclam fetches signatures from' },
      origin: 'unknown',
      thirdParty: true,
      foundAt: [...(known?.foundAt ?? []).slice(0, placesMax), because],
      reach: known?.reach ?? [
        {
          resource: 'mail-in-transit',
          mode: 'write',
          extent: 'its signatures decide which messages count as infected',
          because,
        },
      ],
      logs: [],
    });
  }
  return [...found.values()];
};
