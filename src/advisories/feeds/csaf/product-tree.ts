import {
  isObject,
  type JsonObject,
  objectIn,
  objectsIn,
  textIn,
  textsIn,
} from '../../json-value.ts';

/** A product of the tree, with what its branches say of it. */
export interface CsafProduct {
  readonly name: string;
  readonly vendor?: string;
  readonly product?: string;
  readonly version?: string;
  /** Of `product_version_range`: a `vers:` specifier or free words. */
  readonly range?: string;
  readonly purls: readonly string[];
  readonly cpes: readonly string[];
}

/** A product that is part of another or installed on it. */
interface CsafRelation {
  readonly name: string;
  readonly category: string;
  readonly component: string;
  readonly platform: string;
}

export interface ProductTree {
  readonly products: ReadonlyMap<string, CsafProduct>;
  readonly relations: ReadonlyMap<string, CsafRelation>;
  /** Product ids of each group. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
}

/** CSAF 2.1 allows 30. */
const depthMax = 40;
/** More nodes than the largest published documents have. */
const nodesMax = 300_000;
const idLengthMax = 1_000;

/** What stands above a product in the tree. */
interface Above {
  readonly vendor?: string;
  readonly family?: string;
  readonly product?: string;
  readonly version?: string;
  readonly range?: string;
}

const below = (above: Above, category: string, name: string): Above => {
  switch (category) {
    case 'vendor':
      return { ...above, vendor: name };
    case 'product_family':
      // Some vendors name their products so and nothing below.
      return { ...above, family: name };
    case 'product_name':
      return { ...above, product: name };
    case 'product_version':
      return { ...above, version: name };
    case 'product_version_range':
      return { ...above, range: name };
    case 'patch_level':
    case 'service_pack':
      // A level is of a version: 8.8.15 and P46 are 8.8.15 P46. But some write the whole version here.
      return {
        ...above,
        version:
          above.version === undefined || /^\d+\.\d/.test(name) ? name : `${above.version} ${name}`,
      };
    default:
      return above;
  }
};

const namesOf = (product: JsonObject): Pick<CsafProduct, 'purls' | 'cpes'> => {
  const helper = objectIn(product, 'product_identification_helper') ?? {};
  const one = (text: string | undefined): readonly string[] => (text === undefined ? [] : [text]);
  return {
    // CSAF 2.0 has one, 2.1 a list.
    purls: [...one(textIn(helper, 'purl')), ...textsIn(helper, 'purls', 20)],
    cpes: one(textIn(helper, 'cpe')),
  };
};

const take = (found: Map<string, CsafProduct>, product: JsonObject, above: Above): void => {
  const id = textIn(product, 'product_id', idLengthMax);
  if (id === undefined) return;
  const { family, ...rest } = above;
  const taken: CsafProduct = {
    name: textIn(product, 'name') ?? id,
    ...(family === undefined ? {} : { product: family }),
    ...rest,
    ...namesOf(product),
  };
  const before = found.get(id);
  const same = before === undefined || JSON.stringify(before) === JSON.stringify(taken);
  // An id that two products bear is neither's: nothing that is said of it is heard.
  found.set(id, same ? taken : { name: `(named twice) ${taken.name}`, purls: [], cpes: [] });
};

/** Undefined: larger or deeper than any that is meant well. */
export const readProductTree = (tree: JsonObject): ProductTree | undefined => {
  const products = new Map<string, CsafProduct>();
  let nodes = 0;
  const walk = (holder: JsonObject, above: Above, depth: number): boolean => {
    const branches = holder['branches'];
    if (!Array.isArray(branches)) return true;
    if (depth >= depthMax) return false;
    for (const branch of branches as readonly unknown[]) {
      nodes += 1;
      if (nodes > nodesMax) return false;
      if (!isObject(branch)) continue;
      const name = textIn(branch, 'name') ?? '';
      const here = below(above, textIn(branch, 'category', 60) ?? '', name);
      const product = objectIn(branch, 'product');
      if (product !== undefined) take(products, product, here);
      if (!walk(branch, here, depth + 1)) return false;
    }
    return true;
  };
  if (!walk(tree, {}, 0)) return undefined;
  for (const product of objectsIn(tree, 'full_product_names', nodesMax)) {
    take(products, product, {});
  }
  const relations = new Map<string, CsafRelation>();
  for (const relation of objectsIn(tree, 'relationships', nodesMax)) {
    const whole = objectIn(relation, 'full_product_name');
    const id = whole === undefined ? undefined : textIn(whole, 'product_id', idLengthMax);
    const component = textIn(relation, 'product_reference', idLengthMax);
    const platform = textIn(relation, 'relates_to_product_reference', idLengthMax);
    if (whole === undefined || id === undefined) continue;
    if (component === undefined || platform === undefined) continue;
    const category = textIn(relation, 'category', 60) ?? '';
    relations.set(id, { name: textIn(whole, 'name') ?? id, category, component, platform });
    // Some name the whole by a package URL of its own.
    if (namesOf(whole).purls.length > 0) take(products, whole, {});
  }
  const groups = new Map<string, readonly string[]>();
  for (const group of objectsIn(tree, 'product_groups', 20_000)) {
    const id = textIn(group, 'group_id', idLengthMax);
    if (id !== undefined) groups.set(id, textsIn(group, 'product_ids', nodesMax));
  }
  return { products, relations, groups };
};
