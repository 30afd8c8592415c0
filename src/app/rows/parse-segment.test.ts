import { expect, test } from 'vitest';
import { zonesOf } from '../ingest/zones.ts';
import { rowsOfDraft } from './parse-draft.ts';

const login =
  '2026-06-29T10:00:01Z mx1 dovecot: imap-login: Login: user=<mai@example.jp>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1, mpid=7, TLS, session=<a>\n';
const position = (more: object): string =>
  JSON.stringify({ generation: 1, file: '/var/log/mail.log', offset: 9, line: 3, ...more });
const rows = (raw: string, from: object, line = 5) =>
  rowsOfDraft(
    {
      source: 'mail.log',
      seq: 2,
      day: '2026-06-29',
      raw: Buffer.from(raw),
      from: position(from),
      to: position({ offset: 9 + raw.length, line }),
    },
    zonesOf('UTC', 'zone', 'UTC'),
  );

test('what goes on with a line that is kept in pieces makes no row, whatever it looks like', () => {
  const { lineInPart, sequence } = rows(login + login, { within: true }, 4);
  expect([[...lineInPart], [...sequence]]).toEqual([[1], [4]]);
  expect([...rows(login + login, {}).lineInPart]).toEqual([0, 1]);
});

test('lines are not counted where some that came between are kept elsewhere', () => {
  expect([...rows(login + login, {}).sequence]).toEqual([4, 5]);
  expect([...rows(login + login, {}, 6).sequence]).toEqual([Number.NaN, Number.NaN]);
});
