import { plainFormat, type Told } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { detailOf, printable } from '../text.ts';
import { anyStamp } from '../time/stamps.ts';

/** `reading message bob@pop.example.jp:1 of 2 (1234 octets) …`: fetched from a mailbox elsewhere. */
const reading =
  /^reading message (\S{1,320})@([\w.:-]{1,255}):(\d{1,9}) of (\d{1,9})(?: \((\d{1,15}) octets\))?/;
const waiting =
  /^(\d{1,9}) messages? (?:\((\d{1,9}) \w{1,20}\) )?for (\S{1,320}) at ([\w.:-]{1,255})(?: \(folder ([^)]{1,255})\))?(?: \((\d{1,15}) octets\))?/;
const refused =
  /^Authorization failure on (\S{1,320})@([\w.:-]{1,255}?)( \(previously authorized\))?$/;
const restored = /^Authorization OK on (\S{1,320})@([\w.:-]{1,255})$/;

const told = (given: string): Told | undefined => {
  const text = given.replace(/^fetchmail: /, '').slice(0, 2_000);
  let match = reading.exec(text);
  if (match !== null) {
    const size = match[5] === undefined ? {} : { sizeBytes: Number(match[5]) };
    return {
      kind: 'message.read',
      outcome: /cannot|error|failed/.test(text) ? 'failure' : 'success',
      user: { name: printable(match[1] ?? '') },
      to: { host: match[2] ?? '' },
      messages: [{ uid: Number(match[3]), part: 'body', ...size }],
      detail: detailOf(text),
    };
  }
  match = waiting.exec(text);
  if (match !== null) {
    return {
      kind: 'mailbox.open',
      outcome: 'success',
      user: { name: printable(match[3] ?? '') },
      to: { host: match[4] ?? '' },
      count: Number(match[1]),
      ...(match[5] === undefined ? {} : { folder: printable(match[5]) }),
      ...(match[6] === undefined ? {} : { bytes: Number(match[6]) }),
    };
  }
  match = refused.exec(text) ?? restored.exec(text);
  if (match === null) return undefined;
  return {
    kind: 'login',
    outcome: text.startsWith('Authorization OK') ? 'success' : 'failure',
    user: { name: printable(match[1] ?? '') },
    to: { host: match[2] ?? '' },
    detail: detailOf(text),
  };
};

/** fetchmail(1), which takes mail out of mailboxes elsewhere. */
export const fetchmail: LogFormat = plainFormat({
  id: 'fetchmail',
  title: 'fetchmail',
  program: /^fetchmail$/,
  shape:
    /^(?:fetchmail: (?:awakened|sleeping|reading|Authorization|\d{1,9} messages? )|reading message \S{1,320}@\S{1,255}:\d{1,9} of )/,
  stamp: anyStamp,
  open: () => told,
});
