import { entry, oneOf, optionalMap, optionalText, texts } from './entries.ts';
import { Mistake } from './mistake.ts';
import type { LogSource, RuleHead, RuleLevel, RulePlace, RuleStatus } from './nodes.ts';
import { checkRemarks, type Tell } from './remarks.ts';
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

/**
 * Whatever is wrong in it changes nothing in what the rule finds: it is told, and left out.
 *
 * @param tell is given each mistake
 */
export const readHead = (map: MapTree, place: RulePlace, tell: Tell): Head => {
  const orTold = <T>(read: () => T, instead: T): T => {
    try {
      return read();
    } catch (thrown) {
      if (!(thrown instanceof Mistake)) throw thrown;
      tell(thrown);
      return instead;
    }
  };
  const text = (key: string): string | undefined => orTold(() => optionalText(map, key), undefined);
  const list = (key: string): readonly string[] =>
    orTold(() => Object.freeze(texts(map, key)), Object.freeze([]));

  const name = text('name');
  const id = text('id')?.trim().toLowerCase();
  const title = titleOf(map, { name, title: text('title'), id }, place, tell);
  const description = text('description');
  const status = orTold(() => oneOf(map, 'status', statuses), undefined);
  const author = list('author').join(', ');
  const date = text('date');
  const modified = text('modified');
  checkRemarks(map, tell);
  return {
    id: id === undefined || id === '' ? madeId(place, title) : id,
    ...(name !== undefined && name !== '' && { name }),
    title,
    ...(description !== undefined && { description }),
    ...(status !== undefined && { status }),
    level: orTold(() => oneOf(map, 'level', levels), undefined),
    tags: list('tags'),
    falsePositives: list('falsepositives'),
    references: list('references'),
    ...(author !== '' && { author }),
    ...(date !== undefined && { date }),
    ...(modified !== undefined && { modified }),
    place,
  };
};

/** Without a title a rule is called by its name, its id or its file. */
const titleOf = (
  map: MapTree,
  { name, title, id }: Readonly<Record<'name' | 'title' | 'id', string | undefined>>,
  place: RulePlace,
  tell: Tell,
): string => {
  const written = title ?? name;
  if (written === undefined || written.trim() === '') {
    tell(new Mistake('the rule has no title', map.at));
    return [name, id].find(each => each !== undefined && each.trim() !== '') ?? fileOf(place);
  }
  if (written.length <= titleMax) return written;
  tell(
    new Mistake(
      `the title is longer than ${titleMax} characters`,
      map.entries.get('title')?.value.at ?? map.at,
    ),
  );
  return written.slice(0, titleMax);
};

const fileOf = ({ path }: RulePlace): string =>
  path.replace(/^.*[\\/]/, '').replace(/\.ya?ml$/i, '');

/** The same for the same file and title, whatever else changes in it. */
const madeId = (place: RulePlace, title: string): string => {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');
  return `${fileOf(place).toLowerCase()}/${slug}`;
};

/** Category, product and service in lower case, as the specification has them. @throws Mistake where there are none */
export const readLogSource = (map: MapTree): LogSource => {
  const source = optionalMap(map, 'logsource');
  if (source === undefined) throw new Mistake('the rule has no logsource', map.at);
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
