import type { PhpRun } from './php-machine.ts';
import { lineOf, type PhpNode } from './php-nodes.ts';
import type { Target } from './php-targets.ts';
import type { PhpValue } from './php-values.ts';

/** Works out expressions: what they are worth, and which variable they name. */
export interface Evaluator {
  value(run: PhpRun, node: PhpNode | undefined, depth?: number): PhpValue;
  /** Undefined for what is no variable of the configuration. */
  target(run: PhpRun, node: PhpNode | undefined, depth?: number): Target | undefined;
}

/** Why something is not decided. */
export const conditionAt = (run: PhpRun, node: PhpNode): string =>
  `it depends on a condition in line ${lineOf(node)} of ${run.path}`;
