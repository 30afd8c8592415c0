import { ocsfNames } from './ocsf-names.ts';

/** Where a field of an event lies. */
export type Place =
  /** A member of `AccessEvent`, outermost first; of lists any element. */
  | { readonly is: 'member'; readonly path: readonly string[] }
  /** What stands before or behind the first `?` of the member `request.path`. */
  | { readonly is: 'uri'; readonly part: 'stem' | 'query' }
  /** The line read as JSON, and the path in it. */
  | { readonly is: 'record'; readonly path: string }
  /** Of the line rather than of what was understood of it. */
  | {
      readonly is: 'line';
      readonly part: 'format' | 'log' | 'source' | 'unparsed' | 'text' | 'time';
    }
  /** That of the first of these that is there. */
  | { readonly is: 'first'; readonly of: readonly Place[] };

const ends = ['ip', 'port', 'host'];
const people = ['name', 'uid'];

/** Members that have members, and those of them that are values. */
const inner: Readonly<Record<string, readonly string[]>> = {
  user: people,
  actor: people,
  app: people,
  from: ends,
  through: ends,
  to: ends,
  messages: ['messageId', 'queueId', 'uid', 'folder', 'part', 'sizeBytes', 'subject', 'from', 'to'],
  request: ['method', 'path', 'status', 'userAgent', 'referrer'],
};

const plain = new Set([
  'kind',
  'outcome',
  'component',
  'service',
  'host',
  'pid',
  'session',
  'authMethod',
  'tls',
  'folder',
  'count',
  'bytes',
  'direction',
  'detail',
  'eventUid',
  'flags',
]);

const ofLine: Readonly<Record<string, Extract<Place, { is: 'line' }>['part']>> = {
  format: 'format',
  log: 'log',
  source: 'source',
  unparsed: 'unparsed',
  line: 'text',
  time: 'time',
};

/** Where a field of this name lies: a name of our own, a path of OCSF, or `record.X`; undefined: in no event. */
export const placeOf = (field: string): Place | undefined =>
  ownPlace(field) ??
  (Object.hasOwn(ocsfNames, field) ? firstOf(ocsfNames[field] ?? []) : undefined);

const ownPlace = (field: string): Place | undefined => {
  if (plain.has(field)) return { is: 'member', path: [field] };
  if (Object.hasOwn(ofLine, field)) return { is: 'line', part: ofLine[field] ?? 'text' };
  const dot = field.indexOf('.');
  // A person, program or host by itself is its name.
  if (dot < 0) return Object.hasOwn(bare, field) ? bare[field] : undefined;
  const [outer, rest] = [field.slice(0, dot), field.slice(dot + 1)];
  if (outer === 'record') return { is: 'record', path: rest };
  // The log's own names, which may have dots.
  if (outer === 'change') return { is: 'member', path: [outer, rest] };
  if (field === 'request.stem' || field === 'request.query') {
    return { is: 'uri', part: field === 'request.stem' ? 'stem' : 'query' };
  }
  return Object.hasOwn(inner, outer) && inner[outer]?.includes(rest) === true
    ? { is: 'member', path: [outer, rest] }
    : undefined;
};

const bare: Readonly<Record<string, Place>> = {
  user: { is: 'member', path: ['user', 'name'] },
  actor: { is: 'member', path: ['actor', 'name'] },
  app: { is: 'member', path: ['app', 'name'] },
};

const firstOf = (names: readonly string[]): Place | undefined => {
  const places = names.map(ownPlace).filter(place => place !== undefined);
  return places.length === 1 ? places[0] : { is: 'first', of: places };
};
