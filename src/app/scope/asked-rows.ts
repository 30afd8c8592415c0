import type { EventKind } from '../../core/access-event.ts';
import type { Belongs } from '../../scope/belongs.ts';
import { plainKinds, transitKinds, wholeKinds } from '../../scope/event-extents.ts';
import type { ParquetFile } from '../../store/parquet/read.ts';

/** A column of texts, by row. */
export interface TextOf {
  readonly count: number;
  /** Place in the dictionary; -1 for none. */
  code(row: number): number;
  /** The same of every row, for whoever looks at most of them; undefined where no row says anything. */
  all(): Int32Array | undefined;
  text(code: number): string | undefined;
  /** Undefined for none; what becomes of the text where it lies, in UTF-8. */
  apply<T>(code: number, take: (bytes: Uint8Array, start: number, end: number) => T): T | undefined;
}

const nothing: TextOf = {
  count: 0,
  code: () => -1,
  all: () => undefined,
  text: () => undefined,
  apply: () => undefined,
};

export const textOf = (file: ParquetFile, column: string): TextOf => {
  const dictionary = file.dictionary(column);
  const codes = dictionary === undefined ? undefined : file.codes(column);
  if (dictionary === undefined || codes === undefined) return nothing;
  const texts: (string | undefined)[] = [];
  let all: Int32Array | undefined;
  return {
    count: dictionary.count,
    code: row => (all === undefined ? codes.at(row) : (all[row] ?? -1)),
    all: () => {
      all ??= codes.all();
      return all;
    },
    text: code => {
      if (code < 0) return undefined;
      texts[code] ??= dictionary.at(code);
      return texts[code];
    },
    apply: (code, take) => (code < 0 ? undefined : dictionary.apply(code, take)),
  };
};

/** Which texts of a column hold, each asked once; what says none holds as `otherwise` says. */
const holds = (
  column: TextOf,
  otherwise: boolean,
  isAsked: (text: string) => boolean,
): ((code: number) => boolean) => {
  const known = new Int8Array(column.count);
  return code => {
    if (code < 0) return otherwise;
    let answer = known[code] ?? 0;
    if (answer === 0) {
      answer = isAsked(column.text(code) ?? '') ? 1 : -1;
      known[code] = answer;
    }
    return answer === 1;
  };
};

/** The same by code plus 1, of a column with few texts: what says none does not hold. */
const flagsOf = (column: TextOf, isAsked: (text: string) => boolean): Uint8Array => {
  const flags = new Uint8Array(column.count + 1);
  for (let code = 0; code < column.count; code += 1) {
    if (isAsked(column.text(code) ?? '')) flags[code + 1] = 1;
  }
  return flags;
};

/** What the rest of an event has to be looked into for, by its template. */
/** What names messages, or tells that a page of a webmail showed them. */
const namedPattern = /"(?:messages|request)":/;
const detailPattern = /"through":|"=(?:throttled|repeats)"/;
const sessionPattern = /"session":/;
const otherNamePattern = /"user":\{|"actor":\{|"through":/;
/** What can tell of a table. */
const changePattern = /"change":/;

/** Rows of one segment that can be of a breach. */
export interface AskedRows {
  /** Those that their columns tell all of. */
  readonly plain: readonly number[];
  /** Those that have to be put together whole. */
  readonly whole: readonly number[];
  /** Of them, reads of which nothing but their number is told. */
  readonly isCounted: (row: number) => boolean;
  /** Whether its columns alone tell that it went through the breached component. */
  readonly isThrough: (row: number) => boolean;
}

export interface RowColumns {
  readonly kind: TextOf;
  readonly outcome: TextOf;
  readonly component: TextOf;
  readonly app: TextOf;
  readonly user: TextOf;
  readonly actor: TextOf;
  readonly address: TextOf;
  readonly service: TextOf;
  readonly folder: TextOf;
  readonly rest: TextOf;
}

export const columnsIn = (file: ParquetFile): RowColumns => ({
  kind: textOf(file, 'kind'),
  outcome: textOf(file, 'outcome'),
  component: textOf(file, 'component'),
  app: textOf(file, 'app'),
  user: textOf(file, 'user'),
  actor: textOf(file, 'actor'),
  address: textOf(file, 'address'),
  service: textOf(file, 'service'),
  folder: textOf(file, 'folder'),
  rest: textOf(file, 'rest'),
});

const kindsOf = (withTransit: boolean): ReadonlySet<string> =>
  new Set<EventKind>([...plainKinds, ...wholeKinds, ...(withTransit ? transitKinds : [])]);

/** By code, 1 for kinds that show anything. */
const kindsIn = (file: ParquetFile, withTransit: boolean): Uint8Array | undefined => {
  const kinds = kindsOf(withTransit);
  return file
    .dictionary('kind')
    ?.matching((bytes, start, end) => kinds.has(bytes.toString('latin1', start, end)));
};

/** Whether some row is of a kind that shows anything. */
export const hasKinds = (file: ParquetFile, withTransit: boolean): boolean =>
  kindsIn(file, withTransit) !== undefined;

/** Rows of the kinds that show anything, ascending. */
export const rowsOfKinds = (file: ParquetFile, withTransit: boolean): readonly number[] => {
  const wanted = kindsIn(file, withTransit);
  const codes = wanted === undefined ? undefined : file.codes('kind');
  return wanted === undefined || codes === undefined ? [] : codes.rowsWith(wanted);
};

/** Goes by columns alone: most rows are let go before anything of them is put together. */
export const askedRows = (
  file: ParquetFile,
  withTransit: boolean,
  columns: RowColumns,
  belongs: Belongs,
  needsSession: boolean,
): AskedRows => {
  const { kind, outcome, component, app, user, actor, address, rest, service } = columns;
  const kinds = kindsOf(withTransit);
  const isKind = flagsOf(kind, text => kinds.has(text));
  const isComponent = flagsOf(component, text => belongs.mayBeOf(text, undefined));
  const isApp = flagsOf(app, text => belongs.mayBeOf(undefined, text));
  const isFailure = flagsOf(outcome, text => text === 'failure');
  const isFrom = holds(address, false, text => belongs.mayBeFrom(text));
  const isUser = holds(user, false, text => belongs.mayBeAbout(text));
  const isActor = holds(actor, false, text => belongs.mayBeAbout(text));
  const isAny = belongs.mayBeOf(undefined, undefined);
  const isUnnamed = belongs.mayBeAbout('\0');
  const isFromAnywhere = belongs.mayBeFrom('');
  const isWhole = flagsOf(kind, text => !plainKinds.has(text as EventKind));
  const isOther = flagsOf(kind, text => text === 'other' || text === 'api.request');
  const isOwn = flagsOf(component, text => belongs.isOwn(text));
  const isOwnApp = flagsOf(app, text => belongs.isOwn(text));
  const isBehind = flagsOf(component, text => belongs.isNamedBehind(text));
  const isHost = holds(address, false, text => belongs.isHost(text));
  const hasDetail = holds(rest, false, text => detailPattern.test(text));
  const hasSession = holds(rest, false, text => sessionPattern.test(text));
  const hasOtherName = holds(rest, false, text => otherNamePattern.test(text));
  const hasChange = holds(rest, false, text => changePattern.test(text));
  const isSql = holds(service, false, text => text === 'sql');
  const plain: number[] = [];
  const whole: number[] = [];
  let blank: Int32Array | undefined;
  const codesOf = (column: TextOf): Int32Array => {
    const codes = column.all();
    if (codes !== undefined) return codes;
    blank ??= new Int32Array(file.rows).fill(-1);
    return blank;
  };
  const kindCodes = codesOf(kind);
  const componentCodes = codesOf(component);
  const appCodes = codesOf(app);
  const outcomeCodes = codesOf(outcome);
  const restCodes = codesOf(rest);
  const addressCodes = codesOf(address);
  const isThrough = (row: number): boolean => {
    const of = (componentCodes[row] ?? -1) + 1;
    if (isAny || isOwn[of] === 1 || isOwnApp[(appCodes[row] ?? -1) + 1] === 1) return true;
    return isBehind[of] === 1 && isHost(addressCodes[row] ?? -1);
  };
  for (let row = 0; row < file.rows; row += 1) {
    const of = (kindCodes[row] ?? -1) + 1;
    if (isKind[of] !== 1) continue;
    const isOf =
      isComponent[(componentCodes[row] ?? -1) + 1] === 1 || isApp[(appCodes[row] ?? -1) + 1] === 1;
    if (!isOf || isFailure[(outcomeCodes[row] ?? -1) + 1] === 1) continue;
    const template = restCodes[row] ?? -1;
    const mayBeMore = hasOtherName(template);
    if (!isFromAnywhere && !mayBeMore && !isFrom(addressCodes[row] ?? -1)) continue;
    if (!isUnnamed && !mayBeMore && !isUser(user.code(row)) && !isActor(actor.code(row))) continue;
    if (isOther[of] === 1 && !hasChange(template) && !isSql(service.code(row))) continue;
    const isDetailed =
      isWhole[of] === 1 || hasDetail(template) || (needsSession && hasSession(template));
    if (isDetailed) whole.push(row);
    else if (isThrough(row)) plain.push(row);
  }
  const isRead = holds(kind, false, text => text === 'message.read');
  const names = holds(rest, false, text => namedPattern.test(text));
  const isCounted = (row: number): boolean =>
    isRead(kind.code(row)) && !names(rest.code(row)) && !hasDetail(rest.code(row));
  return { plain, whole, isCounted, isThrough };
};
