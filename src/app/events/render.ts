import { type OcsfContext, ocsfOf } from '../../logs/ocsf/ocsf.ts';
import { oneLine, width } from '../../report/plain.ts';
import { csvCell } from '../csv-cell.ts';
import { json, lineText, subject } from '../ingest/render.ts';
import { columnsOf, type EventColumn, eventColumns, segmentOf } from './event-columns.ts';
import type { KeptEvent } from './kept-event.ts';

/** One OCSF event; or, for a line that no format understands, `{ "unparsed": true, … }`. */
export const keptJson = (kept: KeptEvent, context: OcsfContext, raw: boolean): string => {
  const { parsed, log, sequence, line, format, repeated, truncated, text } = kept;
  const segment = segmentOf(kept);
  if (!('event' in parsed)) {
    return json({
      unparsed: true,
      log_name: log,
      ...(sequence === undefined ? {} : { sequence }),
      why: 'unparsed' in parsed ? parsed.unparsed : parsed.quiet,
      ...(format === undefined ? {} : { format }),
      ...(truncated === true ? { truncated } : {}),
      segment,
      line,
      ...(raw ? { raw_data: text } : {}),
    });
  }
  const origin = {
    log,
    line: sequence,
    format: format ?? 'none',
    segment,
    lineInSegment: line,
    ...(raw ? { raw: text } : {}),
    ...(repeated === undefined ? {} : { repeated }),
  };
  return json(ocsfOf(parsed.event, origin, context));
};

const dateMsMax = 8.64e15;

/** A log may claim any time. */
const isoOf = (atMs: number): string =>
  Math.abs(atMs) <= dateMsMax ? new Date(atMs).toISOString() : String(atMs);

const csvColumns = (raw: boolean): readonly string[] =>
  raw ? [...eventColumns, 'raw_data'] : eventColumns;

export const csvHead = (raw: boolean): string => `${csvColumns(raw).join(',')}\r`;

export const csvLine = (kept: KeptEvent, raw: boolean): string => {
  const columns = columnsOf(kept);
  const cells = eventColumns.map((column: EventColumn) =>
    csvCell(
      column === 'time' && typeof columns.time === 'number' ? isoOf(columns.time) : columns[column],
    ),
  );
  if (raw) cells.push(csvCell(kept.text));
  return `${cells.join(',')}\r`;
};

const shownMax = 400;

const padded = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - width(text)));

const widths = { when: 20, what: 18, who: 26, where: 16, through: 16 } as const;

const row = (
  when: string,
  what: string,
  who: string,
  where: string,
  through: string,
  rest: string,
): string => {
  const cells = [
    padded(when, widths.when),
    padded(what, widths.what),
    padded(who, widths.who),
    padded(where, widths.where),
    padded(through, widths.through),
    rest,
  ];
  return cells.join('  ').trimEnd();
};

export const textHead: string = row('TIME (UTC)', 'WHAT', 'WHO', 'FROM', 'THROUGH', 'ABOUT');

const cut = (text: string): string =>
  text.length > shownMax ? `${text.slice(0, shownMax - 1)}…` : text;

const second = (atMs: number): string => isoOf(atMs).replace(/\.\d{3}Z$/, 'Z');

/** An event on one line: when, what, who, from where, through what. */
export const textLine = (kept: KeptEvent, raw: boolean): string => {
  const { parsed, log, sequence, text } = kept;
  const below = raw ? `\n    ${oneLine(text.slice(0, 4_000))}` : '';
  if (!('event' in parsed)) {
    const place = `${oneLine(log)}:${sequence ?? '?'} (${segmentOf(kept)}/${kept.line})`;
    const why = 'unparsed' in parsed ? parsed.unparsed : parsed.quiet;
    return `${place}: not understood: ${oneLine(why)}: ${cut(lineText(text, 1_000, raw))}`;
  }
  const { event } = parsed;
  const { kind, time, outcome, user, actor, from, component, service, detail, flags } = event;
  const when = time.atMs === undefined ? time.original : second(time.atMs);
  const by = actor === undefined ? '' : `by ${actor.name}`;
  const about = [
    subject(event),
    flags === undefined ? '' : `[${flags.join(', ')}]`,
    detail === undefined ? '' : `(${detail})`,
  ];
  return (
    cut(
      row(
        oneLine(when),
        outcome === 'failure' ? `${kind} FAILED` : kind,
        oneLine([user?.name ?? '', by].filter(each => each !== '').join(' ')),
        oneLine(from?.ip ?? from?.host ?? ''),
        oneLine(
          service === undefined || service === component ? component : `${component}/${service}`,
        ),
        oneLine(about.filter(each => each !== '').join(' ')),
      ),
    ) + below
  );
};
