import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { messageOf, UsageError } from '../core/errors.ts';

type Path = readonly PropertyKey[];

/** The node that a path leads to, or the deepest one on the way; the key's node for a key. */
const nodeAt = (root: Node | null, path: Path, key?: string): Node | null => {
  let node: Node | null = root;
  for (const step of path) {
    let next: unknown;
    if (isMap(node)) {
      next = node.items.find(item => isScalar(item.key) && item.key.value === step)?.value;
    } else if (isSeq(node)) next = node.items[Number(step)];
    if (next === undefined || next === null) return node;
    node = next as Node;
  }
  if (key !== undefined && isMap(node)) {
    const item = node.items.find(each => isScalar(each.key) && each.key.value === key);
    if (item !== undefined && isScalar(item.key)) return item.key;
  }
  return node;
};

const showPath = (path: Path): string =>
  path.reduce<string>(
    (out, step) =>
      typeof step === 'number'
        ? `${out}[${step}]`
        : out === ''
          ? String(step)
          : `${out}.${String(step)}`,
    '',
  );

/** "Invalid input: expected string, received number" without its first two words. */
const sayIssue = (message: string): string =>
  message.replace(/^Invalid (?:input|option|string): /, '').replaceAll('undefined', 'nothing');

/** The parser's word for what is wrong with the file, where it speaks of itself to programmers said anew. */
const yamlProblem = (thrown: unknown): string => {
  const message = messageOf(thrown);
  if (/multiple documents/.test(message))
    return 'several documents, with --- between them; one is expected';
  if (/call stack/.test(message)) return 'it is nested too deeply';
  if (/alias count/i.test(message)) return 'its aliases multiply without end';
  return message;
};

/** The first key that stands twice in one map; a value that nobody knows would win. */
const repeatedKey = (node: unknown): Node | undefined => {
  if (isSeq(node)) {
    for (const item of node.items) {
      const found = repeatedKey(item);
      if (found !== undefined) return found;
    }
  }
  if (!isMap(node)) return undefined;
  const seen = new Set<unknown>();
  for (const { key, value } of node.items) {
    if (isScalar(key) && seen.has(key.value)) return key;
    if (isScalar(key)) seen.add(key.value);
    const found = repeatedKey(value);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** A YAML file that was understood. */
export interface YamlFile<T> {
  readonly data: T;
  /** 1-based line of what a path leads to. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

/** What somebody wrote by hand. A mistake is one line: file:line:column, what, what was expected; see `docs`. */
export const readYaml = <Schema extends z.ZodType>(
  path: string,
  source: string,
  schema: Schema,
  docs: string,
): YamlFile<z.output<Schema>> => {
  const lines = new LineCounter();
  const document = parseDocument(source, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    // The parser compares every key with every other: a long file would take it hours.
    uniqueKeys: false,
  });
  const at = (offset: number | undefined): string => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${path}:${line}:${col}`;
  };
  // A warning (a tag that nobody knows) means that a value is not what its author thinks it is.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    throw new UsageError(`${at(problem.pos[0])}: not valid YAML: ${yamlProblem(problem)}`);
  }
  const twice = repeatedKey(document.contents);
  if (twice !== undefined) {
    throw new UsageError(`${at(twice.range?.[0])}: not valid YAML: Map keys must be unique`);
  }
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (thrown) {
    throw new UsageError(`${path}:1:1: not valid YAML: ${yamlProblem(thrown)}`);
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue === undefined) throw new UsageError(`${path}: not understood`);
    const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const where = at(nodeAt(document.contents, issue.path, unknownKey)?.range?.[0]);
    if (unknownKey !== undefined) {
      const parent = showPath(issue.path);
      throw new UsageError(
        `${where}: unknown key "${unknownKey}"${parent === '' ? '' : ` in ${parent}`}; see ${docs} for the keys there are`,
      );
    }
    const about = showPath(issue.path);
    throw new UsageError(
      `${where}: ${about === '' ? 'the file' : about}: ${sayIssue(issue.message)}; see ${docs}`,
    );
  }
  return {
    data: parsed.data,
    lineOf: place => lines.linePos(nodeAt(document.contents, place)?.range?.[0] ?? 0).line,
  };
};

/** Drops the keys that zod set to `undefined`: an absent key and an undefined one are not the same. */
type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
export const defined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<T>;
