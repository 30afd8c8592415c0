import type { IdentifierKind, Pseudonym } from '../../core/personal.ts';
import { identifierText } from '../../exposure/people/normalise.ts';
import type { Pseudonyms } from '../../exposure/people/pseudonyms.ts';
import type { ScanSettings } from './protocol.ts';

/** Who writes to whom repeats itself: this many are remembered of each kind. */
const rememberedMax = 50_000;
/** Longer ones are seldom said twice. */
const rememberedCharsMax = 100;

/** Pseudonyms of identifiers as they stand in mail: brought into the one form that lists are brought into, too. */
export class NamedPeople {
  private readonly pseudonyms: Pseudonyms;
  private readonly settings: ScanSettings;
  private readonly known = new Map<IdentifierKind, Map<string, Pseudonym | undefined>>();

  constructor(pseudonyms: Pseudonyms, settings: ScanSettings) {
    this.pseudonyms = pseudonyms;
    this.settings = settings;
  }

  /** @param value of the pairs: the name, a line feed, the other. @returns nothing where it is none after all */
  of(kind: IdentifierKind, value: string): Pseudonym | undefined {
    let known = this.known.get(kind);
    if (known === undefined || known.size > rememberedMax) {
      known = new Map();
      this.known.set(kind, known);
    }
    const found = known.get(value);
    if (found !== undefined || known.has(value)) return found;
    const made = this.made(kind, value);
    if (value.length <= rememberedCharsMax) known.set(value, made);
    return made;
  }

  private made(kind: IdentifierKind, value: string): Pseudonym | undefined {
    const [first = '', second] = value.split('\n', 2);
    const text =
      second === undefined
        ? identifierText(kind, this.settings, first)
        : identifierText(kind, this.settings, first, second);
    return text === undefined ? undefined : this.pseudonyms.of(kind, text);
  }
}
