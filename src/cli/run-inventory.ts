import { toolVersion } from '../app/version.ts';
import type { Invocation } from './arguments.ts';
import { formatOf, progressLine } from './manner.ts';
import type { Outcome } from './outcome.ts';
import { prepare } from './target.ts';
import { exitOfList } from './threshold.ts';
import { inventoryFormats } from './verbs.ts';

type Format = (typeof inventoryFormats)[number];
type Listing = import('../report/inventory-json.ts').Inventory;

const render = async (format: Format, listing: Listing): Promise<string> => {
  switch (format) {
    case 'text':
      return (await import('../report/inventory-text.ts')).inventoryText(listing);
    case 'json':
      return (await import('../report/inventory-json.ts')).inventoryJson(listing);
    case 'cyclonedx':
      return (await import('../report/cyclonedx.ts')).bill(listing);
  }
};

export const runInventory = async (given: Invocation): Promise<Outcome> => {
  const { invocation, aim } = await prepare(given);
  const format = formatOf(invocation, inventoryFormats, 'text');
  const { files, configuration, target, now } = await aim();
  const { inventory } = await import('../app/inventory.ts');
  const { say, end } = progressLine(invocation);
  try {
    say('reading configuration');
    const { components, unseen } = inventory(files, configuration);
    const text = await render(format, {
      generated: now.toISOString(),
      tool: { name: 'postern', version: toolVersion },
      target,
      ...(configuration.organisation === undefined
        ? {}
        : { organisation: configuration.organisation }),
      components,
      unseen,
    });
    return { text, exit: exitOfList(components, unseen), out: invocation.values.get('out') };
  } finally {
    end();
  }
};
