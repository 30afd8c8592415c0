import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { mayTellOf, readFilter } from '../../logs/rows/person-filter.ts';
import { contentBeforeFooter } from '../../store/parquet/before-footer.ts';
import { personsLayout, rowsLayout } from '../rows/rows-file.ts';
import type { EventQuestion } from './question.ts';
import type { StoreSegment } from './store-segments.ts';

/** Rows that need not be opened. */
interface Skimmed {
  /** Lines of the segment that no format understands. */
  readonly unparsed: number;
}

/** Of most segments: the filter and the footer. */
const endBytes = 48 << 10;
const endBytesMax = 64 << 20;
const looksMax = 3;

/** Looks at the end of rows, where they say of whom they tell, so that most of them need not be opened. */
export class SegmentSkimmer {
  private bytes = Buffer.alloc(endBytes);

  /**
   * Undefined where the rows have to be looked at.
   *
   * @throws where the file cannot be read, or its filter is damaged
   */
  skim({ rows, hasRows, spool }: StoreSegment, { person }: EventQuestion): Skimmed | undefined {
    if (person === undefined || !hasRows || spool !== undefined) return undefined;
    const content = this.filterOf(rows);
    if (content === undefined) return undefined;
    const filter = readFilter(content);
    const { layout, persons, unparsed } = filter.about;
    // What another version wrote is opened, and named there.
    if (layout !== rowsLayout || persons !== personsLayout) return undefined;
    if (mayTellOf(filter, person, person.isKind)) return undefined;
    return { unparsed: Number(unparsed ?? 0) };
  }

  private filterOf(path: string): Buffer | undefined {
    const fd = openSync(path, 'r');
    try {
      const { size } = fstatSync(fd);
      let wanted = endBytes;
      // The footer first says where the filter ends, then the filter where it begins.
      for (let look = 0; look < looksMax; look += 1) {
        const content = contentBeforeFooter(this.endOf(fd, size, wanted));
        if (typeof content !== 'number') return content;
        // What is longer than its file is damaged: that shows where all of it is read.
        if (content > Math.min(size, endBytesMax)) return undefined;
        wanted = content;
      }
      return undefined;
    } finally {
      closeSync(fd);
    }
  }

  private endOf(fd: number, size: number, wanted: number): Buffer {
    const count = Math.min(size, wanted);
    if (this.bytes.length < count) this.bytes = Buffer.alloc(count);
    let at = 0;
    while (at < count) {
      const read = readSync(fd, this.bytes, at, count - at, size - count + at);
      if (read === 0) throw new RangeError('it ends too early');
      at += read;
    }
    return this.bytes.subarray(0, count);
  }
}
