import type { Reach } from '../../../core/component.ts';
import type { FileView } from '../../../core/files.ts';
import { blockListZone } from '../../syntax/block-list.ts';
import type { Sendmail } from './found.ts';

/**
 * Block lists that the rules ask over DNS (`FEATURE(dnsbl)`, `FEATURE(enhdnsbl)`, cf/README): the
 * .mc names them, and what was made of it must hold the zone.
 */
export const blockLists = (files: FileView, { mc, path }: Sendmail): readonly Reach[] => {
  const features = mc.filter(
    ({ name, args }) => name === 'FEATURE' && /^(?:enh)?dnsbl$/.test(args[0] ?? ''),
  );
  if (features.length === 0) return [];
  const rules = files.text(path) ?? '';
  const found = new Map<string, Reach>();
  for (const { args, at } of features.slice(0, 100)) {
    const zone = blockListZone(args[1] ?? '');
    if (zone === undefined || found.has(zone) || !rules.includes((args[1] ?? '').trim())) continue;
    found.set(zone, {
      resource: 'mail-in-transit',
      mode: 'send',
      extent: `the address of each client, asked over DNS of the list ${zone} (${args[0] ?? ''})`,
      because: at,
    });
  }
  return [...found.values()];
};
