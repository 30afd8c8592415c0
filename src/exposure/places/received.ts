const dayMs = 86_400_000;
const headBytesMax = 1 << 16;
const earliestMs = Date.UTC(1980, 0, 1);

/** `26 Nov 2026 07:40:20 +0900`, with the day of the week before it. */
const datePattern =
  /(\d{1,2}) {1,3}([A-Za-z]{3}) {1,3}(\d{4}) {1,3}(\d{1,2}):(\d{2})(?::(\d{2}))? {1,3}([+-]\d{4}|GMT|UT|UTC|Z)/;
const months = 'janfebmaraprmayjunjulaugsepoctnovdec';

const readDate = (text: string): number | undefined => {
  const found = datePattern.exec(text);
  if (found === null) return undefined;
  const [, day, name = '', year, hour, minute, second = '0', zone = ''] = found;
  const month = months.indexOf(name.toLowerCase());
  if (month < 0 || month % 3 !== 0) return undefined;
  const sign = zone.startsWith('-') ? -1 : 1;
  const away = /^[+-]/.test(zone)
    ? (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3))) * sign
    : 0;
  const ms =
    Date.UTC(Number(year), month / 3, Number(day), Number(hour), Number(minute), Number(second)) -
    away * 60_000;
  return ms < earliestMs || Math.abs(away) * 60_000 > dayMs ? undefined : ms;
};

/**
 * When the mailbox got a message, by its uppermost Received line: the one that its own server wrote, where
 * one did. Those below it, and everything else in a header, are the sender's word.
 */
export const receivedIn = (head: Uint8Array): number | undefined => {
  const text = Buffer.from(
    head.buffer,
    head.byteOffset,
    Math.min(head.length, headBytesMax),
  ).toString('latin1');
  const start = /(?:^|\n)received:/i.exec(text);
  if (start === null) return undefined;
  const blank = text.search(/\r?\n\r?\n/);
  if (blank >= 0 && start.index > blank) return undefined;
  const rest = text.slice(start.index + start[0].length);
  const next = rest.search(/\n[^ \t]/);
  const line = (next < 0 ? rest : rest.slice(0, next)).replace(/\s+/g, ' ');
  return readDate(line.slice(line.lastIndexOf(';') + 1));
};
