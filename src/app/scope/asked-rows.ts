import type { EventKind } from '../../core/access-event.ts';
import type { Belongs } from '../../scope/belongs.ts';
import { plainKinds, transitKinds, wholeKinds } from '../../scope/event-extents.ts';
import type { ParquetFile } from '../../store/parquet/read.ts';

/** A column of texts, by row. */
export interface TextOf {
  readonly count: number;
  /** Place in the dictionary; -1 for none. */
  code(row: number): number;
  text(code: number): string | undefined;
}

const nothing: TextOf = { count: 0, code: () => -1, text: () => undefined };

export const textOf = (file: ParquetFile, column: string): TextOf => {
  const dictionary = file.dictionary(column);
  const codes = dictionary === undefined ? undefined : file.codes(column);
  if (dictionary === undefined || codes === undefined) return nothing;
  const texts: (string | undefined)[] = [];
  return {
    count: dictionary.count,
    code: row => codes.at(row),
    text: code => {
      if (code < 0) return undefined;
      texts[code] ??= dictionary.at(code);
      return texts[code];
    },
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

/** Rows of the kinds that show anything; undefined where there are none. */
export const rowsOfKinds = (file: ParquetFile, withTransit: boolean): readonly number[] => {
  const kinds = kindsOf(withTransit);
  const wanted = file
    .dictionary('kind')
    ?.matching((bytes, start, end) => kinds.has(bytes.toString('latin1', start, end)));
  const codes = wanted === undefined ? undefined : file.codes('kind');
  return wanted === undefined || codes === undefined ? [] : codes.rowsWith(wanted);
};

/** Goes by columns alone: most rows are let go before anything of them is put together. */
export const askedRows = (
  rows: readonly number[],
  columns: RowColumns,
  belongs: Belongs,
  needsSession: boolean,
): AskedRows => {
  const { kind, outcome, component, app, user, actor, address, rest, service } = columns;
  const isComponent = holds(component, false, text => belongs.mayBeOf(text, undefined));
  const isApp = holds(app, false, text => belongs.mayBeOf(undefined, text));
  const isFailure = holds(outcome, false, text => text === 'failure');
  const isFrom = holds(address, false, text => belongs.mayBeFrom(text));
  const isUser = holds(user, false, text => belongs.mayBeAbout(text));
  const isActor = holds(actor, false, text => belongs.mayBeAbout(text));
  const isUnnamed = belongs.mayBeAbout('\0');
  const isFromAnywhere = belongs.mayBeFrom('');
  const isWhole = holds(kind, false, text => !plainKinds.has(text as EventKind));
  const isOther = holds(kind, false, text => text === 'other' || text === 'api.request');
  const hasDetail = holds(rest, false, text => detailPattern.test(text));
  const hasSession = holds(rest, false, text => sessionPattern.test(text));
  const hasOtherName = holds(rest, false, text => otherNamePattern.test(text));
  const hasChange = holds(rest, false, text => changePattern.test(text));
  const isSql = holds(service, false, text => text === 'sql');
  const plain: number[] = [];
  const whole: number[] = [];
  for (const row of rows) {
    if (!isComponent(component.code(row)) && !isApp(app.code(row))) continue;
    if (isFailure(outcome.code(row))) continue;
    const template = rest.code(row);
    const mayBeMore = hasOtherName(template);
    if (!isFromAnywhere && !mayBeMore && !isFrom(address.code(row))) continue;
    if (!isUnnamed && !mayBeMore && !isUser(user.code(row)) && !isActor(actor.code(row))) continue;
    const code = kind.code(row);
    if (isOther(code) && !hasChange(template) && !isSql(service.code(row))) continue;
    const isDetailed =
      isWhole(code) || hasDetail(template) || (needsSession && hasSession(template));
    (isDetailed ? whole : plain).push(row);
  }
  const isRead = holds(kind, false, text => text === 'message.read');
  const names = holds(rest, false, text => namedPattern.test(text));
  const isCounted = (row: number): boolean =>
    isRead(kind.code(row)) && !names(rest.code(row)) && !hasDetail(rest.code(row));
  return { plain, whole, isCounted };
};
