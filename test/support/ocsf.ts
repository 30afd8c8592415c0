import { readFileSync } from 'node:fs';

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
  readonly classUid?: number;
  readonly categoryUid?: number;
  readonly constraints?: {
    readonly at_least_one?: readonly string[];
    readonly just_one?: readonly string[];
  };
  readonly attributes: Readonly<Record<string, Attribute>>;
}

interface TypeOfValue {
  readonly type?: string;
  readonly regex?: string;
  readonly max_len?: number;
  readonly range?: readonly [number, number];
}

interface Schema {
  readonly version: string;
  readonly classes: Readonly<Record<string, Entity>>;
  readonly objects: Readonly<Record<string, Entity>>;
  readonly types: Readonly<Record<string, TypeOfValue>>;
}

const schema = JSON.parse(readFileSync('test/support/ocsf-schema.json', 'utf8')) as Schema;

const byUid = new Map(Object.values(schema.classes).map(each => [each.classUid, each]));
const regexes = new Map(
  Object.entries(schema.types).flatMap(([name, { regex }]) =>
    regex === undefined ? [] : [[name, new RegExp(regex)] as const],
  ),
);

type Given = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const scalarFault = (type: string, value: unknown): string | undefined => {
  const rules = schema.types[type] ?? {};
  const base = rules.type ?? type;
  if (type === 'json_t') return undefined;
  if (base === 'boolean_t') return typeof value === 'boolean' ? undefined : 'is no boolean';
  if (['integer_t', 'long_t', 'float_t', 'timestamp_t'].includes(base)) {
    if (typeof value !== 'number' || !Number.isFinite(value)) return 'is no number';
    if (base !== 'float_t' && !Number.isSafeInteger(value)) return 'is no whole number';
    const [low, high] = rules.range ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    return value < low || value > high ? 'is out of range' : undefined;
  }
  if (typeof value !== 'string') return 'is no text';
  if (rules.max_len !== undefined && value.length > rules.max_len) return 'is too long';
  return regexes.get(type)?.test(value) === false ? `is no ${type}: ${value}` : undefined;
};

/** What is wrong with an event by OCSF, each as `path: why`. */
export const ocsfFaults = (event: unknown): readonly string[] => {
  const faults: string[] = [];
  const fault = (path: string, why: string): void => {
    faults.push(`${path}: ${why}`);
  };

  const siblings = (given: Given, name: string, attribute: Attribute, path: string): void => {
    const captions = attribute.enum;
    if (captions === undefined || !name.endsWith('_id')) return;
    const value = given[name];
    const caption = captions[String(value)];
    if (caption === undefined) fault(path, `has no value ${String(value)}`);
    const beside = attribute.sibling === undefined ? undefined : given[attribute.sibling];
    if (value !== 99 && beside !== undefined && beside !== caption) {
      fault(path, `${String(value)} is called ${String(caption)}, not ${JSON.stringify(beside)}`);
    }
  };

  const check = (
    given: Given,
    entity: Entity,
    path: string,
    profiles: ReadonlySet<string>,
  ): void => {
    for (const [name, attribute] of Object.entries(entity.attributes)) {
      const value = given[name];
      const applies = attribute.profile === undefined || profiles.has(attribute.profile);
      if (value === undefined) {
        const isRequired = attribute.requirement === 'required' && applies;
        if (isRequired) fault(`${path}.${name}`, 'is required');
        continue;
      }
      if (!applies) fault(`${path}.${name}`, `belongs to the profile ${attribute.profile}`);
      siblings(given, name, attribute, `${path}.${name}`);
      values(value, attribute, `${path}.${name}`, profiles);
    }
    for (const name of Object.keys(given)) {
      if (!(name in entity.attributes)) fault(`${path}.${name}`, 'is no attribute');
    }
    const { at_least_one: any, just_one: one } = entity.constraints ?? {};
    const count = (names: readonly string[]): number =>
      names.filter(name => given[name] !== undefined).length;
    if (any !== undefined && count(any) === 0) fault(path, `has none of ${any.join(', ')}`);
    if (one !== undefined && count(one) !== 1) fault(path, `has not one of ${one.join(', ')}`);
  };

  const values = (
    value: unknown,
    attribute: Attribute,
    path: string,
    profiles: ReadonlySet<string>,
  ): void => {
    const { type, is_array: isArray } = attribute;
    if (Array.isArray(value) !== (isArray === true) && type !== 'json_t') {
      fault(path, isArray === true ? 'is no list' : 'is a list');
      return;
    }
    const list: readonly unknown[] = isArray === true && Array.isArray(value) ? value : [value];
    for (const each of list) {
      const object = schema.objects[type];
      if (object === undefined && type !== 'object') {
        const why = scalarFault(type, each);
        if (why !== undefined) fault(path, why);
      } else if (!isObject(each)) fault(path, 'is no object');
      else if (object !== undefined) check(each, object, path, profiles);
    }
  };

  if (!isObject(event)) return ['it is no object'];
  const uid = event['class_uid'];
  const ofClass = typeof uid === 'number' ? byUid.get(uid) : undefined;
  if (ofClass === undefined || typeof uid !== 'number') return [`no class ${String(uid)}`];
  const metadata = event['metadata'];
  const named: unknown = isObject(metadata) ? metadata['profiles'] : undefined;
  const profiles = new Set(Array.isArray(named) ? named.map(String) : []);
  check(event, ofClass, ofClass.caption, profiles);
  if (event['category_uid'] !== ofClass.categoryUid) fault('category_uid', 'is of another class');
  if (event['class_name'] !== ofClass.caption) fault('class_name', `is not ${ofClass.caption}`);
  if (event['type_uid'] !== uid * 100 + Number(event['activity_id'])) {
    fault('type_uid', 'is not made of class and activity');
  }
  if (isObject(metadata) && metadata['version'] !== schema.version) {
    fault('metadata.version', `is not ${schema.version}`);
  }
  return faults;
};
