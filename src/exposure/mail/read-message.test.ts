import { describe, expect, test } from 'vitest';
import { readMessage } from './read-message.ts';

const read = (lines: readonly string[]): ReturnType<typeof readMessage> =>
  readMessage(Buffer.from(lines.join('\r\n'), 'latin1'));

describe('a message', () => {
  test('gives subject, people, text and attachments', () => {
    const message = read([
      'From: =?iso-2022-jp?B?GyRCO0VFRBsoQg==?= <taro@example.jp>',
      'To: "Sato, Hanako" <hanako@example.jp>, staff: a@example.jp, b@example.jp;',
      'Subject: =?utf-8?Q?caf=C3=A9?=',
      'Date: Mon, 29 Jun 2026 09:00:00 +0900',
      'Message-ID: <1@example.jp>',
      'Content-Type: multipart/mixed; boundary="b"',
      '',
      '--b',
      'Content-Type: text/html; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '<table><tr><td>a=E3=81=82</td><td>b</td></tr></table>',
      '--b',
      'Content-Type: application/pdf; name=x.pdf',
      'Content-Transfer-Encoding: base64',
      '',
      'JVBERi0=',
      '--b--',
    ]);
    expect(message.senders).toEqual([{ name: '仕田', address: 'taro@example.jp' }]);
    expect(message.recipients).toEqual([
      { name: 'Sato, Hanako', address: 'hanako@example.jp' },
      { name: '', address: 'a@example.jp' },
      { name: '', address: 'b@example.jp' },
    ]);
    expect(message.messageId).toBe('<1@example.jp>');
    expect(message.date).toBe(Date.UTC(2026, 5, 29));
    expect(message.texts.map(({ kind, text }) => [kind, text])).toEqual([
      ['subject', 'café'],
      ['html', 'aあ\tb'],
    ]);
    expect(message.attachments[0]?.sizeBytes).toBe(5);
    expect(message.faults).toEqual([]);
  });
});
