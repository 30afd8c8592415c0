import { expect, test } from 'vitest';
import { letterDigest, openMessage } from './opened-message.ts';
import { readMessage } from './read-message.ts';

const headers = [
  'From: Erin <erin@example.test>',
  'Sender: desk@example.test',
  'Reply-To: reply@example.test',
  'To: taro@example.jp',
  'Cc: hanako@example.jp',
  'Bcc: jiro@example.jp',
  'Subject: Letter',
  'Message-ID: <1@example.test>',
  'Date: Mon, 29 Jun 2026 10:00:00 +0900',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Disposition: inline; filename=a.txt',
];
const letter = (lines: readonly string[], body = 'A =3D B\n'): Buffer =>
  Buffer.from(`${lines.join('\n')}\n\n${body}`);
const digest = (bytes: Buffer): string => letterDigest(openMessage(bytes)).toString('hex');
const said = (bytes: Buffer): string => {
  const { headers: _, ...message } = readMessage(bytes);
  return JSON.stringify(message);
};

test('a letter is another one where anything is said otherwise, and not where it came another way', () => {
  const whole = letter(headers);
  const came = letter(['Received: from mx', 'Delivered-To: taro@example.jp', ...headers, 'X-A: b']);
  expect(digest(came)).toBe(digest(whole));
  expect(said(came)).toBe(said(whole));
  const others = [
    ...headers.map((_, left) => letter(headers.filter((__, at) => at !== left))),
    letter(headers, 'A =3D C\n'),
    letter([...headers, 'Cc: erin@example.test']),
    letter(headers.toReversed()),
    // What ends one header and begins the next, or the body, is not confused.
    letter([...headers.slice(0, 6), 'Subject: LetterMessage-ID: <1@example.test>']),
  ];
  expect(new Set([whole, ...others].map(digest)).size).toBe(others.length + 1);
});
