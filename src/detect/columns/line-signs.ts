/**
 * Which of some texts stand in a line, found in one pass over its bytes before anybody reads it: what a rule needs and
 * the line does not have decides most lines. Texts are folded, and of such letters as are written in one way only,
 * whether a line is words or JSON (`signOf`).
 */

/** Where one of these is, letters may be hidden, and whatever is asked for counts as there. */
const veils: readonly (readonly number[])[] = [
  // In JSON: `\u0061`, `\/`.
  [0x5c, 0x75],
  [0x5c, 0x2f],
  // `İ` and the Kelvin sign, which fold to letters of ASCII; `ſ`, which RE2 takes for one of them.
  [0xc4, 0xb0],
  [0xe2, 0x84, 0xaa],
  [0xc5, 0xbf],
];

const veilMarks = /\\[u/]|[\u0130\u017f\u212a]/;

const lengthMin = 3;
/** Letters that any text in JSON is written with as they are, but for what `veils` has. */
const plainRuns = /[ !#-[\]-~]+/g;
/** Letters of which there may be some outside of texts: of numbers, `true`, `null`, and what stands between them. */
const outsideOfTexts = /^[\d .+\-[\]{},:aefilnrstuy]*$/;
const betweenTexts = /[ [\]{},:]/;
/** How a number or nothing is written by whoever makes a text of it may differ from how the line has it. */
const ofNumbers = ['infinity', 'nan', 'null'];

/** Whether it can stand within a text alone, where it is as it is in the line. */
const isTelling = (run: string): boolean => {
  if (run.length < lengthMin) return false;
  if (!outsideOfTexts.test(run)) return true;
  return (
    !betweenTexts.test(run) && /[a-df-z]/.test(run) && !ofNumbers.some(word => word.includes(run))
  );
};

/** The longest part of a folded text that stands in a line wherever the text does; undefined: none of use. */
export const signOf = (folded: string): string | undefined => {
  let best: string | undefined;
  for (const [run] of folded.matchAll(plainRuns)) {
    if (isTelling(run) && run.length > (best?.length ?? 0)) best = run;
  }
  return best;
};

/** Texts by their numbers, from 1 on; 0 stands for what hides letters. */
export class SignBook {
  private readonly numbers = new Map<string, number>();

  get texts(): readonly string[] {
    return [...this.numbers.keys()];
  }

  number(sign: string): number {
    const known = this.numbers.get(sign) ?? this.numbers.size + 1;
    this.numbers.set(sign, known);
    return known;
  }
}

/** A state: where each byte leads, and the numbers of the texts that end in it. */
interface Node {
  readonly next: Map<number, Node>;
  readonly ends: number[];
  at: number;
  fail: Node | undefined;
}

const newNode = (): Node => ({ next: new Map(), ends: [], at: 0, fail: undefined });

const bytesMax = 256;
const lowered = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

/** Looks for some texts of a book at once. Source: A. V. Aho and M. J. Corasick, Efficient string matching (1975). */
export class SignScan {
  /** By byte; 0: in none of the texts. */
  private readonly classes = new Uint8Array(bytesMax);
  private readonly width: number;
  /** By the row of a state and a class, the row of the next; its complement, where texts end. */
  private readonly table: Int32Array;
  /** By state. */
  private readonly ends: (readonly number[])[] = [];
  /** By number of a text, in which turn it was last seen. */
  private readonly seenIn: Int32Array;
  private turn = 0;

  /** @param numbers of the texts; no others can be asked about */
  constructor(book: SignBook, numbers: Iterable<number>) {
    const { texts } = book;
    this.seenIn = new Int32Array(texts.length + 1);
    const root = newNode();
    for (const veil of veils) this.put(root, veil, 0);
    for (const number of numbers) this.put(root, Buffer.from(texts[number - 1] ?? ''), number);
    this.width = this.classes.reduce((most, each) => Math.max(most, each), 0) + 1;
    const states = linked(root);
    this.table = new Int32Array(states.length * this.width);
    for (const state of states) this.fill(state, states);
  }

  private put(root: Node, bytes: Iterable<number>, number: number): void {
    let node = root;
    for (const byte of bytes) {
      const letter = this.letterOf(lowered(byte));
      const next = node.next.get(letter) ?? newNode();
      node.next.set(letter, next);
      node = next;
    }
    node.ends.push(number);
  }

  private letterOf(byte: number): number {
    const known = this.classes[byte] ?? 0;
    if (known > 0) return known;
    const letter = this.classes.reduce((most, each) => Math.max(most, each), 0) + 1;
    this.classes[byte] = letter;
    if (byte >= 0x61 && byte <= 0x7a) this.classes[byte & ~0x20] = letter;
    return letter;
  }

  /** States come by their depth: what they fail to was filled before. */
  private fill({ next, fail, ends, at }: Node, states: readonly Node[]): void {
    const { table, width } = this;
    const from = at * width;
    const inherited = fail === undefined ? [] : (this.ends[fail.at] ?? []);
    this.ends[at] = [...new Set([...ends, ...inherited])];
    for (let letter = 1; letter < width; letter += 1) {
      const to = next.get(letter);
      if (to === undefined) {
        table[from + letter] = fail === undefined ? 0 : (table[fail.at * width + letter] ?? 0);
        continue;
      }
      const row = to.at * width;
      table[from + letter] = hasEnd(states[to.at]) ? ~row : row;
    }
  }

  /** Begins another line. */
  begin(): void {
    this.turn += 1;
  }

  /** Adds what stands in these bytes. */
  look(bytes: Uint8Array, start: number, end: number): void {
    const { table, classes } = this;
    let row = 0;
    for (let at = start; at < end; at += 1) {
      row = table[row + (classes[bytes[at] ?? 0] ?? 0)] ?? 0;
      if (row >= 0) continue;
      row = ~row;
      this.tell(row);
    }
  }

  /** Adds what stands in a text. */
  lookAt(text: string): void {
    if (veilMarks.test(text)) this.seenIn[0] = this.turn;
    const { table, classes } = this;
    let row = 0;
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      row = unit < 0x80 ? (table[row + (classes[unit] ?? 0)] ?? 0) : 0;
      if (row >= 0) continue;
      row = ~row;
      this.tell(row);
    }
  }

  private tell(row: number): void {
    for (const number of this.ends[row / this.width] ?? []) this.seenIn[number] = this.turn;
  }

  /** Whether one of these may stand in the line. */
  hasAny(numbers: readonly number[]): boolean {
    const { seenIn, turn } = this;
    if (seenIn[0] === turn) return true;
    for (const number of numbers) if (seenIn[number] === turn) return true;
    return false;
  }
}

const hasEnd = (node: Node | undefined): boolean => {
  for (let each = node; each !== undefined; each = each.fail) {
    if (each.ends.length > 0) return true;
  }
  return false;
};

/** By their depth, each with where it fails to. */
const linked = (root: Node): readonly Node[] => {
  const states = [root];
  for (const [at, node] of states.entries()) {
    node.at = at;
    for (const [letter, next] of node.next) {
      next.fail = failOf(node, letter) ?? root;
      states.push(next);
    }
  }
  return states;
};

const failOf = (parent: Node, letter: number): Node | undefined => {
  for (let node = parent.fail; node !== undefined; node = node.fail) {
    const next = node.next.get(letter);
    if (next !== undefined) return next;
  }
  return undefined;
};
