import type { LogLine } from '../../core/log-line.ts';
import type { Envelope } from '../format.ts';
import type { Stamp } from '../stamp.ts';
import { epochTextStamp, isoStamp } from '../time/stamps.ts';
import { bareTag, syslogHeader } from './header.ts';

type Json = Readonly<Record<string, unknown>>;

const parsed = (text: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Json)
      : undefined;
  } catch {
    return undefined;
  }
};

const decoder = new TextDecoder();

const isByte = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;

/** journalctl(1), `-o json`: what is not UTF-8 or holds controls is an array of bytes, repeated fields an array of texts. */
const journalText = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const list: readonly unknown[] = value;
  if (list.length > 0 && list.every(isByte)) return decoder.decode(Uint8Array.from(list));
  return list.length > 0 ? journalText(list[0]) : undefined;
};

const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;

/** Fields beside the message that say where an entry is from; names as in systemd.journal-fields(7). */
const journalFields = [
  '_SYSTEMD_UNIT',
  '_COMM',
  '_EXE',
  '_UID',
  'PRIORITY',
  'SYSLOG_FACILITY',
  '_TRANSPORT',
  'CONTAINER_NAME',
  '_MACHINE_ID',
  '_BOOT_ID',
  '__CURSOR',
];

/** An entry of the journal as `journalctl -o json` exports it. */
const journal = (line: LogLine): Envelope | undefined => {
  const record = parsed(line.text);
  if (record === undefined || !('__REALTIME_TIMESTAMP' in record)) return undefined;
  const text = (name: string): string | undefined => journalText(record[name]);
  // When it was written down, where the journal knows, else when the journal got it.
  const at = text('_SOURCE_REALTIME_TIMESTAMP') ?? text('__REALTIME_TIMESTAMP') ?? '';
  const stamp = epochTextStamp(at);
  const host = text('_HOSTNAME');
  const program = text('SYSLOG_IDENTIFIER') ?? text('_COMM');
  // The one with an underscore is the kernel's word, the other the program's.
  const pid = number(text('_PID')) ?? number(text('SYSLOG_PID'));
  const fields = new Map<string, string>();
  for (const name of journalFields) {
    const value = text(name);
    if (value !== undefined) fields.set(name, value.slice(0, 1_000));
  }
  return {
    line,
    message: text('MESSAGE') ?? '',
    ...(stamp === undefined ? {} : { stamp }),
    ...(host === undefined ? {} : { host }),
    ...(program === undefined ? {} : { program }),
    ...(pid === undefined ? {} : { pid }),
    fields,
  };
};

/** A container's line: what its program wrote may have a header of its own; the engine's clock is the host's. */
const contained = (
  line: LogLine,
  text: string,
  outer: Stamp | undefined,
  fields: ReadonlyMap<string, string>,
): Envelope => {
  const inner = syslogHeader(line, text, 0);
  if (inner?.program !== undefined) {
    return { ...inner, ...(outer === undefined ? {} : { stamp: outer }), fields };
  }
  const tagged = bareTag(text);
  return {
    line,
    message: text,
    ...(outer === undefined ? {} : { stamp: outer }),
    ...(tagged === undefined ? {} : tagged),
    fields,
  };
};

const withoutLineEnd = (text: string): string =>
  text.endsWith('\r\n') ? text.slice(0, -2) : text.endsWith('\n') ? text.slice(0, -1) : text;

/** Docker's json-file driver: `{"log":"…\n","stream":"stdout","time":"…Z"}`. */
const docker = (line: LogLine): Envelope | undefined => {
  const record = parsed(line.text);
  if (record === undefined) return undefined;
  const { log, stream, time } = record;
  if (typeof log !== 'string' || typeof time !== 'string') return undefined;
  const fields = new Map<string, string>();
  if (typeof stream === 'string') fields.set('stream', stream.slice(0, 40));
  // Docker cuts lines at 16 KiB; all but the last piece have no line end.
  if (!log.endsWith('\n')) fields.set('partial', 'true');
  return contained(line, withoutLineEnd(log), isoStamp(time)?.stamp, fields);
};

/** Kubernetes' container runtime interface: `2026-11-22T12:00:00.123456789Z stdout F …`. */
const criPattern =
  /^\d{4}-\d{2}-\d{2}T[\d:.]{8,20}(?:Z|[+-]\d{2}:\d{2}) (stdout|stderr) ([FP])(?: |$)/;

export const criRecord = (line: LogLine): Envelope | undefined => {
  const match = criPattern.exec(line.text);
  if (match === null) return undefined;
  const fields = new Map([['stream', match[1] ?? '']]);
  if (match[2] === 'P') fields.set('partial', 'true');
  const stamp = isoStamp(line.text)?.stamp;
  return contained(line, line.text.slice(match[0].length), stamp, fields);
};

/** A line that begins with `{`: the journal's or Docker's; undefined for a program's own record. */
export const jsonRecord = (line: LogLine): Envelope | undefined => {
  const { text } = line;
  if (text.startsWith('{"log":') || (text.includes('"log"') && text.includes('"stream"'))) {
    return docker(line);
  }
  return text.includes('"__REALTIME_TIMESTAMP"') ? journal(line) : undefined;
};
