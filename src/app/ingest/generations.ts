import { hash } from 'node:crypto';
import type { EvidenceSource } from '../../evidence/options.ts';
import { logStart, type Place } from './keep-log.ts';

export { tailBytes } from './raw-bytes.ts';

/** Bytes of a log, told again by their hash. */
export interface Mark {
  readonly offset: number;
  readonly bytes: number;
  /** SHA-256, in hex. */
  readonly sha256: string;
}

/** How a file is told apart from others: by where it lies on the disk, and by how it begins. */
export interface FileIdentity {
  readonly device: string;
  readonly inode: string;
  /** Its first bytes, unpacked: `headBytes` of them, or as many as there are. */
  readonly head: Uint8Array;
}

/** One file of a log, under whatever name it lies now, and how far it is kept. */
export interface Generation {
  /** 1-based, in the order in which they were found. */
  readonly number: number;
  /** Name under which it was seen last. */
  readonly file: string;
  readonly device: string;
  readonly inode: string;
  readonly head: Mark;
  /** What stands before the place that was reached: another file that begins the same does not go on the same. */
  readonly tail?: Mark;
  readonly place: Place;
  /**
   * `growing`: more may be written to it. `over`: it was put aside and is read to its end. `packed`: it was read to
   * its end, and nothing can be written to it. `lost`: it was growing, is gone, and the log says so.
   */
  readonly state: 'growing' | 'over' | 'packed' | 'lost';
  /** Day of its last line that is kept, `2026-06-29`. */
  readonly lastDay?: string;
  /** Size and time of change of the file that was read to its end. */
  readonly readAt?: string;
}

export const headBytes = 4_096;
const keyPrefix = 'file/';

const sha256 = (bytes: Uint8Array): string => hash('sha256', bytes);

export const markOf = (bytes: Uint8Array, offset: number): Mark => ({
  offset,
  bytes: bytes.length,
  sha256: sha256(bytes),
});

export const isMarked = (mark: Mark, bytes: Uint8Array): boolean =>
  bytes.length === mark.bytes && sha256(bytes) === mark.sha256;

interface Position {
  readonly generation: number;
  readonly offset: number;
  readonly line: number;
  readonly within?: true;
}

/** JSON of ours; what it is not, is as good as not there. */
const parsed = (text: string | undefined): unknown => {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** The files of one log that were seen, and how far each is kept. Told apart by identity, never by their lines. */
export class Generations {
  private readonly source: EvidenceSource;
  private readonly known = new Map<number, Generation>();

  constructor(source: EvidenceSource) {
    this.source = source;
    for (const [key, value] of source.notes()) {
      if (!key.startsWith(keyPrefix)) continue;
      const generation = parsed(value) as Generation | undefined;
      if (generation !== undefined) this.known.set(generation.number, generation);
    }
    this.goOn(parsed(source.cursor) as Position | undefined);
  }

  /** A run that was killed noted nothing more: what is on the disk says how far it had come. */
  private goOn(position: Position | undefined): void {
    const generation = this.known.get(position?.generation ?? 0);
    if (position === undefined || generation === undefined) return;
    const { offset, line, within } = position;
    if (offset <= generation.place.offset) return;
    const place = { offset, line, isWithinLine: within === true };
    this.known.set(generation.number, { ...generation, place });
  }

  get all(): readonly Generation[] {
    return [...this.known.values()];
  }

  /**
   * Those that a file may be, the likeliest first.
   *
   * @param slot what rotation calls the file, packed or not.
   * @param taken slots of those that other files were found to be.
   */
  candidates(
    file: FileIdentity,
    slot = '',
    taken: ReadonlyMap<number, string> = new Map(),
  ): readonly Generation[] {
    const hashes = new Map<number, string>();
    const begins = ({ head }: Generation): boolean => {
      if (head.bytes > file.head.length || head.bytes === 0) return false;
      const known = hashes.get(head.bytes) ?? sha256(file.head.subarray(0, head.bytes));
      hashes.set(head.bytes, known);
      return known === head.sha256;
    };
    const isSame = (each: Generation): boolean =>
      each.device === file.device && each.inode === file.inode;
    // A few bytes are the same in many a file: where another one is it already, this one is not.
    const isFree = (each: Generation): boolean =>
      isSame(each) || each.head.bytes === headBytes || (taken.get(each.number) ?? slot) === slot;
    return this.all
      .filter(each => begins(each) && isFree(each))
      .toSorted(
        (a, b) =>
          Number(isSame(b)) - Number(isSame(a)) ||
          b.head.bytes - a.head.bytes ||
          b.number - a.number,
      );
  }

  /** A file that was not seen before. */
  async add({ device, inode, head }: FileIdentity, file: string): Promise<Generation> {
    const generation: Generation = {
      number: Math.max(0, ...this.known.keys()) + 1,
      file,
      device,
      inode,
      head: markOf(head, 0),
      place: logStart,
      state: 'growing',
    };
    await this.put(generation);
    return generation;
  }

  /** On the disk when it is done. */
  async put(generation: Generation): Promise<void> {
    const text = JSON.stringify(generation);
    const known = this.known.get(generation.number);
    if (known !== undefined && JSON.stringify(known) === text) return;
    await this.source.note(`${keyPrefix}${generation.number}`, text);
    this.known.set(generation.number, generation);
  }

  /** Writes places down for the store, with the path of the file that they are in. */
  positionAt(
    { number }: Generation,
    { device, inode }: FileIdentity,
    file: string,
  ): (place: Place) => string {
    return ({ offset, line, isWithinLine }) =>
      JSON.stringify({
        generation: number,
        file,
        device,
        inode,
        offset,
        line,
        ...(isWithinLine ? { within: true } : {}),
      });
  }
}
