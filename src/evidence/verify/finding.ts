/** What does not hold. */
export interface Broken {
  /** Relative to the store. */
  readonly path: string;
  /** Where in the file, 0-based, as far as that can be told. */
  readonly byte?: number;
  /** Index of the leaf that it is about. */
  readonly leaf?: number;
  readonly why: string;
}

const brokenMax = 1_000;

/** Collects what is broken, in the order in which it was found; counts what is too much to tell. */
export class Findings {
  broken: Broken[] = [];
  count = 0;

  add(
    path: string,
    why: string,
    at: { readonly byte?: number; readonly leaf?: number } = {},
  ): void {
    this.count += 1;
    if (this.broken.length < brokenMax) this.broken.push({ path, ...at, why });
  }

  /** Puts what others found before what is here. */
  prepend({ broken, count }: Findings): void {
    this.broken = [...broken, ...this.broken].slice(0, brokenMax);
    this.count += count;
  }
}
