import { inventory } from '../app/inventory.ts';
import { toolVersion } from '../app/version.ts';
import { exitCodes } from '../core/errors.ts';
import type { Invocation } from './arguments.ts';
import type { Outcome } from './main.ts';
import { aimOf, formatOf, progressLine } from './target.ts';
import { inventoryFormats } from './verbs.ts';

export const runInventory = async (invocation: Invocation): Promise<Outcome> => {
  const format = formatOf(invocation, inventoryFormats, 'text');
  const { files, configuration, target, now } = aimOf(invocation);
  const { say, end } = progressLine(invocation);
  say('reading configuration');
  const listing = inventory(files, configuration);
  end();
  const exit = listing.unseen.length > 0 ? exitCodes.unseen : exitCodes.done;
  const { components, unseen } = listing;
  const about = { generated: now.toISOString(), tool: { name: 'postern', version: toolVersion } };
  switch (format) {
    case 'text': {
      const { inventoryText } = await import('../report/inventory-text.ts');
      return { text: inventoryText(components, unseen), exit };
    }
    case 'json':
      return {
        text: `${JSON.stringify({ schema: 'postern.inventory/1', ...about, target, components, unseen }, null, 2)}\n`,
        exit,
      };
    case 'cyclonedx': {
      const { bill } = await import('../report/cyclonedx.ts');
      return { text: bill({ ...about, components, unseen }), exit };
    }
  }
};
