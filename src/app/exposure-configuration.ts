import { z } from 'zod';
import { unboundedPattern } from '../core/bounded-pattern.ts';
import type { ExposurePolicy, SecretPlace } from '../core/exposure-policy.ts';
import { personStatuses } from '../core/personal.ts';

const text = z.string().min(1).max(1_000);
const names = z.array(text).max(20);

const secret = z
  .strictObject({
    variable: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/)
      .optional(),
    file: text.optional(),
  })
  .refine(
    ({ variable, file }) => (variable === undefined) !== (file === undefined),
    'expected either variable or file',
  );

const pattern = text.superRefine((value, context) => {
  const why = unboundedPattern(value);
  if (why !== undefined) context.addIssue({ code: 'custom', message: why });
});

const customers = z
  .strictObject({
    file: text.optional(),
    database: z
      .url({ protocol: /^(?:mysql|mariadb|postgres|postgresql)$/ })
      .refine(url => new URL(url).password === '', 'a password does not belong here: see password')
      .optional(),
    query: z.string().min(1).max(100_000).optional(),
    password: secret.optional(),
    certificates: text.optional(),
    tls: z.boolean().optional(),
    charset: text.optional(),
    delimiter: z.string().length(1).optional(),
    columns: z
      .strictObject({
        person: text.optional(),
        name: names.optional(),
        kana: names.optional(),
        email: names.optional(),
        telephone: names.optional(),
        customerNumber: names.optional(),
        address: names.optional(),
        postcode: text.optional(),
        birthDate: text.optional(),
        tenant: text.optional(),
        status: text.optional(),
        left: text.optional(),
        deletableAfter: text.optional(),
      })
      .optional(),
    statuses: z.record(z.string().max(100), z.enum(personStatuses)).optional(),
    tenant: text.optional(),
    deletableAfterDays: z.number().int().min(0).max(36_500).optional(),
  })
  .refine(
    ({ file, database }) => (file === undefined) !== (database === undefined),
    'expected either file or database',
  )
  .refine(
    ({ database, query }) => database === undefined || query !== undefined,
    'a database needs a query',
  );

const schema = z
  .strictObject({
    mail: z.array(text).max(1_000).default([]),
    imap: z
      .array(
        z.strictObject({
          server: z.url({ protocol: /^imaps?$/ }),
          password: secret,
          certificates: text.optional(),
        }),
      )
      .max(1_000)
      .default([]),
    key: text.optional(),
    customers: z.array(customers).max(1_000).default([]),
    customerNumbers: z
      .array(z.strictObject({ pattern, labels: z.array(text).max(100).default([]) }))
      .max(100)
      .default([]),
    customerNumberSeparators: z.string().max(50).optional(),
    regions: z
      .array(z.string().regex(/^[A-Z]{2}$/, 'expected a country in two capital letters, JP'))
      .max(20)
      .default(['JP']),
    words: text.optional(),
  })
  .prefault({});

/** The block `exposure:` of `postern.yaml`; `exposurePolicy` makes of it what the others use. */
export const exposureSchema: z.ZodType = schema;

/** An absent key and an undefined one are not the same. */
type Defined<T> = T extends readonly (infer E)[]
  ? Defined<E>[]
  : T extends object
    ? { [K in keyof T]: Defined<Exclude<T[K], undefined>> }
    : T;

const defined = <T>(value: T): Defined<T> => {
  if (Array.isArray(value)) return value.map(each => defined(each as unknown)) as Defined<T>;
  if (typeof value !== 'object' || value === null) return value as Defined<T>;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key, defined(each as unknown)]),
  ) as Defined<T>;
};

const secretPlace = ({ variable = '', file }: Defined<z.infer<typeof secret>>): SecretPlace =>
  file === undefined ? { variable } : { file };

/** @param block that `exposureSchema` has taken */
export const exposurePolicy = (block: unknown): ExposurePolicy => {
  const policy = defined(schema.parse(block));
  return {
    ...policy,
    imap: policy.imap.map(login => ({ ...login, password: secretPlace(login.password) })),
    customers: policy.customers.map(({ password, ...source }) => ({
      ...source,
      ...(password === undefined ? {} : { password: secretPlace(password) }),
    })),
  };
};
