import type { Replay } from '../core/replay.ts';
import { safeJson } from './plain.ts';

/** `postern.replay/1`, as `schemas/replay.schema.json` describes it. */
export const replayJson = ({ generated, tool, target, held, caveats, cases }: Replay): string =>
  `${safeJson(
    {
      schema: 'postern.replay/1',
      generated,
      tool,
      target,
      summary: {
        cases: cases.length,
        here: cases.filter(({ concerns }) => concerns.length > 0).length,
        told: cases.filter(({ told }) => told !== undefined).length,
      },
      held,
      caveats,
      cases,
    },
    2,
  )}\n`;
