/** Longer text is no record of these exports: the largest, an audit record, is some 300 kB. */
const recordCharsMax = 4_000_000;
const namesMax = 400;

export type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What one JSON text holds; undefined where it is broken, or too long to be a record. */
export const parsedJson = (text: string): unknown => {
  if (text.length > recordCharsMax) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
};

/**
 * A record's fields by name. Exports of one record write its names in several cases (`ipAddress` in Graph,
 * `IPAddress` in a workspace), so case does not count. Names come from the record: a map, never an object.
 */
export class Fields {
  private readonly values: Map<string, unknown>;
  private readonly written: readonly string[];

  private constructor(values: Map<string, unknown>, written: readonly string[]) {
    this.values = values;
    this.written = written;
  }

  static of(value: unknown): Fields | undefined {
    if (!isJson(value)) return undefined;
    const values = new Map<string, unknown>();
    const written: string[] = [];
    for (const name in value) {
      if (values.size >= namesMax) break;
      const folded = name.toLowerCase();
      // Of two names that differ by case alone, the first counts.
      if (!Object.hasOwn(value, name) || values.has(folded)) continue;
      values.set(folded, value[name]);
      written.push(name);
    }
    return new Fields(values, written);
  }

  /** Of a table's row; names are those of its header, in lower case. */
  static ofRow(names: readonly string[], cells: readonly string[]): Fields {
    const values = new Map<string, unknown>();
    for (const [at, name] of names.entries()) {
      const cell = cells[at];
      if (cell !== undefined && cell !== '' && !values.has(name)) values.set(name, cell);
    }
    return new Fields(values, names);
  }

  /** The same values by other names. */
  renamed(nameOf: (name: string) => string): Fields {
    const values = new Map<string, unknown>();
    for (const [name, value] of this.values) {
      const renamed = nameOf(name);
      if (!values.has(renamed)) values.set(renamed, value);
    }
    return new Fields(values, [...values.keys()]);
  }

  /** With another value of one name, which is in lower case. */
  with(name: string, value: unknown): Fields {
    return new Fields(new Map(this.values).set(name, value), this.written);
  }

  has(name: string): boolean {
    const value = this.values.get(name.toLowerCase());
    return value !== undefined && value !== null && value !== '';
  }

  /** Whatever stands there. */
  raw(name: string): unknown {
    return this.values.get(name.toLowerCase());
  }

  /** The first of the names that holds a text, a number or a yes or no. */
  text(...names: readonly string[]): string | undefined {
    for (const name of names) {
      const found = textOf(this.values.get(name.toLowerCase()));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** An object, or one that is written as JSON within a text. */
  object(name: string): Fields | undefined {
    const value = this.values.get(name.toLowerCase());
    if (typeof value === 'string') {
      return value.startsWith('{') ? Fields.of(parsedJson(value)) : undefined;
    }
    return Fields.of(value);
  }

  /** A list, one thing alone being a list of it; or one that is written as JSON within a text. */
  list(name: string, countMax: number): readonly unknown[] {
    const value = this.values.get(name.toLowerCase());
    const held = typeof value === 'string' && value.startsWith('[') ? parsedJson(value) : value;
    if (Array.isArray(held)) return held.slice(0, countMax);
    return held === undefined || held === null || held === '' ? [] : [held];
  }

  objects(name: string, countMax: number): readonly Fields[] {
    return this.list(name, countMax).flatMap(each => Fields.of(each) ?? []);
  }

  texts(name: string, countMax: number): readonly string[] {
    return this.list(name, countMax).flatMap(each => textOf(each) ?? []);
  }

  /** How many things a list has, those beyond any bound included. */
  size(name: string): number {
    const value = this.values.get(name.toLowerCase());
    return Array.isArray(value) ? value.length : 0;
  }

  /** As the record writes them. */
  names(): readonly string[] {
    return this.written;
  }

  /** `[{"Name": …, "Value": …}]`, as Microsoft writes properties; names in lower case. */
  pairs(name: string, countMax = 100): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const each of this.objects(name, countMax)) {
      const key = each.text('name', 'key');
      const value = each.text('value');
      if (key !== undefined && value !== undefined) found.set(key.toLowerCase(), value);
    }
    return found;
  }
}
