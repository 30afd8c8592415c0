import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { z } from 'zod';
import { feedIds } from '../core/advisory.ts';
import { reachModes, resources } from '../core/component.ts';
import { messageOf, UsageError } from '../core/errors.ts';
import { origins } from '../core/origin.ts';
import { type Configuration, defaultPolicy } from '../core/policy.ts';
import { checks } from '../core/verdict.ts';

/** The parser of dates takes 31 February for 3 March. */
const isDay = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
};

const day = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a day, yyyy-mm-dd')
  .refine(isDay, 'no such day in the calendar');
const days = z.number().int().min(0).max(36_500);
const count = z.number().int().min(0);
const text = z.string().min(1).max(1_000);
const hours = z
  .number()
  .positive()
  .max(24 * 365 * 10);

const ConfigurationFile = z.strictObject({
  organisation: text.optional(),
  tenants: z
    .array(
      z.strictObject({
        name: text,
        domains: z.array(text).default([]),
        people: z.strictObject({
          active: count,
          dormant: count.default(0),
          former: count.default(0),
        }),
        counted: day,
      }),
    )
    .max(10_000)
    .default([]),
  components: z
    .array(
      z.strictObject({
        match: text,
        owner: text.optional(),
        labels: z.array(text).optional(),
        origin: z.enum(origins).optional(),
        supplier: text.optional(),
        version: text.optional(),
        exposure: z.enum(['internet', 'internal']).optional(),
        needs: z.array(z.enum(resources)).optional(),
        reaches: z
          .array(
            z.strictObject({
              resource: z.enum(resources),
              mode: z.enum(reachModes),
              extent: text.default('as the organisation says'),
            }),
          )
          .max(100)
          .optional(),
      }),
    )
    .max(10_000)
    .default([]),
  exceptions: z
    .array(
      z.strictObject({
        match: text,
        check: z.enum(checks),
        reason: text,
        until: day,
        by: text.optional(),
      }),
    )
    .max(10_000)
    .default([]),
  policy: z
    .strictObject({
      retentionDays: days.default(defaultPolicy.retentionDays),
      indexAgeHoursMax: z
        .number()
        .positive()
        .max(24 * 365)
        .default(defaultPolicy.indexAgeHoursMax),
      readSecondsMax: z.number().positive().max(86_400).default(defaultPolicy.readSecondsMax),
      patchDays: z
        .strictObject({
          exploited: days.default(defaultPolicy.patchDays.exploited),
          internet: days.default(defaultPolicy.patchDays.internet),
          internal: days.default(defaultPolicy.patchDays.internal),
        })
        .prefault({}),
      deadlines: z
        .array(
          z.strictObject({
            exposure: z.enum(['internet', 'internal']).optional(),
            exploited: z.boolean().optional(),
            automatable: z.boolean().optional(),
            impact: z.enum(['partial', 'total']).optional(),
            days: z.union([days, z.literal('next-upgrade')]),
            triage: z.boolean().optional(),
          }),
        )
        .max(100)
        .default([]),
      customerFacing: z
        .array(z.strictObject({ name: text, sbom: text, history: text.optional() }))
        .max(100)
        .default([]),
    })
    .prefault({}),
  advisories: z
    .strictObject({
      sources: z
        .array(
          z.strictObject({
            feed: z.enum(feedIds),
            part: z.string().max(100).default(''),
            url: z.url({ protocol: /^(?:https?|file)$/ }).optional(),
            enabled: z.boolean().default(true),
            digest: z.url({ protocol: /^(?:https?|file)$/ }).optional(),
            key: z
              .strictObject({
                variable: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
                header: z.string().regex(/^[A-Za-z0-9-]{1,100}$/),
              })
              .optional(),
          }),
        )
        .max(1_000)
        .default([]),
      maxAgeHours: z
        .union([hours.transform(all => ({ all })), z.partialRecord(z.enum(feedIds), hours)])
        .prefault({}),
      bundleKeys: z.array(text).max(100).default([]),
    })
    .prefault({}),
  evidence: z
    .strictObject({
      witnesses: z
        .array(z.strictObject({ url: z.url({ protocol: /^https?$/ }), key: text }))
        .max(100)
        .default([]),
      logs: z
        .array(
          z.strictObject({
            path: z.string().regex(/^\/.{0,999}$/, 'expected an absolute path'),
            source: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, 'expected a name of a source'),
          }),
        )
        .max(1_000)
        .default([]),
      timestamps: z
        .strictObject({ url: z.url({ protocol: /^https?$/ }), certificates: text.optional() })
        .optional(),
    })
    .prefault({}),
  options: z
    .strictObject({
      root: text.optional(),
      store: text.optional(),
      format: text.optional(),
      out: text.optional(),
      failOn: text.optional(),
      offline: z.boolean().optional(),
      quiet: z.boolean().optional(),
      verbose: z.boolean().optional(),
      noColor: z.boolean().optional(),
    })
    .prefault({}),
});

/** The configuration, and the options of the command line that the same file sets. */
export interface LoadedConfiguration extends Configuration {
  /** By the flag's name, without the dashes. */
  readonly options: ReadonlyMap<string, string | boolean>;
}

const flagOf = (key: string): string => key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);

/** Every key of the file, as a path of names; `[]` stands for each entry of a list. */
export const configurationKeys = (): readonly string[] => keysOf(ConfigurationFile, '');

const keysOf = (schema: unknown, path: string): readonly string[] => {
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([key, value]) => {
      const below = path === '' ? key : `${path}.${key}`;
      return [below, ...keysOf(value, below)];
    });
  }
  if (schema instanceof z.ZodArray) return keysOf(schema.element, `${path}[]`);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  ) {
    return keysOf(schema.def.innerType, path);
  }
  return [];
};

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

/** Reads `postern.yaml`. A mistake is one line: file:line:column, what, what was expected. */
export const parseConfiguration = (path: string, source: string): LoadedConfiguration => {
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
  const parsed = ConfigurationFile.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue === undefined) throw new UsageError(`${path}: not understood`);
    const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
    const node = nodeAt(document.contents, issue.path, unknownKey);
    const where = at(node?.range?.[0]);
    if (unknownKey !== undefined) {
      const parent = showPath(issue.path);
      throw new UsageError(
        `${where}: unknown key "${unknownKey}"${parent === '' ? '' : ` in ${parent}`}; see docs/configuration.md for the keys there are`,
      );
    }
    const about = showPath(issue.path);
    throw new UsageError(
      `${where}: ${about === '' ? 'the file' : about}: ${sayIssue(issue.message)}; see docs/configuration.md`,
    );
  }
  const lineOf = (list: string, index: number): { line: number } => ({
    line: lines.linePos(nodeAt(document.contents, [list, index])?.range?.[0] ?? 0).line,
  });
  const { organisation, tenants, components, exceptions, policy, advisories, evidence, options } =
    parsed.data;
  return {
    path,
    policy: {
      ...policy,
      deadlines: policy.deadlines.map(rule => defined(rule)),
      customerFacing: policy.customerFacing.map(application => defined(application)),
    },
    tenants,
    advisories: {
      sources: advisories.sources.map(source => defined(source)),
      maxAgeHours: defined(advisories.maxAgeHours),
      bundleKeys: advisories.bundleKeys,
    },
    evidence: {
      witnesses: evidence.witnesses,
      logs: evidence.logs,
      ...(evidence.timestamps === undefined ? {} : { timestamps: defined(evidence.timestamps) }),
    },
    ...(organisation === undefined ? {} : { organisation }),
    components: components.map((note, i) => ({ ...defined(note), ...lineOf('components', i) })),
    exceptions: exceptions.map((risk, i) => ({ ...defined(risk), ...lineOf('exceptions', i) })),
    options: new Map(
      Object.entries(options).flatMap(([key, value]) =>
        value === undefined ? [] : [[flagOf(key), value] as const],
      ),
    ),
  };
};

/** Drops the keys that zod set to `undefined`: an absent key and an undefined one are not the same. */
type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
const defined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<T>;
