import { deletableStates } from '../../core/customer-index.ts';
import { personStatuses } from '../../core/personal.ts';
import type { RowFacts } from '../../exposure/people/row-reader.ts';

const tenantsMax = 65_535;

/** What every row says of its membership, in as few bytes as that takes: three for each. */
export class RowColumns {
  rows = 0;
  readonly tenants: string[] = [];
  /** Whether some rows name their person by number, and whether some do not. */
  hasNumbered = false;
  hasOthers = false;
  private tenant = new Uint16Array(1 << 16);
  private state = new Uint8Array(1 << 16);
  private readonly numbers = new Map<string, number>();

  /** @returns the row's number, from 0 */
  add({ tenant, status, deletable, isNumbered, isBlank }: RowFacts): number {
    const row = this.rows;
    if (row === this.tenant.length) this.grow();
    this.tenant[row] = this.numberOf(tenant);
    this.state[row] =
      personStatuses.indexOf(status) |
      (deletableStates.indexOf(deletable) << 2) |
      (isNumbered ? 0x10 : 0) |
      (isBlank ? 0x20 : 0);
    this.rows += 1;
    if (isNumbered) this.hasNumbered = true;
    else if (!isBlank) this.hasOthers = true;
    return row;
  }

  tenantOf(row: number): number {
    return this.tenant[row] ?? 0;
  }

  /** Place in `personStatuses`. */
  statusOf(row: number): number {
    return (this.state[row] ?? 0) & 3;
  }

  /** Place in `deletableStates`. */
  deletableOf(row: number): number {
    return ((this.state[row] ?? 0) >> 2) & 3;
  }

  numbered(): Uint8Array {
    return this.state.slice(0, this.rows).map(state => (state >> 4) & 1);
  }

  blank(): Uint8Array {
    return this.state.slice(0, this.rows).map(state => (state >> 5) & 1);
  }

  private numberOf(tenant: string): number {
    let number = this.numbers.get(tenant);
    if (number === undefined) {
      number = this.tenants.length;
      if (number > tenantsMax) {
        throw new RangeError(
          `more than ${tenantsMax} tenants; is the column that names them the right one?`,
        );
      }
      this.numbers.set(tenant, number);
      this.tenants.push(tenant);
    }
    return number;
  }

  private grow(): void {
    const tenant = new Uint16Array(2 * this.tenant.length);
    tenant.set(this.tenant);
    this.tenant = tenant;
    const state = new Uint8Array(2 * this.state.length);
    state.set(this.state);
    this.state = state;
  }
}
