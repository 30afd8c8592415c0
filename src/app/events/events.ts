import { UsageError } from '../../core/errors.ts';
import type { Unseen } from '../../core/unseen.ts';
import type { ZoneOf } from '../ingest/zones.ts';
import { toolVersion } from '../version.ts';
import { type Asked, askEvents } from './ask.ts';
import type { KeptEvent } from './kept-event.ts';
import { EventParquet } from './parquet-rows.ts';
import type { EventQuestion } from './question.ts';
import { csvHead, csvLine, keptJson, textHead, textLine } from './render.ts';
import { storeSegments } from './store-segments.ts';

type EventsFormat = 'text' | 'ndjson' | 'csv' | 'parquet';

export interface EventsRequest {
  readonly store: string;
  readonly question: EventQuestion;
  readonly zoneOf: ZoneOf;
  readonly format: EventsFormat;
  /** With the lines themselves. */
  readonly raw: boolean;
  readonly nowMs: number;
  readonly writeLine: (line: string) => void;
  readonly writeBytes: (bytes: Uint8Array) => void;
  readonly progress: (done: number, of: number) => void;
}

export interface EventsReport extends Asked {
  readonly unseen: readonly Unseen[];
}

const unseenMax = 1_000;

interface Renderer {
  readonly take: (kept: KeptEvent) => void;
  readonly end: () => void;
}

const rendererOf = (request: EventsRequest): Renderer => {
  const { format, raw, nowMs, writeLine, writeBytes } = request;
  const end = (): void => {};
  switch (format) {
    case 'ndjson': {
      const context = { toolVersion, processedMs: nowMs };
      return { take: kept => writeLine(keptJson(kept, context, raw)), end };
    }
    case 'csv':
      writeLine(csvHead(raw));
      return { take: kept => writeLine(csvLine(kept, raw)), end };
    case 'parquet': {
      const parquet = new EventParquet(writeBytes, raw, nowMs);
      return { take: kept => parquet.add(kept), end: () => parquet.end() };
    }
    case 'text': {
      let isFirst = true;
      return {
        take: kept => {
          if (isFirst) writeLine(textHead);
          isFirst = false;
          writeLine(textLine(kept, raw));
        },
        end,
      };
    }
  }
};

const checkSources = ({ sources }: EventQuestion, known: ReadonlySet<string>): void => {
  for (const source of sources ?? []) {
    if (known.has(source)) continue;
    const some = [...known].slice(0, 10).join(', ');
    throw new UsageError(
      `events: --source "${source.slice(0, 100)}": there is no such source; there are: ${some}`,
    );
  }
};

/** Answers who read what, from where, through which component, out of what a store keeps. @throws UsageError */
export const tellEvents = async (request: EventsRequest): Promise<EventsReport> => {
  const { store, question, zoneOf, progress } = request;
  const unseen: Unseen[] = [];
  const said = new Set<string>();
  const note = (each: Unseen): void => {
    const key = `${each.what}\n${each.why}`;
    if (said.has(key) || unseen.length >= unseenMax) return;
    said.add(key);
    unseen.push(each);
  };
  const { sources, segments } = storeSegments(store, note);
  checkSources(question, sources);
  const { take, end } = rendererOf(request);
  const asked = await askEvents({ question, segments, zoneOf, note, take, progress });
  end();
  return { ...asked, unseen };
};
