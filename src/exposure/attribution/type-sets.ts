import type { DataTypeId } from '../../core/personal.ts';
import type { Found } from '../data-type.ts';

/** Lists of types, each made once: ten thousand rows of a list have the same few. */
export class TypeLists {
  private readonly lists = new Map<string, readonly DataTypeId[]>();

  of(types: ReadonlySet<DataTypeId>): readonly DataTypeId[] {
    const sorted = types.size < 2 ? [...types] : [...types].sort();
    const key = types.size < 2 ? (sorted[0] ?? '') : sorted.join(' ');
    const known = this.lists.get(key);
    if (known !== undefined) return known;
    this.lists.set(key, sorted);
    return sorted;
  }
}

const noTypes: ReadonlySet<DataTypeId> = new Set();

/** Types found with medium or high confidence, and those with low confidence only. */
export class FoundTypes {
  readonly sure: Set<DataTypeId> = new Set();
  private readonly perhaps = new Set<DataTypeId>();

  add(found: readonly Found[]): void {
    for (const { type, confidence } of found)
      (confidence === 'low' ? this.perhaps : this.sure).add(type);
  }

  addAll(other: FoundTypes): void {
    for (const type of other.sure) this.sure.add(type);
    for (const type of other.perhaps) this.perhaps.add(type);
  }

  get weak(): ReadonlySet<DataTypeId> {
    if (this.perhaps.size === 0) return noTypes;
    return new Set([...this.perhaps].filter(type => !this.sure.has(type)));
  }

  get all(): ReadonlySet<DataTypeId> {
    return new Set([...this.perhaps, ...this.sure]);
  }
}
