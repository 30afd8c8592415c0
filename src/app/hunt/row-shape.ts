import { column, constant, inLine, type Leaf, type RowShape } from '../../detect/columns/leaf.ts';
import { unparsedKind } from '../../logs/rows/columns.ts';
import { componentOfUnparsed } from './watched.ts';

/** The texts of a row that rows of one shape have in common. */
export interface ShapeTexts {
  readonly kind: string | undefined;
  readonly outcome: string | undefined;
  readonly component: string | undefined;
  readonly service: string | undefined;
  readonly format: string | undefined;
  readonly rest: string | undefined;
}

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parsed = (rest: string | undefined): Members | undefined => {
  try {
    const value: unknown = JSON.parse(rest ?? '{}');
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** `~3.2`, `#3.1`: tokens of the line; `~` alone is in another column. */
const tokensOf = (template: string): readonly Leaf[] => {
  const [, mark, first, count] = /^([~#])(\d+)\.(\d+)$/.exec(template) ?? [];
  if (mark === undefined) return inLine;
  return [{ is: 'tokens', first: Number(first), count: Number(count), isNumber: mark === '#' }];
};

/** What a template says of a member; see `encode.ts` for its marks. */
const leavesAt = (value: unknown, path: readonly string[]): readonly Leaf[] => {
  if (value === undefined) return [];
  // Of several elements it could not be told which of them a missing member is missing in.
  if (Array.isArray(value)) {
    const [only] = value as readonly unknown[];
    if (value.length === 1) return leavesAt(only, path);
    return value.length === 0 && path.length > 0 ? [] : inLine;
  }
  if (typeof value === 'string') {
    if (path.length > 0) return value === '~' ? inLine : [];
    if (value.startsWith('=')) return [{ is: 'value', value: value.slice(1) }];
    return tokensOf(value);
  }
  const [first, ...others] = path;
  if (isMembers(value)) return first === undefined ? inLine : leavesAt(value[first], others);
  if (first !== undefined) return [];
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) {
    return [{ is: 'value', value }];
  }
  return inLine;
};

/** Members that a column holds where the rest does not, by their path. */
const columnOf: ReadonlyMap<string, string> = new Map([
  ['host', 'host'],
  ['folder', 'folder'],
  ['user.name', 'user'],
  ['actor.name', 'actor'],
  ['from.ip', 'address'],
]);

/** What the column holds is said by a word, `name` or `uid`, if the rest does not hold all of it. */
const appOf = (value: unknown, member: string): readonly Leaf[] => {
  if (typeof value !== 'string') return leavesAt(value, [member]);
  if (!value.startsWith('=')) return inLine;
  return value === `=${member}` ? column('app') : [];
};

/** As `watchedEvent` has it. */
const unparsedShape = (format: string | undefined, isOneLine: boolean): RowShape => ({
  format,
  isUnparsed: true,
  isOneLine,
  words: '',
  leaves: ([first = '', ...others]) => {
    if (first === 'detail') return isOneLine && others.length === 0 ? [{ is: 'text' }] : inLine;
    if (first === 'time') return inLine;
    if (others.length > 0) return [];
    if (first === 'kind') return constant('other');
    if (first === 'outcome') return constant('unknown');
    return first === 'component' ? constant(componentOfUnparsed(format)) : [];
  },
});

/**
 * What rows with these texts have in common. Rows of a damaged template have everything in their line, where the
 * damage shows.
 */
export const rowShape = (texts: ShapeTexts): RowShape => {
  const rest = parsed(texts.rest);
  const isOneLine = rest !== undefined && rest['@lines'] === undefined;
  if (texts.kind === unparsedKind) return unparsedShape(texts.format, isOneLine);
  const words: ReadonlyMap<string, readonly Leaf[]> = new Map([
    ['kind', constant(texts.kind)],
    ['outcome', constant(texts.outcome)],
    ['component', constant(texts.component)],
    ['service', constant(texts.service)],
  ]);
  return {
    format: texts.format,
    isUnparsed: false,
    isOneLine,
    words: texts.rest ?? '',
    leaves: path => {
      const [first = ''] = path;
      if (rest === undefined) return inLine;
      const said = rest[first];
      if (first === 'app' && path.length === 2) return appOf(said, path[1] ?? '');
      const inRest = leavesAt(said, path.slice(1));
      // What stands in the rest is the exact one.
      if (inRest.length > 0) return inRest;
      const word = path.length === 1 && said === undefined ? words.get(first) : undefined;
      if (word !== undefined) return word;
      const name = columnOf.get(path.join('.'));
      if (name !== undefined) return column(name);
      if (first === 'time') return inLine;
      // The column has the name of somebody whose object is asked for whole.
      return path.length === 1 && ['user', 'actor', 'from', 'app'].includes(first) ? inLine : [];
    },
  };
};
