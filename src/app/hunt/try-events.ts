import type { Unseen } from '../../core/unseen.ts';
import { type JsonEvent, jsonEventOf } from '../../detect/fields/json-space.ts';
import { isMembers } from '../../detect/fields/json-values.ts';
import { DocumentError } from '../../intake/documents.ts';
import { findLogs } from '../../intake/log-files.ts';
import { piped } from '../../intake/piped.ts';
import { LineSplitter } from '../../logs/sources/line-splitter.ts';
import { type LogDocument, logDocuments, looked, recordsIn } from '../ingest/documents.ts';

/** An event as a file of events has it. */
export interface RawEvent {
  readonly event: JsonEvent;
  /** The file, and within an archive the place in it. */
  readonly log: string;
  /** 1-based: the line that it begins in, or the record of a document. */
  readonly line: number;
  /** It was no JSON object, but a text, which is its `message`. */
  readonly isText: boolean;
}

export interface EventSource {
  readonly words: readonly string[];
  /** What comes on standard input, where `-` is named. */
  readonly input?: AsyncIterable<Uint8Array>;
  readonly note: (unseen: Unseen) => void;
  readonly take: (event: RawEvent) => void;
}

/** An object that was written over several lines is one line longer than this at most. */
const linesMax = 100_000;

/** Puts objects together that somebody wrote over several lines: from `{` to `}`, both at the line's beginning. */
class ObjectLines {
  private readonly log: string;
  private readonly take: (event: RawEvent) => void;
  private open: string[] = [];
  private from = 0;

  constructor(log: string, take: (event: RawEvent) => void) {
    this.log = log;
    this.take = take;
  }

  push(text: string, line: number): void {
    if (this.open.length > 0) {
      this.open.push(text);
      if (/^\}\s*,?\s*$/.test(text)) this.close();
      else if (this.open.length > linesMax) this.end();
      return;
    }
    if (/^\{\s*$/.test(text)) {
      this.open = [text];
      this.from = line;
    } else this.one(text, line);
  }

  /** What was begun and is no object is what it is: lines. */
  end(): void {
    const lines = this.open;
    this.open = [];
    for (const [index, text] of lines.entries()) this.one(text, this.from + index);
  }

  private close(): void {
    const text = this.open.join('\n').replace(/,\s*$/, '');
    const event = jsonEventOf(text);
    if (event === undefined) this.end();
    else this.take({ event, log: this.log, line: this.from, isText: false });
    this.open = [];
  }

  private one(text: string, line: number): void {
    if (text.trim() === '') return;
    const event = jsonEventOf(text.replace(/^\ufeff/, ''));
    const isText = event === undefined;
    this.take({ event: event ?? { message: text }, log: this.log, line, isText });
  }
}

/** Lists of events that are a step deeper than exports have them: of Elastic's search, of Windows event logs. */
const lists = [
  ['hits', 'hits'],
  ['Events', 'Event'],
] as const;

/** The events of a list that is one document; else the document. */
const eventsIn = (document: JsonEvent): readonly JsonEvent[] => {
  for (const [outer, inner] of lists) {
    const holder = document[outer];
    const list = isMembers(holder) ? holder[inner] : undefined;
    if (Array.isArray(list) && list.length > 0 && list.every(isMembers)) return list;
  }
  return [document];
};

const readDocument = async (document: LogDocument, source: EventSource): Promise<void> => {
  const { content, name } = document;
  if (content.kind === 'binary') {
    source.note({ what: name, why: content.why, how: content.how });
    return;
  }
  const lines = new ObjectLines(name, raw => {
    for (const event of eventsIn(raw.event)) source.take({ ...raw, event });
  });
  try {
    if (content.kind !== 'lines') {
      for await (const { text, number } of recordsIn(document, source.note)) {
        lines.push(text.replaceAll(/\r?\n/g, ' '), number);
      }
    } else {
      const splitter = new LineSplitter(line => {
        if (line.truncated === true) {
          const what = `${name}:${line.number}`;
          const how = 'Leave it out, or cut it by hand.';
          source.note({ what, why: 'the line has more than 4 MiB: its end was not read', how });
        }
        lines.push(line.text, line.number);
      });
      for await (const chunk of document.chunks) splitter.push(chunk);
      splitter.end();
    }
  } catch (thrown) {
    // The archive's report names it.
    if (!(thrown instanceof DocumentError)) throw thrown;
  }
  lines.end();
};

/** @returns the names of files that are not there */
export const readRawEvents = async (source: EventSource): Promise<readonly string[]> => {
  const { files, unseen, missing } = findLogs(source.words);
  if (missing.length > 0) return missing;
  for (const each of unseen) source.note(each);
  for (const file of files) {
    for await (const document of logDocuments(file, source.note)) {
      await readDocument(document, source);
    }
  }
  if (source.input !== undefined)
    await readDocument(await looked('-', piped(source.input)), source);
  return [];
};
