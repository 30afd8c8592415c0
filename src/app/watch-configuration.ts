import { z } from 'zod';
import { alertLevels } from '../core/alert.ts';
import type { SecretPlace } from '../core/exposure-policy.ts';
import type { AllowedSighting, WatchChannel, WatchPolicy } from '../core/watch-policy.ts';
import { allowedNetwork } from '../detect/alerts/allowed.ts';
import { isDay } from '../evidence/days.ts';
import { defined } from './yaml-file.ts';

const text = z.string().min(1).max(1_000);
const level = z.enum(alertLevels);

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

const address = z
  .string()
  .max(320)
  .regex(/^[^\s<>",;@]+@[^\s<>",;@]+$/, 'expected a mail address');

const channel = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/, 'expected a short name'),
    kind: z.enum(['webhook', 'slack', 'teams', 'mail', 'syslog']),
    url: z.union([z.url({ protocol: /^https?$/ }), secret]).optional(),
    header: z
      .strictObject({
        name: z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'expected the name of a header'),
        value: secret,
      })
      .optional(),
    signing: secret.optional(),
    server: z.url({ protocol: /^(?:smtps?|udp|tcp|tls)$/ }).optional(),
    password: secret.optional(),
    tls: z.enum(['required', 'offered', 'none']).optional(),
    certificates: text.optional(),
    sender: address.optional(),
    to: z.array(address).min(1).max(100).optional(),
    facility: z.number().int().min(0).max(23).optional(),
    from: level.default('low'),
    atOnce: z.union([level, z.literal('never')]).default('critical'),
    names: z.boolean().default(false),
  })
  .superRefine((given, context) => {
    const why = wrongIn(given);
    if (why !== undefined) context.addIssue({ code: 'custom', message: why });
  });

type Given = Readonly<Record<string, unknown>> & {
  readonly kind: WatchChannel['kind'];
  readonly url?: unknown;
  readonly server?: string | undefined;
};

/** What the kinds of channels may say, beside what all may. */
const keysOf: Readonly<Record<WatchChannel['kind'], readonly string[]>> = {
  webhook: ['url', 'certificates', 'header', 'signing'],
  slack: ['url', 'certificates'],
  teams: ['url', 'certificates'],
  mail: ['server', 'password', 'tls', 'certificates', 'sender', 'to'],
  syslog: ['server', 'certificates', 'facility'],
};

const schemesOf = { mail: /^smtps?:/, syslog: /^(?:udp|tcp|tls):/ } as const;

const wrongIn = (given: Given): string | undefined => {
  const { kind, url, server } = given;
  const own = keysOf[kind];
  const stranger = Object.values(keysOf)
    .flat()
    .find(key => !own.includes(key) && given[key] !== undefined);
  if (stranger !== undefined) return `a channel of kind ${kind} has no ${stranger}`;
  if (own.includes('url') && url === undefined) return `a channel of kind ${kind} needs a url`;
  if (kind === 'mail' || kind === 'syslog') {
    if (server === undefined) return `a channel of kind ${kind} needs a server`;
    const wanted = kind === 'mail' ? 'smtp: or smtps:' : 'udp:, tcp: or tls:';
    if (!schemesOf[kind].test(server)) return `expected a server with ${wanted}`;
    if (new URL(server).password !== '') return 'a password does not belong here: see password';
  }
  if (kind === 'mail' && (given['sender'] === undefined || given['to'] === undefined)) {
    return 'a channel of kind mail needs sender and to';
  }
  // Whoever knows such an address can write there: it is a password.
  if ((kind === 'slack' || kind === 'teams') && typeof url === 'string') {
    return `the address of ${kind} is a secret: url: { file: … } or { variable: … }`;
  }
  if (typeof url === 'string' && new URL(url).password !== '') {
    return 'a password does not belong here: see header';
  }
  return undefined;
};

const allowed = z
  .strictObject({
    rule: text.optional(),
    component: text.optional(),
    who: text.optional(),
    app: text.optional(),
    address: text
      .refine(value => allowedNetwork(value) !== undefined, 'expected an address or a network')
      .optional(),
    reason: text,
    until: z.string().refine(isDay, 'expected a day, yyyy-mm-dd').optional(),
  })
  .refine(
    ({ rule, component, who, app, address: from }) =>
      [rule, component, who, app, from].some(value => value !== undefined),
    'expected at least one of rule, component, who, app, address: else everything would be allowed',
  );

const schema = z
  .strictObject({
    rules: z.array(text).max(100).default([]),
    ownRules: z.boolean().default(true),
    without: z.array(text).max(10_000).default([]),
    levels: z
      .array(z.strictObject({ rule: text, level }))
      .max(10_000)
      .default([]),
    placeholders: z
      .record(z.string().min(1).max(100), z.array(z.string().max(1_000)).max(100_000))
      .default({}),
    channels: z
      .array(channel)
      .max(50)
      .refine(
        channels => new Set(channels.map(({ name }) => name)).size === channels.length,
        'two channels have the same name',
      )
      .default([]),
    allow: z.array(allowed).max(10_000).default([]),
    digestHours: z.number().positive().max(720).default(24),
    quietHours: z.number().positive().max(8_760).default(24),
    // No digest, and nothing that goes on, is older than a month.
    alertDays: z.number().int().min(31).max(36_500).default(400),
    aliveDays: z.number().int().min(0).max(365).default(7),
    ranHoursMax: z.number().positive().max(8_760).default(30),
  })
  .prefault({});

/** The block `watch:` of `postern.yaml`; `watchPolicy` makes of it what the others use. */
export const watchSchema: z.ZodType = schema;

const secretPlace = (given: z.infer<typeof secret>): SecretPlace =>
  given.file === undefined ? { variable: given.variable ?? '' } : { file: given.file };

const maybeSecret = (
  key: string,
  given: z.infer<typeof secret> | undefined,
): Readonly<Record<string, SecretPlace>> =>
  given === undefined ? {} : { [key]: secretPlace(given) };

/** What goes to this very machine is not read on its way. */
const isLoopback = (server: string): boolean =>
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(server).hostname);

const channelOf = (given: z.infer<typeof channel>): WatchChannel => {
  const { name, from, atOnce, names, kind, url, header, certificates } = given;
  const told = { name, from, atOnce, names };
  const authorities = certificates === undefined ? {} : { certificates };
  if (kind === 'mail') {
    const { server = '', sender = '', to = [], password } = given;
    return {
      ...told,
      kind,
      server,
      sender,
      to,
      tls: given.tls ?? (isLoopback(server) ? 'none' : 'required'),
      ...authorities,
      ...maybeSecret('password', password),
    };
  }
  if (kind === 'syslog') {
    // 13: log audit.
    return {
      ...told,
      kind,
      server: given.server ?? '',
      facility: given.facility ?? 13,
      ...authorities,
    };
  }
  return {
    ...told,
    kind,
    url: typeof url === 'string' ? url : secretPlace(url ?? {}),
    ...(header === undefined
      ? {}
      : { header: { name: header.name, value: secretPlace(header.value) } }),
    ...maybeSecret('signing', given.signing),
    ...authorities,
  };
};

/**
 * @param block that `watchSchema` has taken
 * @param lineOf 1-based line of an entry of a list
 */
export const watchPolicy = (
  block: unknown,
  lineOf: (list: 'allow' | 'channels', index: number) => number,
): WatchPolicy => {
  const { channels, allow, ...rest } = schema.parse(block);
  return {
    ...rest,
    channels: channels.map(channelOf),
    allow: allow.map(
      (entry, i): AllowedSighting => ({ ...defined(entry), line: lineOf('allow', i) }),
    ),
  };
};
