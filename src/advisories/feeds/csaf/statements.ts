import type { VexProduct, VexStatement, VexStatus } from '../../../core/advisory.ts';
import { type JsonObject, sentenceIn, textIn } from '../../json-value.ts';
import { vexPart } from '../../named-product.ts';
import type { ProductTree } from './product-tree.ts';
import { isRelease, type StatedProduct } from './products.ts';
import { saidOf } from './status.ts';

const wordOf: Readonly<Record<string, VexStatus>> = {
  known_affected: 'affected',
  first_affected: 'affected',
  last_affected: 'affected',
  known_not_affected: 'not-affected',
  fixed: 'fixed',
  first_fixed: 'fixed',
  recommended: 'fixed',
  under_investigation: 'under-investigation',
};

/** A distribution's fixed package, and every later one of that release. */
const fromOn = (product: StatedProduct): Pick<VexProduct, 'range'> | undefined =>
  isRelease(product) && product.version !== undefined
    ? {
        range: {
          scheme: product.scheme,
          spans: [{ from: product.version, standing: 'affected' }],
          rest: 'not-affected',
        },
      }
    : undefined;

const vexProduct = (product: StatedProduct, status: VexStatus): VexProduct => {
  const which =
    (status === 'fixed' ? fromOn(product) : undefined) ??
    (product.range === undefined
      ? product.version === undefined
        ? {}
        : { version: product.version }
      : { range: product.range });
  const { version: _version, range: _range, ...bare } = product;
  return {
    ...vexPart(bare),
    product: product.label,
    ...which,
    ...(product.byCpe === true ? { byCpe: true } : {}),
    ...(product.parts === undefined ? {} : { parts: product.parts.slice(0, 200) }),
  };
};

/** Who speaks, where and when. */
export interface Speaker {
  readonly document: string;
  readonly author: string;
  readonly on: string | undefined;
  /** Why its word clears nothing: it neither makes nor runs the product. */
  readonly outsider?: string;
}

/** What a document says of one flaw, a statement for each status and reason. */
export const statementsOf = (
  speaker: Speaker,
  flaws: readonly string[],
  vulnerability: JsonObject,
  statuses: Readonly<Record<string, readonly string[]>>,
  tree: ProductTree,
  products: (id: string) => readonly StatedProduct[],
): readonly VexStatement[] => {
  const flags = saidOf(vulnerability, 'flags', tree, item => textIn(item, 'label', 100));
  const impacts = saidOf(vulnerability, 'threats', tree, item =>
    textIn(item, 'category', 60) === 'impact' ? sentenceIn(item, 'details') : undefined,
  );
  const grouped = new Map<string, VexStatement & { readonly products: VexProduct[] }>();
  for (const [name, word] of Object.entries(wordOf)) {
    for (const id of statuses[name] ?? []) {
      const suppresses = word === 'not-affected';
      const justification = suppresses ? flags(id)[0] : undefined;
      const words = suppresses ? impacts(id)[0] : undefined;
      for (const product of products(id)) {
        // SUSE names so the packages that mend it; elsewhere what is recommended need not.
        if (name === 'recommended' && !isRelease(product)) continue;
        // Which versions are meant is not known, or only on some platform: no ground to stay silent.
        const unsure = speaker.outsider ?? product.unread ?? product.on;
        const status =
          unsure !== undefined && (word === 'not-affected' || word === 'fixed') ? 'unknown' : word;
        const key = [status, justification ?? '', words ?? ''].join('\n');
        let statement = grouped.get(key);
        if (statement === undefined) {
          statement = {
            feed: 'csaf',
            document: speaker.document,
            author: speaker.author,
            ...(speaker.on === undefined ? {} : { on: speaker.on }),
            flaws,
            products: [],
            status,
            ...(justification === undefined ? {} : { justification }),
            ...(words === undefined ? {} : { words }),
          };
          grouped.set(key, statement);
        }
        statement.products.push(vexProduct(product, status));
      }
    }
  }
  return [...grouped.values()];
};
