import { type JsonObject, objectIn, objectsIn, textIn, textsIn, timeIn } from '../../json-value.ts';
import { type Gathered, gather } from './affected.ts';
import type { ProductTree } from './product-tree.ts';
import { isRelease, type StatedProduct } from './products.ts';

type Statuses = Readonly<Record<string, readonly string[]>>;

export const statusNames = [
  'known_affected',
  'first_affected',
  'last_affected',
  'known_not_affected',
  'fixed',
  'first_fixed',
  'recommended',
  'under_investigation',
] as const;

/** References to products in one document; the largest have some hundred thousand. */
export const productRefsMax = 400_000;

/** The product ids of each status. */
export const statusesOf = (vulnerability: JsonObject): Statuses => {
  const status = objectIn(vulnerability, 'product_status') ?? {};
  return Object.fromEntries(statusNames.map(name => [name, textsIn(status, name, productRefsMax)]));
};

/** The products that something is said for: named one by one, or by their group. */
const meant = (item: JsonObject, tree: ProductTree): readonly string[] => [
  ...textsIn(item, 'product_ids', productRefsMax),
  ...textsIn(item, 'group_ids', 10_000).flatMap(id => tree.groups.get(id) ?? []),
];

/** What a list says (`flags`, `threats`, `remediations`), by product id; `''`: of every one. */
export const saidOf = <T>(
  vulnerability: JsonObject,
  list: string,
  tree: ProductTree,
  say: (item: JsonObject) => T | undefined,
): ((id: string) => readonly T[]) => {
  const said = new Map<string, T[]>();
  let budget = productRefsMax;
  for (const item of objectsIn(vulnerability, list, 50_000)) {
    const value = say(item);
    if (value === undefined) continue;
    const ids = meant(item, tree);
    for (const id of ids.length === 0 ? [''] : ids) {
      budget -= 1;
      if (budget < 0) break;
      const values = said.get(id);
      if (values === undefined) said.set(id, [value]);
      else if (values.length < 20) values.push(value);
    }
  }
  const everywhere = said.get('') ?? [];
  return id => {
    const values = said.get(id);
    return values === undefined ? everywhere : [...values, ...everywhere];
  };
};

interface Remedy {
  readonly unmended?: string;
  readonly fixedOn?: string;
}

const remedyOf = (item: JsonObject): Remedy | undefined => {
  switch (textIn(item, 'category', 60) ?? '') {
    // None available is none yet.
    case 'no_fix_planned':
      return { unmended: 'no fix planned' };
    case 'vendor_fix': {
      const date = timeIn(item, 'date');
      return date === undefined ? undefined : { fixedOn: date };
    }
    default:
      return undefined;
  }
};

const keyOf = ({ key, release, stream, on, parts }: StatedProduct): string =>
  [
    key,
    release ?? '',
    stream ?? '',
    on ?? '',
    parts === undefined ? '' : JSON.stringify(parts),
  ].join('\n');

/** Everything that is said of each product, whatever the number of its ids. */
export const gatherProducts = (
  vulnerability: JsonObject,
  statuses: Statuses,
  tree: ProductTree,
  products: (id: string) => readonly StatedProduct[],
): readonly Gathered[] => {
  const all = new Map<string, Gathered>();
  const remedies = saidOf(vulnerability, 'remediations', tree, remedyOf);
  const put = (name: string, take: (into: Gathered, product: StatedProduct) => void): void => {
    for (const id of statuses[name] ?? []) {
      for (const product of products(id)) {
        const key = keyOf(product);
        const into = all.get(key) ?? gather(product);
        all.set(key, into);
        take(into, product);
        for (const { unmended, fixedOn } of remedies(id)) {
          if (unmended !== undefined && name.endsWith('affected')) into.unmended = unmended;
          if (fixedOn !== undefined && (into.fixedOn === undefined || fixedOn < into.fixedOn)) {
            into.fixedOn = fixedOn;
          }
        }
      }
    }
  };
  const version = (list: string[], product: StatedProduct): void => {
    if (product.version !== undefined && !list.includes(product.version) && list.length < 1_000) {
      list.push(product.version);
    }
  };
  put('known_affected', (into, product) => into.affected.push(product));
  put('first_affected', (into, product) => version(into.first, product));
  put('last_affected', (into, product) => version(into.last, product));
  put('known_not_affected', (into, product) => into.notAffected.push(product));
  put('fixed', (into, product) => into.fixed.push(product));
  put('first_fixed', (into, product) => into.fixed.push(product));
  put('recommended', (into, product) =>
    // SUSE names so the packages that mend it.
    isRelease(product) ? into.fixed.push(product) : version(into.recommended, product),
  );
  put('under_investigation', (into, product) => into.investigated.push(product));
  return [...all.values()];
};
