import type { LogLine } from '../../core/log-line.ts';
import type { Envelope } from '../format.ts';
import { isoStamp } from '../time/stamps.ts';

const fieldsMax = 64;
const valueCharsMax = 8_192;

interface StructuredData {
  readonly fields: ReadonlyMap<string, string>;
  readonly end: number;
}

const element = /\[([^\s=\]"]{1,64})/y;
const parameter = / +([^\s=\]"]{1,64})="((?:[^"\\]|\\.)*)"/y;

/** RFC 5424, 6.3: `-`, or elements whose values escape `"`, `\` and `]`. Undefined for what is neither. */
const structuredData = (text: string, from: number): StructuredData | undefined => {
  const fields = new Map<string, string>();
  if (text.charCodeAt(from) === 0x2d) return { fields, end: from + 1 };
  let at = from;
  for (;;) {
    element.lastIndex = at;
    const opened = element.exec(text);
    if (opened === null) break;
    at = element.lastIndex;
    for (;;) {
      parameter.lastIndex = at;
      const given = parameter.exec(text);
      if (given === null) break;
      at = parameter.lastIndex;
      if (fields.size < fieldsMax) {
        const value = (given[2] ?? '').slice(0, valueCharsMax).replace(/\\(["\\\]])/g, '$1');
        fields.set(`${opened[1]}/${given[1]}`, value);
      }
    }
    if (text.charCodeAt(at) !== 0x5d) return undefined;
    at += 1;
  }
  return at === from ? undefined : { fields, end: at };
};

const header = /1 (\S{1,64}) (\S{1,255}) (\S{1,128}) (\S{1,128}) (\S{1,64}) /y;

const given = (value: string | undefined): string | undefined =>
  value === undefined || value === '-' ? undefined : value;

/** The record of RFC 5424 whose version stands at `from`, behind the `<PRI>`; undefined where it is none. */
export const rfc5424 = (line: LogLine, text: string, from: number): Envelope | undefined => {
  header.lastIndex = from;
  const match = header.exec(text);
  if (match === null) return undefined;
  const [, time = '', host, program, process] = match;
  const at = time === '-' ? undefined : isoStamp(time);
  if (time !== '-' && at?.end !== time.length) return undefined;
  const data = structuredData(text, header.lastIndex);
  let start = data?.end ?? header.lastIndex;
  if (data !== undefined && text.charCodeAt(start) === 0x20) start += 1;
  if (text.charCodeAt(start) === 0xfeff) start += 1;
  const pid = /^\d{1,10}$/.test(process ?? '') ? Number(process) : undefined;
  const [named, identified] = [given(host), given(program)];
  return {
    line,
    message: text.slice(start),
    ...(at === undefined ? {} : { stamp: at.stamp }),
    ...(named === undefined ? {} : { host: named }),
    ...(identified === undefined ? {} : { program: identified }),
    ...(pid === undefined ? {} : { pid }),
    ...(data === undefined || data.fields.size === 0 ? {} : { fields: data.fields }),
  };
};
