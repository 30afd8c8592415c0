import type { Leaf } from '../../detect/columns/leaf.ts';
import type { Residual } from '../../detect/columns/residual.ts';
import { rowShape, type ShapeTexts } from './row-shape.ts';
import type { WatchedRule } from './watched-rule.ts';

/** A field that hits carry, and where rows of a shape have it. */
interface ShapeField {
  readonly name: string;
  readonly leaves: readonly Leaf[];
}

/** A rule that may match rows of a shape, and what is left of it for them. */
export interface ShapeRule {
  readonly watched: WatchedRule;
  readonly residual: Exclude<Residual, false>;
  /** As hits tell it. */
  readonly kind: string;
  readonly component: string;
  /** Undefined where one of them needs the line. */
  readonly fields: readonly ShapeField[] | undefined;
}

/** Shapes that are remembered; a store has some thousand. */
const shapesMax = 50_000;

const textAt = ([leaf]: readonly Leaf[]): string | undefined =>
  leaf?.is === 'value' && typeof leaf.value === 'string' ? leaf.value : undefined;

const needsLine = (leaves: readonly Leaf[]): boolean => leaves.some(leaf => leaf.is === 'line');

/** Which rules are to be asked of rows of which shape: worked out once, whatever the number of rows and segments. */
export class ShapeRules {
  private readonly rules: readonly WatchedRule[];
  private readonly known = new Map<string, readonly ShapeRule[]>();

  constructor(rules: readonly WatchedRule[]) {
    this.rules = rules;
  }

  of(texts: ShapeTexts): readonly ShapeRule[] {
    const { kind, outcome, component, service, format, rest } = texts;
    const key = [kind, outcome, component, service, format, rest].join('\0');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= shapesMax) this.known.clear();
    const rules = this.workOut(texts);
    this.known.set(key, rules);
    return rules;
  }

  private workOut(texts: ShapeTexts): readonly ShapeRule[] {
    const shape = rowShape(texts);
    const kind = textAt(shape.leaves(['kind']));
    const component = textAt(shape.leaves(['component']));
    const isNamed = kind !== undefined && component !== undefined;
    return this.rules.flatMap((watched): readonly ShapeRule[] => {
      const residual = watched.residualOf(shape);
      if (residual === false) return [];
      const fields = watched.fields.map(({ name, leavesOf }) => ({
        name,
        leaves: leavesOf(shape),
      }));
      const isOpen = !isNamed || fields.some(({ leaves }) => needsLine(leaves));
      return [
        {
          watched,
          residual,
          kind: kind ?? '',
          component: component ?? '',
          fields: isOpen ? undefined : fields,
        },
      ];
    });
  }
}
