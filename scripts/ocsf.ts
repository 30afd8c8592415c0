/**
 * Writes what Postern uses of OCSF: types for the mapping and a table for the tests' validator, from a compiled
 * schema (one JSON file with `classes`, `objects` and `types`; it is not part of the repository).
 *
 *   OCSF_SCHEMA=ocsf-1.8.0-compiled.json node scripts/ocsf.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface Attribute {
  readonly type: string;
  readonly requirement?: string;
  readonly is_array?: boolean;
  readonly profile?: string;
  readonly enum?: Readonly<Record<string, string>>;
  readonly sibling?: string;
}

interface Entity {
  readonly caption: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly constraints?: Readonly<Record<string, readonly string[]>>;
  readonly class_uid?: number;
  readonly category_uid?: number;
  readonly category?: string;
}

interface Schema {
  readonly version: string;
  readonly classes: Readonly<Record<string, Entity>>;
  readonly objects: Readonly<Record<string, Entity>>;
  readonly types: Readonly<Record<string, object>>;
}

const classUids = [1008, 3001, 3002, 3004, 3005, 4001, 4002, 4009, 6003];

const objectNames = new Set(
  'account actor api device email email_auth group http_request http_response key_value_object managed_entity metadata network_connection_info network_endpoint network_proxy network_traffic organization process product request resource_details response service session url user'.split(
    ' ',
  ),
);

/** What findings of alerts are held against; nobody needs its types. */
const findingClassUids = [2004];
const findingObjectNames = new Set(
  'analytic attack evidences finding_info sub_technique tactic technique'.split(' '),
);

/** Objects that the mapping names; the others are parts of these. */
const exportedNames = new Set(
  'actor email http_request managed_entity metadata network_endpoint resource_details user'.split(
    ' ',
  ),
);

/** Attributes of other profiles are not used: they would bring requirements of their own. */
const profiles = new Set([undefined, 'host']);

const path = process.argv[2] ?? process.env['OCSF_SCHEMA'];
if (path === undefined) throw new Error('say which schema: OCSF_SCHEMA=FILE or an argument');
const schema = JSON.parse(readFileSync(path, 'utf8')) as Schema;

const numbers = new Set(['integer_t', 'long_t', 'port_t', 'timestamp_t', 'float_t']);

const isUsed = ({ type, profile }: Attribute): boolean =>
  profiles.has(profile) &&
  (!(type in schema.objects) || objectNames.has(type) || type === 'object');

const usedOf = (
  entity: Entity,
  also: ReadonlySet<string> = new Set(),
): Readonly<Record<string, Attribute>> =>
  Object.fromEntries(
    Object.entries(entity.attributes)
      .filter(
        ([, attribute]) =>
          isUsed(attribute) || (also.has(attribute.type) && profiles.has(attribute.profile)),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const classes = Object.entries(schema.classes)
  .filter(([, { class_uid }]) => class_uid !== undefined && classUids.includes(class_uid))
  .sort(([, a], [, b]) => (a.class_uid ?? 0) - (b.class_uid ?? 0));

/** Attributes of the base class alone: those that every class has, as its profiles bring them where they do. */
const shared = (): Readonly<Record<string, Attribute>> => {
  const all = Object.values(schema.classes);
  const names = Object.keys(all[0]?.attributes ?? {}).filter(
    name => name !== 'api' && all.every(({ attributes }) => name in attributes),
  );
  return Object.fromEntries(
    names.map(name => {
      const variants = all.flatMap(({ attributes }) => attributes[name] ?? []);
      const found = variants.find(({ profile }) => profile !== undefined) ?? variants[0];
      const attribute = found ?? { type: 'string_t' };
      if (name !== 'activity_id') return [name, attribute];
      return [name, { ...attribute, enum: { '0': 'Unknown', '99': 'Other' } }];
    }),
  );
};

/** The class that all others extend; a compiled schema may leave it out. */
const baseEvent: Entity = schema.classes['base_event'] ?? {
  caption: 'Base Event',
  attributes: shared(),
  class_uid: 0,
  category_uid: 0,
};

const entities: readonly (readonly [name: string, entity: Entity])[] = [
  ['base_event', baseEvent],
  ...classes,
  ...[...objectNames].sort().flatMap(name => {
    const object = schema.objects[name];
    return object === undefined ? [] : [[name, object] as const];
  }),
];

const typeName = (name: string): string =>
  name
    .split('_')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** Numbers of an enumeration that are the class's own are known by their captions alone. */
const typeOf = (name: string, attribute: Attribute): string => {
  const { type, is_array: isArray } = attribute;
  const numbersOf = name.endsWith('_id') && attribute.enum !== undefined;
  const single = numbersOf
    ? Object.keys(attribute.enum ?? {}).join(' | ')
    : type === 'boolean_t'
      ? 'boolean'
      : numbers.has(type)
        ? 'number'
        : type === 'json_t'
          ? 'unknown'
          : type === 'object'
            ? 'Readonly<Record<string, unknown>>'
            : type in schema.objects
              ? typeName(type)
              : 'string';
  return isArray === true ? `readonly ${single.includes('|') ? `(${single})` : single}[]` : single;
};

/** Required by a profile is not required of those who do not use it. */
const isRequired = ({ requirement, profile }: Attribute): boolean =>
  requirement === 'required' && profile === undefined;

const types = entities.map(([name, entity]) =>
  [
    `/** OCSF: ${entity.caption}${entity.class_uid === undefined ? '' : ` (${entity.class_uid})`}. */`,
    `${entity.class_uid !== undefined || exportedNames.has(name) ? 'export ' : ''}interface ${typeName(name)} {`,
    ...Object.entries(usedOf(entity)).map(
      ([attribute, given]) =>
        `  ${attribute}${isRequired(given) ? '' : '?'}: ${typeOf(attribute, given)};`,
    ),
    '}',
    '',
  ].join('\n'),
);

const head = `// Generated by scripts/ocsf.ts from OCSF ${schema.version}. Do not edit.`;

writeFileSync(
  'src/logs/ocsf/types.generated.ts',
  `${[
    head,
    '',
    `export const ocsfVersion = '${schema.version}';`,
    '',
    ...types,
    `export type OcsfEvent = ${['base_event', ...classes.map(([name]) => name)].map(typeName).join(' | ')};`,
  ].join('\n')}\n`,
);

const findingEntities: readonly (readonly [name: string, entity: Entity])[] = [
  ...Object.entries(schema.classes).filter(
    ([, { class_uid }]) => class_uid !== undefined && findingClassUids.includes(class_uid),
  ),
  ...[...findingObjectNames].flatMap(name => {
    const object = schema.objects[name];
    return object === undefined ? [] : [[name, object] as const];
  }),
];

const kept = (entity: Entity, also?: ReadonlySet<string>): object => ({
  caption: entity.caption,
  ...(entity.class_uid === undefined
    ? {}
    : { classUid: entity.class_uid, categoryUid: entity.category_uid }),
  ...(entity.constraints === undefined ? {} : { constraints: entity.constraints }),
  attributes: usedOf(entity, also),
});

writeFileSync(
  'test/support/ocsf-schema.json',
  `${JSON.stringify({
    version: schema.version,
    classes: Object.fromEntries([
      ...entities
        .filter(([, e]) => e.class_uid !== undefined)
        .map(([n, e]) => [n, kept(e)] as const),
      ...findingEntities
        .filter(([, e]) => e.class_uid !== undefined)
        .map(([n, e]) => [n, kept(e, findingObjectNames)] as const),
    ]),
    objects: Object.fromEntries([
      ...entities
        .filter(([, e]) => e.class_uid === undefined)
        .map(([n, e]) => [n, kept(e)] as const),
      ...findingEntities
        .filter(([, e]) => e.class_uid === undefined)
        .map(([n, e]) => [n, kept(e, findingObjectNames)] as const),
    ]),
    types: schema.types,
  })}\n`,
);
process.stderr.write(`wrote ${entities.length} classes and objects of OCSF ${schema.version}\n`);
