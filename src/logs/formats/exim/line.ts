import type { Stamp } from '../../stamp.ts';
import { isoStamp } from '../../time/stamps.ts';

/** A line of Exim's, its head taken off. */
export interface EximLine {
  readonly stamp?: Stamp;
  readonly pid?: number;
  /** Message id. */
  readonly id?: string;
  /** What is behind the head. */
  readonly text: string;
  /** The second and further parts of a line that was too long for syslog: `[2\3] …`. */
  readonly continued?: true;
}

const isWord = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);

const words = (text: string, from: number, to: number): boolean => {
  for (let at = from; at < to; at += 1) if (!isWord(text.charCodeAt(at))) return false;
  return true;
};

const dash = 45;

/** Length of the message id at an index: 16 characters, or 23 since 4.97; 0 where there is none. */
const messageIdLength = (text: string, at: number): number => {
  if (text.charCodeAt(at + 6) !== dash || !words(text, at, at + 6)) return 0;
  if (text.charCodeAt(at + 13) === dash) {
    return words(text, at + 7, at + 13) && words(text, at + 14, at + 16) ? 16 : 0;
  }
  return text.charCodeAt(at + 18) === dash &&
    words(text, at + 7, at + 18) &&
    words(text, at + 19, at + 23)
    ? 23
    : 0;
};

const pidAt = /\[(\d{1,10})\] /y;
const partAt = /\[(\d{1,2})[\\/]\d{1,2}\] /y;

/**
 * `2026-11-22 12:00:01.123 +0100 [1234] 1abcde-000000001Xy-0abc <= …`: each of these may be missing. Through
 * syslog it has no stamp (syslog_timestamp), and long lines come in parts.
 */
export const eximLine = (message: string): EximLine => {
  let at = 0;
  let stamp: Stamp | undefined;
  const first = message.charCodeAt(0);
  if (first >= 48 && first <= 57) {
    const found = isoStamp(message);
    if (found !== undefined && message.charCodeAt(found.end) === 32) {
      stamp = found.stamp;
      at = found.end + 1;
    }
  }
  let pid: number | undefined;
  if (message.charCodeAt(at) === 91) {
    partAt.lastIndex = at;
    const part = partAt.exec(message);
    if (part !== null) {
      if (part[1] !== '1') return { text: message, continued: true };
      at = partAt.lastIndex;
    }
    pidAt.lastIndex = at;
    const process = pidAt.exec(message);
    if (process !== null) {
      pid = Number(process[1]);
      at = pidAt.lastIndex;
    }
  }
  const length = messageIdLength(message, at);
  const has =
    length > 0 && (message.charCodeAt(at + length) === 32 || message.length === at + length);
  const text = message.slice(has ? at + length + 1 : at);
  const line: { -readonly [Key in keyof EximLine]: EximLine[Key] } = { text };
  if (stamp !== undefined) line.stamp = stamp;
  if (pid !== undefined) line.pid = pid;
  if (has) line.id = message.slice(at, at + length);
  return line;
};
