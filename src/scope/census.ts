import { type PersonStatus, personStatuses } from '../core/personal.ts';
import type { Bound, TenantCount, TypeCount } from './bounds.ts';
import { evidencedShift, personFlags, wordsOfPerson } from './buckets.ts';
import { bases, evidencedMask } from './extent.ts';

/** Rows of the customer list, sorted by person. */
export interface MembershipRows {
  readonly rows: number;
  readonly person: Uint32Array;
  readonly tenant: Uint16Array;
  /** Place in `personStatuses`. */
  readonly status: Uint8Array;
  /** Place in `deletableStates`. */
  readonly deletable: Uint8Array;
}

export interface CensusShape {
  readonly tenants: number;
  readonly types: number;
}

const statuses = personStatuses.length;
const wordBits = 32;
/** Counters of a bound before those of types: people, customers, probable, deletable, contracts, roles, statuses. */
const heads = 8 + statuses;
const tenantHeads = 3 + statuses;
const people = 0;
const customers = 1;
const probable = 2;
const deletable = 3;
const contracts = 4;
const firstRole = 5;
const firstStatus = 8;

/** Counts people, each once, out of a tally. What several threads count of different people can be added. */
export class Census {
  /** All counters, to be sent from thread to thread. */
  readonly counters: Float64Array;
  private readonly shape: CensusShape;
  private readonly boundSize: number;
  private readonly tenantSize: number;
  /** Tenants and statuses of the person in hand. */
  private readonly seen: Int32Array;

  constructor(shape: CensusShape, counters?: Float64Array) {
    this.shape = shape;
    this.tenantSize = tenantHeads + 3 * shape.types;
    this.boundSize = heads + 3 * shape.types + shape.tenants * this.tenantSize;
    this.counters = counters ?? new Float64Array(2 * this.boundSize + bases.length);
    this.seen = new Int32Array(shape.tenants).fill(-1);
  }

  add(others: Float64Array): void {
    for (let i = 0; i < others.length; i += 1) {
      this.counters[i] = (this.counters[i] ?? 0) + (others[i] ?? 0);
    }
  }

  /**
   * @param words of the persons from the first on. @param from first person. @param to behind the last.
   * @param memberships of customers among these persons, and perhaps of others too.
   */
  take(
    maskWords: 1 | 2,
    words: Int32Array,
    from: number,
    to: number,
    customersTo: number,
    memberships: MembershipRows,
  ): void {
    const stride = wordsOfPerson(maskWords);
    let row = 0;
    for (let person = from; person < to; ) {
      const at = (person - from) * stride;
      const bits = words[at] ?? 0;
      if (bits === 0) {
        person += 1;
        continue;
      }
      for (let rest = bits; rest !== 0; rest &= rest - 1) {
        const bit = 31 - Math.clz32(rest & -rest);
        this.counters[2 * this.boundSize + bit] =
          (this.counters[2 * this.boundSize + bit] ?? 0) + 1;
      }
      const isCustomer = person < customersTo;
      let end = row;
      if (isCustomer) {
        while (row < memberships.rows && (memberships.person[row] ?? 0) < person) row += 1;
        for (end = row; end < memberships.rows && memberships.person[end] === person; ) end += 1;
      }
      this.person(words, at, maskWords, false, isCustomer, memberships, row, end);
      if ((bits & evidencedMask) !== 0) {
        this.person(words, at, maskWords, true, isCustomer, memberships, row, end);
      }
      row = end;
      person += 1;
    }
  }

  private person(
    words: Int32Array,
    at: number,
    maskWords: 1 | 2,
    isEvidenced: boolean,
    isCustomer: boolean,
    memberships: MembershipRows,
    row: number,
    end: number,
  ): void {
    const { counters } = this;
    const base = isEvidenced ? this.boundSize : 0;
    const flags = (words[at + 1] ?? 0) >> (isEvidenced ? evidencedShift : 0);
    counters[base + people] = (counters[base + people] ?? 0) + 1;
    if ((flags & personFlags.sure) === 0) {
      counters[base + probable] = (counters[base + probable] ?? 0) + 1;
    }
    for (let role = 0; role < 3; role += 1) {
      if (((flags >> role) & 1) === 0) continue;
      counters[base + firstRole + role] = (counters[base + firstRole + role] ?? 0) + 1;
    }
    const masks = at + 2 + (isEvidenced ? 3 * maskWords : 0);
    this.types(words, masks, maskWords, base + heads);
    if (!isCustomer) return;
    counters[base + customers] = (counters[base + customers] ?? 0) + 1;
    counters[base + contracts] = (counters[base + contracts] ?? 0) + (end - row);
    this.memberships(words, masks, maskWords, base, memberships, row, end);
  }

  private types(words: Int32Array, masks: number, maskWords: 1 | 2, to: number): void {
    const { counters } = this;
    const { types } = this.shape;
    for (let word = 0; word < maskWords; word += 1) {
      for (let i = 0; i < 3; i += 1) {
        let rest = words[masks + 3 * word + i] ?? 0;
        const first = to + i * types + word * wordBits;
        while (rest !== 0) {
          const counter = first + (31 - Math.clz32(rest & -rest));
          counters[counter] = (counters[counter] ?? 0) + 1;
          rest &= rest - 1;
        }
      }
    }
  }

  private memberships(
    words: Int32Array,
    masks: number,
    maskWords: 1 | 2,
    base: number,
    { tenant, status, deletable: deletables }: MembershipRows,
    row: number,
    end: number,
  ): void {
    const { counters, seen, shape } = this;
    const tenantsAt = base + heads + 3 * shape.types;
    let best = statuses - 1;
    let couldBe = false;
    let couldNot = false;
    for (let i = row; i < end; i += 1) {
      const each = status[i] ?? 0;
      if (each < best) best = each;
      if (deletables[i] === 1) couldBe = true;
      else if (deletables[i] === 0) couldNot = true;
      const number = tenant[i] ?? 0;
      if (number >= shape.tenants) continue;
      const at = tenantsAt + number * this.tenantSize;
      counters[at + 2] = (counters[at + 2] ?? 0) + 1;
      const known = seen[number] ?? -1;
      seen[number] = known < 0 ? each : Math.min(known, each);
      if (known >= 0) continue;
      counters[at] = (counters[at] ?? 0) + 1;
      this.types(words, masks, maskWords, at + tenantHeads);
    }
    const isDeletable = best === statuses - 1 && couldBe && !couldNot;
    for (let i = row; i < end; i += 1) {
      const number = tenant[i] ?? 0;
      const known = seen[number] ?? -1;
      if (known < 0) continue;
      const at = tenantsAt + number * this.tenantSize;
      counters[at + 3 + known] = (counters[at + 3 + known] ?? 0) + 1;
      if (isDeletable) counters[at + 1] = (counters[at + 1] ?? 0) + 1;
      seen[number] = -1;
    }
    if (row === end) return;
    counters[base + firstStatus + best] = (counters[base + firstStatus + best] ?? 0) + 1;
    if (isDeletable) counters[base + deletable] = (counters[base + deletable] ?? 0) + 1;
  }

  /** People by rule, in the order of rules. */
  get byBasis(): readonly number[] {
    return [...this.counters.subarray(2 * this.boundSize)];
  }

  bound(
    which: 'evidenced' | 'withinReach',
    names: { readonly types: readonly string[]; readonly tenants: readonly string[] },
    counted: { readonly messages: number; readonly mailboxes: number },
  ): Bound {
    const base = which === 'evidenced' ? this.boundSize : 0;
    const at = (counter: number): number => this.counters[base + counter] ?? 0;
    const tenants = this.tenants(base, names);
    return {
      people: at(people),
      customers: at(customers),
      others: at(people) - at(customers),
      probable: at(probable),
      byStatus: this.statuses(base + firstStatus),
      deletable: at(deletable),
      byRole: {
        owner: at(firstRole),
        correspondent: at(firstRole + 1),
        mentioned: at(firstRole + 2),
      },
      byType: this.typeCounts(base + heads, names.types),
      byTenant: tenants,
      ...counted,
      contracts: at(contracts),
      tenants: tenants.length,
    };
  }

  private statuses(at: number): Readonly<Record<PersonStatus, number>> {
    const [active = 0, dormant = 0, former = 0] = this.counters.subarray(at, at + statuses);
    return { active, dormant, former };
  }

  private typeCounts(at: number, types: readonly string[]): readonly TypeCount[] {
    const all = this.shape.types;
    return types.flatMap((type, i) => {
      const [own = 0, shared = 0, weak = 0] = [0, 1, 2].map(
        each => this.counters[at + each * all + i],
      );
      return weak === 0 ? [] : [{ type, own, shared, weak }];
    });
  }

  private tenants(
    base: number,
    names: { readonly types: readonly string[]; readonly tenants: readonly string[] },
  ): readonly TenantCount[] {
    const first = base + heads + 3 * this.shape.types;
    return names.tenants
      .flatMap((tenant, i): TenantCount[] => {
        const at = first + i * this.tenantSize;
        const found = this.counters[at] ?? 0;
        if (found === 0) return [];
        return [
          {
            tenant,
            people: found,
            byStatus: this.statuses(at + 3),
            deletable: this.counters[at + 1] ?? 0,
            contracts: this.counters[at + 2] ?? 0,
            types: this.typeCounts(at + tenantHeads, names.types),
          },
        ];
      })
      .toSorted((a, b) => b.people - a.people || (a.tenant < b.tenant ? -1 : 1));
  }
}
