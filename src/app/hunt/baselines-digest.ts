import { isEntering, isHandingIn, isReading, programOf } from '../../detect/baselines/access.ts';
import { hourMs, windowMs } from '../../detect/baselines/calendar.ts';
import type { SegmentTally } from '../../detect/baselines/tally.ts';
import { endOfDayMs } from '../../evidence/days.ts';
import type { ParquetFile } from '../../store/parquet/read.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import { type EntryKey, EntryTable, type VolumeOfHour } from './baselines-entries.ts';
import type { BaselineNames } from './baselines-names.ts';
import { heardIn } from './heard-rows.ts';

/** A time so far from its segment's day is a clock that was wrong, or a date of something else. */
const strayMs = 2 * 24 * hourMs;

/** As the rest of an event has the flag. */
const repeatsFlag = '"=repeats"';

interface Column {
  readonly codes: Int32Array | undefined;
  readonly count: number;
  readonly text: (code: number) => string;
}

const columnOf = (file: ParquetFile, name: string): Column => {
  const dictionary = file.dictionary(name);
  const codes = dictionary === undefined ? undefined : file.codes(name)?.all();
  return {
    codes,
    count: dictionary?.count ?? 0,
    text: code => dictionary?.at(code) ?? '',
  };
};

/** By code, 1 for the texts that are asked for. */
const marks = ({ count, text }: Column, isAsked: (text: string) => boolean): Uint8Array =>
  Uint8Array.from({ length: count }, (_, code) => (isAsked(text(code)) ? 1 : 0));

/** By row, whether another event tells of the same act; undefined where none of the segment does. */
const repeatsIn = (file: ParquetFile): ((row: number) => boolean) | undefined => {
  const wanted = file
    .dictionary('rest')
    ?.matching((bytes, start, end) => bytes.subarray(start, end).includes(repeatsFlag));
  const codes = wanted === undefined ? undefined : file.codes('rest');
  return codes === undefined ? undefined : row => wanted?.[codes.at(row)] === 1;
};

type NameColumn = 'user' | 'actor' | 'app' | 'address';

/** Names of all four columns, numbered as they are asked for. */
class NameTable {
  readonly ids: number[] = [];
  readonly texts: string[] = [];
  private readonly places = new Map<string, number>();
  /** By code: the place and two; 0: not asked yet, 1: none. */
  private readonly byCode: Readonly<Record<NameColumn, Int32Array>>;
  private readonly columns: Readonly<Record<NameColumn, Column>>;
  private readonly names: BaselineNames;

  constructor(columns: Readonly<Record<NameColumn, Column>>, names: BaselineNames) {
    this.columns = columns;
    this.names = names;
    this.byCode = {
      user: new Int32Array(columns.user.count),
      actor: new Int32Array(columns.actor.count),
      app: new Int32Array(columns.app.count),
      address: new Int32Array(columns.address.count),
    };
  }

  placeOf(of: NameColumn, code: number): number {
    if (code < 0) return -1;
    const known = this.byCode[of][code] ?? 0;
    if (known > 0) return known - 2;
    const written = this.columns[of].text(code);
    const place = written === '' ? -1 : this.put(of === 'app' ? programOf(written) : written);
    this.byCode[of][code] = place + 2;
    return place;
  }

  private put(text: string): number {
    const known = this.places.get(text);
    if (known !== undefined) return known;
    const place = this.texts.length;
    this.places.set(text, place);
    this.texts.push(text);
    this.ids.push(this.names.idOf(text));
    return place;
  }
}

/** All that did not fail, by component and hour: the last hour of each is in hand, the others are put down. */
class Volume {
  readonly byComponent: Map<number, VolumeOfHour>[];
  private readonly hours: Int32Array;
  private readonly inHand: (VolumeOfHour | undefined)[];

  constructor(components: number) {
    this.byComponent = Array.from({ length: components }, () => new Map<number, VolumeOfHour>());
    this.hours = new Int32Array(components);
    this.inHand = Array.from({ length: components }, () => undefined);
  }

  add(component: number, hour: number, line: number): void {
    let hand = this.inHand[component];
    if (hand === undefined || this.hours[component] !== hour) {
      const hours = this.byComponent[component];
      hand = hours?.get(hour) ?? { count: 0, firstLine: line, lastLine: line };
      hours?.set(hour, hand);
      this.hours[component] = hour;
      this.inHand[component] = hand;
    }
    hand.count += 1;
    hand.lastLine = line;
  }
}

/**
 * What baselines take from one segment: by its columns alone.
 *
 * @param from the line up to which they have it already; 0: nothing. @throws RangeError where the rows are damaged
 */
export const digestSegment = (
  file: ParquetFile,
  { source, seq, day }: Pick<StoreSegment, 'source' | 'seq' | 'day'>,
  from: number,
  names: BaselineNames,
): SegmentTally => {
  const kind = columnOf(file, 'kind');
  const outcome = columnOf(file, 'outcome');
  const component = columnOf(file, 'component');
  const service = columnOf(file, 'service');
  const columns = {
    user: columnOf(file, 'user'),
    actor: columnOf(file, 'actor'),
    app: columnOf(file, 'app'),
    address: columnOf(file, 'address'),
  };
  const isEntry = marks(kind, isEntering);
  const isRead = marks(kind, isReading);
  const isFailure = marks(outcome, text => text === 'failure');
  const isInward = marks(service, isHandingIn);
  const isRepeat = repeatsIn(file);
  const times = file.numbers('time');
  const lines = file.numbers('line');
  const entries = new EntryTable();
  const volume = new Volume(component.count);
  const key: EntryKey = { component: 0, window: 0, user: -1, actor: -1, app: -1, address: -1 };
  const end = endOfDayMs(day) + strayMs;
  const begin = endOfDayMs(day) - strayMs - 24 * hourMs;
  const [kinds, outcomes, services] = [kind.codes, outcome.codes, service.codes];
  const components = component.codes;
  const [users, actors] = [columns.user.codes, columns.actor.codes];
  const [apps, addresses] = [columns.app.codes, columns.address.codes];
  let strayed = 0;
  let [firstMs, lastMs] = [Infinity, -Infinity];
  for (let row = 0; row < file.rows; row += 1) {
    const line = lines[row] ?? 0;
    if (line <= from) continue;
    const of = components?.[row] ?? -1;
    const ms = times[row] ?? Number.NaN;
    if (of < 0 || Number.isNaN(ms)) continue;
    if (ms < begin || ms > end) {
      strayed += 1;
      continue;
    }
    if (ms < firstMs) firstMs = ms;
    if (ms > lastMs) lastMs = ms;
    if (isFailure[outcomes?.[row] ?? -1] === 1 || isRepeat?.(row) === true) continue;
    volume.add(of, Math.floor(ms / hourMs), line);
    const what = kinds?.[row] ?? -1;
    if (isEntry[what] !== 1 || isInward[services?.[row] ?? -1] === 1) continue;
    key.component = of;
    key.window = Math.floor(ms / windowMs);
    key.user = users?.[row] ?? -1;
    key.actor = actors?.[row] ?? -1;
    key.app = apps?.[row] ?? -1;
    key.address = addresses?.[row] ?? -1;
    entries.add(key, ms, line, isRead[what] === 1);
  }
  const table = new NameTable(columns, names);
  const placeOf = (of: NameColumn, code: number): number => table.placeOf(of, code);
  const tallies = [...volume.byComponent].flatMap((hours, code) =>
    hours.size === 0 ? [] : [entries.tally(code, component.text(code), placeOf, hours)],
  );
  return {
    source,
    seq,
    ...(firstMs <= lastMs ? { firstMs, lastMs } : {}),
    components: tallies,
    names: { ids: Float64Array.from(table.ids), texts: table.texts },
    heard: heardIn(
      { source, seq },
      {
        rows: file.rows,
        times,
        lines,
        component,
        host: columnOf(file, 'host'),
        log: columnOf(file, 'log'),
        from,
        beginMs: begin,
        endMs: end,
      },
    ),
    strayed,
  };
};
