import type { LabelOf } from '../../../detect/alerts/anonymous.ts';
import type { Pseudonyms } from '../../../exposure/people/pseudonyms.ts';
import { openKey } from '../../people/key.ts';

const heldMax = 100_000;

/**
 * What alerts call somebody: `person-` and 48 bits of the pseudonym that the store's key makes of his login name, in
 * lower case. Whoever has the key, or the lines, can tell who it is; a copy of the alerts alone names nobody.
 */
export const labelsUnder = (key: Pseudonyms): LabelOf => {
  const held = new Map<string, string>();
  return name => {
    const known = held.get(name);
    if (known !== undefined) return known;
    const { high } = key.of('mailbox', name.trim().toLowerCase());
    const label = `person-${high.toString(16).padStart(12, '0')}`;
    if (held.size >= heldMax) held.clear();
    held.set(name, label);
    return label;
  };
};

/**
 * For whoever looks names up: under a key that was only made now nobody was ever called anything.
 *
 * @param given `givenKey`: where the key is, unless it lies beside the store. @throws UsageError where there is none
 */
export const openLabels = (store: string, given: string | undefined): LabelOf =>
  labelsUnder(openKey({ store, ...(given === undefined ? {} : { given }) }));
