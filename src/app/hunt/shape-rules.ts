import { Guards } from '../../detect/columns/guard.ts';
import type { Leaf } from '../../detect/columns/leaf.ts';
import { SignBook } from '../../detect/columns/line-signs.ts';
import {
  byWholeEvent,
  guardsOf,
  type Residual,
  usualCostOf,
  withoutKeys,
} from '../../detect/columns/residual.ts';
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
  /** Undefined where one of them, or what a hit says anyhow, needs the line. */
  readonly fields: readonly ShapeField[] | undefined;
  /** As hits tell it. */
  readonly kind: string;
  readonly component: string;
}

/** What is asked of rows of one shape. */
export interface AskedShape {
  readonly rules: readonly ShapeRule[];
  /** What is left of them where no line has any of the names in `keys`. */
  readonly withoutKeys: readonly ShapeRule[];
  readonly keys: readonly string[];
  /** Numbers of all texts that are looked for. */
  readonly signs: readonly number[];
  readonly component: string;
  readonly isUnparsed: boolean;
  /** Ids of the rules that are about events of its source, whether they can match this shape or not. */
  readonly about: readonly string[];
}

/** Shapes that are remembered; a store has some thousand. */
const shapesMax = 50_000;

const textAt = ([leaf]: readonly Leaf[]): string | undefined =>
  leaf?.is === 'value' && typeof leaf.value === 'string' ? leaf.value : undefined;

const needsLine = (leaves: readonly Leaf[]): boolean => leaves.some(leaf => leaf.is === 'line');

/** Where more rules than these ask for pieces of the line, the whole event is had for less: it is asked about once. */
const piecesMax = 3;

const changed = (
  rules: readonly ShapeRule[],
  change: (residual: Residual) => Residual,
): readonly ShapeRule[] =>
  rules.flatMap(rule => {
    const residual = change(rule.residual);
    return residual === false ? [] : [{ ...rule, residual }];
  });

const cheapest = (rules: readonly ShapeRule[]): readonly ShapeRule[] =>
  rules.filter(({ residual }) => usualCostOf(residual) >= 2).length <= piecesMax
    ? rules
    : changed(rules, byWholeEvent);

/** Which rules are to be asked of rows of which shape: worked out once, whatever the number of rows and segments. */
export class ShapeRules {
  /** Texts that are looked for in lines, of all shapes so far. */
  readonly signs: SignBook = new SignBook();
  private readonly guards = new Guards(this.signs);
  private readonly rules: readonly WatchedRule[];
  private readonly known = new Map<string, AskedShape>();
  /** The same list for the same rules, so that nobody goes through it twice. */
  private readonly lists = new Map<string, readonly string[]>();

  constructor(rules: readonly WatchedRule[]) {
    this.rules = rules;
  }

  of(texts: ShapeTexts): AskedShape {
    const { kind, outcome, component, service, format, rest } = texts;
    const key = [kind, outcome, component, service, format, rest].join('\0');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= shapesMax) this.known.clear();
    const asked = this.workOut(texts);
    this.known.set(key, asked);
    return asked;
  }

  private workOut(texts: ShapeTexts): AskedShape {
    const shape = rowShape(texts);
    const guard = this.guards.of(shape);
    const kind = textAt(shape.leaves(['kind']));
    const component = textAt(shape.leaves(['component']));
    const isNamed = kind !== undefined && component !== undefined;
    const about: string[] = [];
    const rules: ShapeRule[] = [];
    for (const watched of this.rules) {
      if (!watched.isAbout(shape, guard)) continue;
      about.push(watched.rule.id);
      const residual = watched.residualOf(shape, guard);
      if (residual === false) continue;
      const fields = watched.fields.map(({ name, leavesOf }) => ({
        name,
        leaves: leavesOf(shape),
      }));
      const isOpen = !isNamed || fields.some(({ leaves }) => needsLine(leaves));
      rules.push({
        watched,
        residual,
        fields: isOpen ? undefined : fields,
        kind: kind ?? '',
        component: component ?? '',
      });
    }
    const { isUnparsed } = shape;
    const guards = rules.flatMap(({ residual }) => guardsOf(residual));
    return {
      rules: cheapest(rules),
      withoutKeys: cheapest(changed(rules, withoutKeys)),
      keys: [...new Set(guards.flatMap(({ keys = [] }) => keys))],
      signs: [...new Set(guards.flatMap(({ any }) => any))],
      component: component ?? '',
      isUnparsed,
      about: this.list(about),
    };
  }

  private list(ids: readonly string[]): readonly string[] {
    const key = ids.join('\0');
    const known = this.lists.get(key) ?? ids;
    this.lists.set(key, known);
    return known;
  }
}
