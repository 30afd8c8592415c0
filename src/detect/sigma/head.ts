import { entry, oneOf, optionalMap, optionalText, texts } from './entries.ts';
import { Mistake } from './mistake.ts';
import type { LogSource, RuleHead, RuleLevel, RulePlace, RuleStatus } from './nodes.ts';
import type { MapTree } from './yaml-tree.ts';

export const levels: readonly RuleLevel[] = ['informational', 'low', 'medium', 'high', 'critical'];
const statuses: readonly RuleStatus[] = [
  'stable',
  'test',
  'experimental',
  'deprecated',
  'unsupported',
];

const titleMax = 256;

/** All that rules, correlations and filters say of themselves; of a level that is not written, undefined. */
export type Head = Omit<RuleHead, 'level'> & { readonly level: RuleLevel | undefined };

export const readHead = (map: MapTree, place: RulePlace): Head => {
  const name = optionalText(map, 'name');
  const title = optionalText(map, 'title') ?? name;
  if (title === undefined || title.trim() === '')
    throw new Mistake('the rule has no title', map.at);
  if (title.length > titleMax) {
    throw new Mistake(
      `the title is longer than ${titleMax} characters`,
      map.entries.get('title')?.value.at ?? map.at,
    );
  }
  const id = optionalText(map, 'id')?.trim().toLowerCase();
  const description = optionalText(map, 'description');
  const status = oneOf(map, 'status', statuses);
  const author = texts(map, 'author').join(', ');
  const date = optionalText(map, 'date');
  const modified = optionalText(map, 'modified');
  return {
    id: id === undefined || id === '' ? madeId(place, title) : id,
    ...(name !== undefined && name !== '' && { name }),
    title,
    ...(description !== undefined && { description }),
    ...(status !== undefined && { status }),
    level: oneOf(map, 'level', levels),
    tags: Object.freeze(texts(map, 'tags')),
    falsePositives: Object.freeze(texts(map, 'falsepositives')),
    references: Object.freeze(texts(map, 'references')),
    ...(author !== '' && { author }),
    ...(date !== undefined && { date }),
    ...(modified !== undefined && { modified }),
    place,
  };
};

/** The same for the same file and title, whatever else changes in it. */
const madeId = (place: RulePlace, title: string): string => {
  const file = place.path.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/i, '');
  const slug = title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
  return `${file.toLowerCase()}/${slug}`;
};

/** Category, product and service in lower case, as the specification has them; undefined where there is no logsource. */
export const readLogSource = (map: MapTree): LogSource | undefined => {
  const source = optionalMap(map, 'logsource');
  if (source === undefined) return undefined;
  const category = optionalText(source, 'category')?.toLowerCase();
  const product = optionalText(source, 'product')?.toLowerCase();
  const service = optionalText(source, 'service')?.toLowerCase();
  if (category === undefined && product === undefined && service === undefined) {
    throw new Mistake('the logsource names no category, product or service', source.at);
  }
  const said = entry(source, 'definition');
  const definition = said?.is === 'scalar' ? said.source : undefined;
  return Object.freeze({
    ...(category !== undefined && { category }),
    ...(product !== undefined && { product }),
    ...(service !== undefined && { service }),
    ...(definition !== undefined && { definition }),
  });
};

/** Whether whatever is of the one source is of the other: what that one does not name may be anything. */
export const isWithin = (source: LogSource, wider: LogSource): boolean =>
  (wider.category === undefined || wider.category === source.category) &&
  (wider.product === undefined || wider.product === source.product) &&
  (wider.service === undefined || wider.service === source.service);
