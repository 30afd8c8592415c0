import { type PersonStatus, personStatuses } from '../../core/personal.ts';
import { openCustomers } from '../people/customer-files.ts';
import type { Linked } from './linked.ts';
import { basesIn, isProbable, type PersonInBound } from './people-sets.ts';
import { keysOfPeople } from './person-keys.ts';

/** One person of a list, in words; good until the next one is told. */
export interface ListedPerson {
  /** Number in the linked tables; customers come first, in the order of their first rows. */
  person: number;
  /** Two numbers of 32 bits: the person's smallest pseudonym, cut to 64; 0 and 0 where he has none. */
  keyHigh: number;
  keyLow: number;
  bound: 'evidenced' | 'within-reach';
  certainty: 'certain' | 'probable';
  /** What he is to any tenant, the liveliest; of somebody in no list, `none`. */
  status: PersonStatus | 'none';
  /** Names of tenants, cut by `;`. */
  tenants: string;
  /** Rules that brought him in, cut by `;`. */
  basis: string;
  /** Types of data, cut by `;`: his own; his or another's in a message that names him; guessed. */
  own: string;
  shared: string;
  weak: string;
}

export const listedColumns = [
  'bound',
  'certainty',
  'status',
  'tenants',
  'basis',
  'own',
  'shared',
  'weak',
] as const;

/** First row of each customer, and what he is to whom. */
class Memberships {
  /** 1-based row by person; 0 where there is none. */
  readonly firstRow: Uint32Array;
  private readonly starts: Uint32Array;
  private readonly tenant: Uint16Array;
  private readonly status: Uint8Array;
  private readonly names: readonly string[];
  private readonly sets = new Map<string, string>();

  constructor(store: string, { about }: Linked) {
    const customers = about.customers === null ? undefined : openCustomers(store);
    const persons = about.customers?.persons ?? 0;
    this.names = about.customers?.tenants ?? [];
    this.firstRow = new Uint32Array(persons);
    this.starts = new Uint32Array(persons + 1);
    const rows = customers?.memberships();
    this.tenant = rows?.tenant ?? new Uint16Array(0);
    this.status = rows?.status ?? new Uint8Array(0);
    const of = rows?.person ?? new Uint32Array(0);
    for (let i = 0; i < of.length; i += 1) this.starts[(of[i] ?? 0) + 1] = i + 1;
    // Somebody without a row would begin before the one ahead of him.
    for (let person = 1; person <= persons; person += 1) {
      if ((this.starts[person] ?? 0) === 0) this.starts[person] = this.starts[person - 1] ?? 0;
    }
    for (let person = 0; person < persons; person += 1) {
      this.firstRow[person] = rows?.row[this.starts[person] ?? 0] ?? 0;
    }
  }

  get persons(): number {
    return this.firstRow.length;
  }

  statusOf(person: number): PersonStatus | 'none' {
    let best: number = personStatuses.length;
    for (let i = this.starts[person] ?? 0; i < (this.starts[person + 1] ?? 0); i += 1) {
      best = Math.min(best, this.status[i] ?? best);
    }
    return (personStatuses as readonly PersonStatus[])[best] ?? 'none';
  }

  tenantsOf(person: number): string {
    const [from, to] = [this.starts[person] ?? 0, this.starts[person + 1] ?? 0];
    if (to - from === 1) return this.names[this.tenant[from] ?? 0] ?? '';
    const key = this.tenant.subarray(from, to).join();
    let text = this.sets.get(key);
    if (text === undefined) {
      text = [...new Set(this.tenant.subarray(from, to))].map(n => this.names[n] ?? '').join(';');
      if (this.sets.size < 100_000) this.sets.set(key, text);
    }
    return text;
  }
}

/** Says in words who is in a bound. */
export class PeopleTeller {
  private readonly types: readonly string[];
  private readonly members: Memberships;
  private readonly keys: Uint32Array;
  private readonly basisTexts = new Map<number, string>();
  private readonly typeTexts = new Map<number, string>();
  private readonly inHand: ListedPerson = {
    person: 0,
    keyHigh: 0,
    keyLow: 0,
    bound: 'evidenced',
    certainty: 'certain',
    status: 'none',
    tenants: '',
    basis: '',
    own: '',
    shared: '',
    weak: '',
  };

  /** @param types bits of masks, as the engine numbers them. */
  constructor(store: string, linked: Linked, types: readonly string[]) {
    this.types = types;
    this.members = new Memberships(store, linked);
    this.keys = keysOfPeople(store, linked);
  }

  get customers(): number {
    return this.members.persons;
  }

  /** 1-based row of the customer list; 0 for who is in none. */
  rowOf(person: number): number {
    return this.members.firstRow[person] ?? 0;
  }

  /** @param isEvidenced whether it is told of what is evidenced, or of all that is within reach. */
  tell(each: PersonInBound, isEvidenced: boolean): ListedPerson {
    const { inHand } = this;
    const { person, bits } = each;
    inHand.person = person;
    inHand.keyHigh = this.keys[2 * person] ?? 0;
    inHand.keyLow = this.keys[2 * person + 1] ?? 0;
    inHand.bound = each.isEvidenced ? 'evidenced' : 'within-reach';
    inHand.certainty = isProbable(isEvidenced ? each.evidencedFlags : each.flags)
      ? 'probable'
      : 'certain';
    const isCustomer = person < this.members.persons;
    inHand.status = isCustomer ? this.members.statusOf(person) : 'none';
    inHand.tenants = isCustomer ? this.members.tenantsOf(person) : '';
    inHand.basis = this.basisText(bits);
    inHand.own = this.typeText(isEvidenced ? each.evidencedOwn : each.own);
    inHand.shared = this.typeText(isEvidenced ? each.evidencedShared : each.shared);
    inHand.weak = this.typeText(isEvidenced ? each.evidencedWeak : each.weak);
    return inHand;
  }

  private basisText(bits: number): string {
    let text = this.basisTexts.get(bits);
    if (text === undefined) {
      text = basesIn(bits).join(';');
      this.basisTexts.set(bits, text);
    }
    return text;
  }

  private typeText([low, high]: readonly [number, number]): string {
    const mask = high * 2 ** 32 + low;
    let text = this.typeTexts.get(mask);
    if (text === undefined) {
      text = this.types
        .filter((_, bit) => (bit < 32 ? (low >>> bit) & 1 : (high >>> (bit - 32)) & 1) === 1)
        .join(';');
      if (this.typeTexts.size < 100_000) this.typeTexts.set(mask, text);
    }
    return text;
  }
}
