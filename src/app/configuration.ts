import { z } from 'zod';
import { feedIds } from '../core/advisory.ts';
import { reachModes, resources } from '../core/component.ts';
import { origins } from '../core/origin.ts';
import { type Configuration, defaultPolicy } from '../core/policy.ts';
import { checks } from '../core/verdict.ts';
import { exposurePolicy, exposureSchema } from './exposure-configuration.ts';
import { watchPolicy, watchSchema } from './watch-configuration.ts';
import { defined, readYaml } from './yaml-file.ts';

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
  exposure: exposureSchema,
  watch: watchSchema,
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

/** Reads `postern.yaml`. A mistake is one line: file:line:column, what, what was expected. */
export const parseConfiguration = (path: string, source: string): LoadedConfiguration => {
  const { data, lineOf } = readYaml(path, source, ConfigurationFile, 'docs/configuration.md');
  const line = (list: string, index: number): { line: number } => ({ line: lineOf([list, index]) });
  const {
    organisation,
    tenants,
    components,
    exceptions,
    policy,
    advisories,
    evidence,
    exposure,
    watch,
    options,
  } = data;
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
    exposure: exposurePolicy(exposure),
    watch: watchPolicy(watch, (list, index) => lineOf(['watch', list, index])),
    ...(organisation === undefined ? {} : { organisation }),
    components: components.map((note, i) => ({ ...defined(note), ...line('components', i) })),
    exceptions: exceptions.map((risk, i) => ({ ...defined(risk), ...line('exceptions', i) })),
    options: new Map(
      Object.entries(options).flatMap(([key, value]) =>
        value === undefined ? [] : [[flagOf(key), value] as const],
      ),
    ),
  };
};
