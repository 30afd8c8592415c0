import { canonicalJson, type Value } from './verify/canonical.ts';
import { type Leaf, readLeaf } from './verify/leaf.ts';

/** The bytes of a record. Throws for one that no reader would take: that is our mistake, never a user's. */
export const writeLeaf = (leaf: Leaf): Buffer => {
  const bytes = Buffer.from(canonicalJson(leaf as unknown as Value));
  const read = readLeaf(bytes);
  if (!read.ok) throw new RangeError(`a ${leaf.kind} record: ${read.why}`);
  return bytes;
};
