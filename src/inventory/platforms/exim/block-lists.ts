import type { Reach } from '../../../core/component.ts';
import { blockListZone } from '../../syntax/block-list.ts';
import { splitEximList } from '../../syntax/exim-lists.ts';
import type { Exim } from './context.ts';

const zonesMax = 100;

/** Block lists that an ACL asks over DNS (`dnslists`, spec 44.32): others learn who sends mail here. */
export const blockLists = (exim: Exim): readonly Reach[] => {
  const found = new Map<string, Reach>();
  for (const { name, value, acl, at } of exim.aclItems) {
    if (name !== 'dnslists') continue;
    for (const item of splitEximList(value)) {
      const zone = blockListZone(item);
      if (zone === undefined || found.has(zone) || found.size >= zonesMax) continue;
      // Behind a slash stands what is asked about; without one it is the client.
      const subject = item.includes('/') ? 'what the item names' : 'the address of each client';
      found.set(zone, {
        resource: 'mail-in-transit',
        mode: 'send',
        extent: `${subject}, asked over DNS of the list ${zone} (dnslists in ACL ${acl})`,
        because: at,
      });
    }
  }
  return [...found.values()];
};
