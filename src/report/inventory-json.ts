import type { Answer } from '../core/answer.ts';
import type { Component } from '../core/component.ts';
import type { Unseen } from '../core/unseen.ts';
import { componentRow } from './json-rows.ts';
import { safeJson } from './plain.ts';

/** The parts of a platform as listed, without verdicts. */
export interface Inventory {
  /** RFC 3339, UTC. */
  readonly generated: string;
  readonly tool: Answer['tool'];
  readonly target: Answer['target'];
  readonly organisation?: string;
  readonly components: readonly Component[];
  readonly unseen: readonly Unseen[];
}

/** `postern.inventory/1`, as `schemas/inventory.schema.json` describes it. */
export const inventoryJson = (inventory: Inventory): string => {
  const { generated, tool, target, organisation, components, unseen } = inventory;
  return `${safeJson(
    {
      schema: 'postern.inventory/1',
      generated,
      tool,
      target,
      organisation,
      summary: {
        components: components.length,
        thirdParty: components.filter(each => each.thirdParty).length,
      },
      components: components.map(componentRow),
      unseen,
    },
    2,
  )}\n`;
};
