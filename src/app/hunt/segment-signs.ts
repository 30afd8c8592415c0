import { type SignBook, SignScan } from '../../detect/columns/line-signs.ts';
import type { Frame } from '../events/kept-lines.ts';
import type { OpenSegment } from '../events/open-segment.ts';
import { hasNoRecords } from '../rows/rows-file.ts';
import type { SegmentColumns } from './segment-columns.ts';

/** More names than these are not looked for in all lines at once. */
const keysMax = 4;
/** With it, JSON may write a name in another way. */
const escape = '\\u';
const partMin = 6;

/** A part of a name that begins with a letter which few lines have: looking for it is as quick as can be. */
const rarePart = (key: string): string => {
  const at = /(?<=.)[A-Z]/.exec(key)?.index ?? 0;
  return key.length - at >= partMin ? key.slice(at) : key;
};

/** Which texts that rules need stand in the lines of one segment: by their bytes, before anybody reads them. */
export class SegmentSigns {
  private readonly open: OpenSegment;
  private readonly columns: SegmentColumns;
  private readonly lines: Float64Array;
  private readonly scan: SignScan;
  private readonly keys: readonly string[];
  private readonly isWithoutRecords: boolean;
  private row = -1;
  private frame: Frame | undefined;
  private hasKeys = true;

  /** @param keys names of members, of which it is worth knowing that no line has one */
  constructor(
    open: OpenSegment,
    rows: { readonly columns: SegmentColumns; readonly lines: Float64Array },
    scan: SignScan,
    keys: ReadonlySet<string>,
  ) {
    this.open = open;
    this.columns = rows.columns;
    this.lines = rows.lines;
    this.scan = scan;
    this.isWithoutRecords = hasNoRecords(open.rows);
    const parts = new Set(Array.from(keys, rarePart));
    this.keys = parts.size > keysMax ? [] : [...parts];
  }

  /** @throws where the line cannot be read */
  readonly has = (row: number, numbers: readonly number[]): boolean => {
    if (row !== this.row) this.look(row);
    return this.scan.hasAny(numbers);
  };

  /** Whether none of the names stands in the line of a row, or in any that lies with it; false where that is not known. */
  isWithoutKeys(row: number): boolean {
    if (this.isWithoutRecords) return true;
    if (this.keys.length === 0) return false;
    let frame: Frame;
    try {
      frame = this.open.frame(this.lines[row] ?? 0);
    } catch {
      // Whoever needs the line will find out why.
      return false;
    }
    if (frame !== this.frame) {
      const { raw } = frame;
      this.frame = frame;
      this.hasKeys = this.keys.some(key => raw.includes(key)) || raw.includes(escape);
    }
    return !this.hasKeys;
  }

  private look(row: number): void {
    const { scan, columns } = this;
    const line = this.lines[row] ?? 0;
    const { firstLine, raw, ends } = this.open.frame(line);
    const at = line - firstLine;
    const end = ends[at];
    if (end === undefined) throw new RangeError(`it has no line ${line}`);
    this.row = row;
    scan.begin();
    scan.look(raw, ends[at - 1] ?? 0, end);
    const more = columns.text('more', row);
    if (more !== undefined) scan.lookAt(more);
  }
}

/** Scans that are remembered: segments of one log look for the same. */
const scansMax = 50;

/** One for each set of texts that is looked for. */
export class Scans {
  private readonly book: SignBook;
  private readonly known = new Map<string, SignScan>();

  constructor(book: SignBook) {
    this.book = book;
  }

  for(signs: ReadonlySet<number>): SignScan {
    const numbers = [...signs].toSorted((a, b) => a - b);
    const key = numbers.join(' ');
    const known = this.known.get(key);
    if (known !== undefined) return known;
    if (this.known.size >= scansMax) this.known.clear();
    const scan = new SignScan(this.book, numbers);
    this.known.set(key, scan);
    return scan;
  }
}
