import { type Confidence, confidences } from '../../src/core/personal.ts';
import type { DataType, Found } from '../../src/exposure/data-type.ts';
import { findData } from '../../src/exposure/find.ts';
import { fold } from '../../src/exposure/normal.ts';
import type { LabelledSpan, LabelledText } from './labelled.ts';

/** How often a type was found that was there, and found that was not, by confidence. */
export interface Measured {
  readonly type: string;
  labelled: number;
  found: number;
  /** With medium or high confidence. */
  foundSurely: number;
  readonly right: Record<Confidence, number>;
  readonly wrong: Record<Confidence, number>;
}

export interface Mistake {
  readonly place: string;
  readonly type: string;
  readonly what: 'missed' | 'weak' | Confidence;
  readonly text: string;
}

const settings = { customerNumbers: [], regions: ['JP', 'US', 'GB'] };
const none = (): Record<Confidence, number> => ({ low: 0, medium: 0, high: 0 });

const overlaps = (a: LabelledSpan, b: Found): boolean =>
  a.type === b.type && a.from < b.to && b.from < a.to;

/**
 * What is found in labelled texts, held against what people marked. A value is found where a finding of its type overlaps it. Special
 * categories are hints about a text: any finding of the type is right where the text has any mark of it.
 */
export const measure = (
  texts: readonly LabelledText[],
  types: readonly DataType[],
): { readonly measured: ReadonlyMap<string, Measured>; readonly mistakes: readonly Mistake[] } => {
  const measured = new Map<string, Measured>(
    types.map(({ id }) => [
      id,
      { type: id, labelled: 0, found: 0, foundSurely: 0, right: none(), wrong: none() },
    ]),
  );
  const hints = new Set(
    types.filter(({ sensitivity }) => sensitivity === 'special').map(({ id }) => id),
  );
  const mistakes: Mistake[] = [];
  for (const { place, text, kind, spans } of texts) {
    const found = findData({ text: fold(text), kind }, settings);
    const isOf = (span: LabelledSpan, one: Found): boolean =>
      hints.has(span.type) ? span.type === one.type : overlaps(span, one);
    const noted = (type: string, what: Mistake['what'], from: number, to: number): void => {
      mistakes.push({ place, type, what, text: text.slice(Math.max(0, from - 12), to + 6) });
    };
    for (const span of spans) {
      const of = measured.get(span.type);
      if (of === undefined) throw new Error(`${place}: nobody finds ${span.type}`);
      const hits = found.filter(one => isOf(span, one));
      of.labelled += 1;
      if (hits.length > 0) of.found += 1;
      else noted(span.type, 'missed', span.from, span.to);
      if (hits.some(({ confidence }) => confidence !== 'low')) of.foundSurely += 1;
      else if (hits.length > 0) noted(span.type, 'weak', span.from, span.to);
    }
    for (const one of found) {
      const of = measured.get(one.type);
      if (of === undefined) continue;
      if (spans.some(span => isOf(span, one))) of.right[one.confidence] += 1;
      else {
        of.wrong[one.confidence] += 1;
        noted(one.type, one.confidence, one.from, one.to);
      }
    }
  }
  return { measured, mistakes };
};

const share = (part: number, whole: number): string => (whole === 0 ? '' : `${part}/${whole}`);

/** The table of docs/data-types.md: of each type what was found of what is there, and how much of what was found is right. */
export const measuredTable = (
  written: ReadonlyMap<string, Measured>,
  generated: ReadonlyMap<string, Measured>,
): string => {
  const rows = [...written.values()].map(of => {
    const other = generated.get(of.type);
    const all = (confidence: Confidence): string => {
      const right = of.right[confidence] + (other?.right[confidence] ?? 0);
      return share(right, right + of.wrong[confidence] + (other?.wrong[confidence] ?? 0));
    };
    return [
      `\`${of.type}\``,
      share(of.found, of.labelled),
      share(of.foundSurely, of.labelled),
      other === undefined ? '' : share(other.foundSurely, other.labelled),
      ...confidences.toReversed().map(all),
    ];
  });
  const head = [
    'type',
    'found',
    'with medium or high',
    'of generated',
    'right of high',
    'right of medium',
    'right of low',
  ];
  return [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...rows]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n');
};
