/** Cells that the dense table of an automaton may have; larger ones look their edges up, which is slower. */
const cellsMax = 2_000_000;

/**
 * Finds which of many texts stand in another one, in one pass over it, however many they are. Source: A. V. Aho and
 * M. J. Corasick, Efficient string matching (1975).
 */
export class Literals {
  readonly #texts: readonly string[];
  /** 0: a code unit that is in none of the texts. */
  readonly #classes = new Map<number, number>();
  readonly #asciiClasses = new Int32Array(128);
  readonly #width: number;
  readonly #edges = new Map<number, number>();
  readonly #dense: Int32Array | undefined;
  readonly #fail: Int32Array;
  /** The text that ends at a state, or -1; the next state, by its failures, at which one ends, or 0. */
  readonly #ends: Int32Array;
  readonly #shorter: Int32Array;
  /** In which pass a state was told of, so that no text is told twice. */
  readonly #seen: Int32Array;
  #pass = 0;

  /** @param texts not empty, none of them twice */
  constructor(texts: readonly string[]) {
    this.#texts = texts;
    for (const text of texts) {
      for (let at = 0; at < text.length; at++) {
        const unit = text.charCodeAt(at);
        if (this.#classes.has(unit)) continue;
        this.#classes.set(unit, this.#classes.size + 1);
        if (unit < 128) this.#asciiClasses[unit] = this.#classes.size;
      }
    }
    this.#width = this.#classes.size + 1;
    const ends = this.#buildTree();
    this.#ends = Int32Array.from(ends);
    this.#fail = new Int32Array(ends.length);
    this.#shorter = new Int32Array(ends.length);
    this.#seen = new Int32Array(ends.length);
    this.#link();
    if (ends.length * this.#width <= cellsMax) this.#dense = this.#table(ends.length);
  }

  has(text: string): boolean {
    const table = this.#dense;
    if (table === undefined) return this.#hasSparse(text);
    let row = 0;
    for (let at = 0; at < text.length; at++) {
      row = table[row + this.#classOf(text.charCodeAt(at))] ?? 0;
      if (row < 0) return true;
    }
    return false;
  }

  /** Tells the index of each text that stands in it, each once. */
  each(text: string, tell: (index: number) => void): void {
    this.#pass++;
    const table = this.#dense;
    if (table === undefined) {
      this.#eachSparse(text, tell);
      return;
    }
    let row = 0;
    for (let at = 0; at < text.length; at++) {
      row = table[row + this.#classOf(text.charCodeAt(at))] ?? 0;
      if (row >= 0) continue;
      row = ~row;
      this.#tellFrom(row / this.#width, tell);
    }
  }

  #hasSparse(text: string): boolean {
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      state = this.#step(state, text.charCodeAt(at));
      if (this.#isEnd(state)) return true;
    }
    return false;
  }

  #eachSparse(text: string, tell: (index: number) => void): void {
    let state = 0;
    for (let at = 0; at < text.length; at++) {
      state = this.#step(state, text.charCodeAt(at));
      if (this.#isEnd(state)) this.#tellFrom(state, tell);
    }
  }

  #tellFrom(first: number, tell: (index: number) => void): void {
    for (let state = first; state !== 0; state = this.#shorter[state] ?? 0) {
      if (this.#seen[state] === this.#pass) return;
      this.#seen[state] = this.#pass;
      const index = this.#ends[state] ?? -1;
      if (index >= 0) tell(index);
    }
  }

  #isEnd(state: number): boolean {
    return (this.#ends[state] ?? -1) >= 0 || this.#shorter[state] !== 0;
  }

  #classOf(unit: number): number {
    return unit < 128 ? (this.#asciiClasses[unit] ?? 0) : (this.#classes.get(unit) ?? 0);
  }

  #step(state: number, unit: number): number {
    const letter = this.#classOf(unit);
    return letter === 0 ? 0 : this.#follow(state, letter);
  }

  /** Without a table: along the failures, until one of them has such an edge. */
  #follow(from: number, letter: number): number {
    for (let state = from; ; state = this.#fail[state] ?? 0) {
      const next = this.#edges.get(state * this.#width + letter);
      if (next !== undefined) return next;
      if (state === 0) return 0;
    }
  }

  #buildTree(): number[] {
    const ends = [-1];
    for (const [index, text] of this.#texts.entries()) {
      let state = 0;
      for (let at = 0; at < text.length; at++) {
        const edge = state * this.#width + (this.#classes.get(text.charCodeAt(at)) ?? 0);
        let next = this.#edges.get(edge);
        if (next === undefined) {
          next = ends.length;
          ends.push(-1);
          this.#edges.set(edge, next);
        }
        state = next;
      }
      ends[state] = index;
    }
    return ends;
  }

  /** By breadth: a state's failure is shorter than itself, and was linked before. */
  #link(): void {
    const out = this.#edgesByState();
    const queue = [0];
    for (let at = 0; at < queue.length; at++) {
      const state = queue[at] ?? 0;
      for (const [letter, next] of out[state] ?? []) {
        queue.push(next);
        const fail = state === 0 ? 0 : this.#follow(this.#fail[state] ?? 0, letter);
        this.#fail[next] = fail;
        this.#shorter[next] = (this.#ends[fail] ?? -1) >= 0 ? fail : (this.#shorter[fail] ?? 0);
      }
    }
  }

  #edgesByState(): readonly (readonly (readonly [letter: number, next: number])[] | undefined)[] {
    const out: [number, number][][] = [];
    for (const [edge, next] of this.#edges) {
      const state = Math.floor(edge / this.#width);
      (out[state] ??= []).push([edge % this.#width, next]);
    }
    return out;
  }

  /** By the row of a state and a class, the row of the next; its complement, where a text ends there. */
  #table(states: number): Int32Array {
    const table = new Int32Array(states * this.#width);
    for (let state = 0; state < states; state++) {
      for (let letter = 1; letter < this.#width; letter++) {
        const next = this.#follow(state, letter);
        const row = next * this.#width;
        table[state * this.#width + letter] = this.#isEnd(next) ? ~row : row;
      }
    }
    return table;
  }
}
