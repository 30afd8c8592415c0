import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { type MailTree, mailIn, mailTree } from '../../../test/support/mail-tree.ts';
import { readMessage } from '../mail/read-message.ts';
import type { PstItem } from './pst/item.ts';
import { renderItem, unwrapped } from './pst/render.ts';
import { rtfText } from './pst/rtf-text.ts';
import { pst } from './pst.ts';

const item: PstItem = {
  kind: 'IPM.Note',
  transportHeaders: '',
  subject: '',
  senders: [],
  to: [],
  cc: [],
  bcc: [],
  messageId: '',
  plain: '',
  html: '',
  rtf: '',
  more: [],
  attachments: [],
  isCut: false,
};

describe('a thing of Outlook’s as a message', () => {
  test('people, date, texts and attachments are there again', () => {
    const rendered = renderItem({
      ...item,
      subject: 'ご請求\r\nBcc: x@y.test',
      senders: [{ name: '山田 太郎', address: 'taro@example.jp' }],
      to: [
        { name: 'hanako@example.jp', address: 'hanako@example.jp' },
        { name: 'Erin', address: '/o=X/cn=erin' },
      ],
      bcc: [{ name: '', address: 'secret@example.test' }],
      messageId: '<a@example.jp>',
      sent: Date.UTC(2026, 10, 26, 7, 40, 20),
      plain: '本文\r\n--postern\r\n',
      html: '<p>本文</p>',
      attachments: [
        { name: 'a"b\r\n.pdf', type: 'application/pdf', bytes: Buffer.from('%PDF'.repeat(50)) },
        { name: 'inner', item: { ...item, subject: 'inner', plain: 'within' } },
      ],
    });
    const message = readMessage(rendered);
    expect(message.senders).toEqual([{ name: '山田 太郎', address: 'taro@example.jp' }]);
    expect(message.recipients.map(({ address }) => address)).toEqual(
      expect.arrayContaining(['hanako@example.jp', 'secret@example.test']),
    );
    expect(message.recipients.map(({ address }) => address)).not.toContain('x@y.test');
    expect(message.messageId).toBe('<a@example.jp>');
    expect(message.date).toBe(Date.UTC(2026, 10, 26, 7, 40, 20));
    const texts = message.texts.map(({ text }) => text.trim());
    expect(texts.join('|')).toContain('ご請求');
    expect(texts.join('|')).toContain(
      '本文\n--postern'.replaceAll('\n', texts.join('').includes('\r') ? '\r\n' : '\n'),
    );
    expect(texts).toContain('within');
    expect(message.attachments.map(({ type, sizeBytes }) => [type, sizeBytes])).toEqual([
      ['application/pdf', 200],
    ]);
  });

  test('headers that came with it stay, those of its parts do not', () => {
    const message = readMessage(
      renderItem({
        ...item,
        transportHeaders:
          'Microsoft Mail Internet Headers Version 2.0\r\nReceived: from a\r\n\tby b\r\nFrom: erin@example.test\r\nContent-Type: multipart/mixed;\r\n boundary="gone"\r\nSubject: came\r\n',
        subject: 'shown',
        senders: [{ name: '', address: 'other@example.test' }],
        plain: 'text',
      }),
    );
    expect(
      message.headers.filter(({ name }) => name === 'subject').map(({ value }) => value),
    ).toEqual(['came']);
    expect(message.senders.map(({ address }) => address)).toEqual(['erin@example.test']);
    expect(message.texts.map(({ text }) => text.trim())).toEqual(['came', 'text']);
    expect(message.faults).toEqual([]);
  });

  test('a contact is a text with labels', () => {
    const { texts } = readMessage(
      renderItem({
        ...item,
        kind: 'IPM.Contact',
        more: [
          ['Mobile', '090-1234-5678'],
          ['Name', '山田'],
        ],
      }),
    );
    expect(texts.map(({ text }) => text).join()).toMatch(/Mobile: 090-1234-5678\s+Name: 山田/);
  });

  test('addresses of other systems are unwrapped', () => {
    expect(unwrapped('IMCEANOTES-+22Jim+22+20+3CJim+40example+2Etest+3E+40X@X.test')).toBe(
      'Jim@example.test',
    );
    expect(unwrapped('IMCEAEX-_O=A_OU=B_CN=C@X.test')).toBe('IMCEAEX-_O=A_OU=B_CN=C@X.test');
    expect(unwrapped('taro@example.jp')).toBe('taro@example.jp');
  });
});

describe('RTF', () => {
  const decode = (bytes: Buffer, codePage: number): string =>
    new TextDecoder(codePage === 932 ? 'shift_jis' : 'windows-1252').decode(bytes);

  test.each([
    ['{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\f0 Hello\\par\\b World\\b0 !}', 'Hello\nWorld!'],
    ["{\\rtf1\\ansi\\ansicpg932 \\'8e\\'52\\'93\\'63 090}", '山田 090'],
    ['{\\rtf1\\uc1 \\u23665?\\u30000? \\{x\\}}', '山田 {x}'],
    [
      '{\\rtf1\\fromhtml1 {\\*\\htmltag64 <p>}text{\\*\\generator x;}{\\*\\htmltag72 </p>}}',
      '<p>text</p>',
    ],
    ['no rtf at all', 'no rtf at all'],
    ['{{{{', ''],
  ])('%s', (rtf, text) => {
    expect(rtfText(rtf, decode)).toBe(text);
  });
});

describe('a PST', () => {
  let tree: MailTree = mailTree();
  const example = readFileSync('node_modules/pst-extractor/example/testdata/enron.pst');
  afterEach(() => {
    tree.remove();
    tree = mailTree();
  });

  test('of an Outlook of old: folders, messages, people, attachments', {
    timeout: 60_000,
  }, async () => {
    tree.write('/export/jim@example.test.pst', example);
    const found = await mailIn(tree.files, '/export', { stores: [pst] });
    expect(found).toHaveLength(71);
    expect(new Set(found.map(({ mailbox }) => mailbox))).toEqual(new Set(['jim@example.test']));
    expect(new Set(found.map(({ folder }) => folder)).size).toBe(5);
    expect(new Set(found.map(({ message }) => message.key)).size).toBe(71);
    const messages = found.map(({ read }) => {
      if (read.state !== 'read') throw new Error(read.state);
      expect(read.isCut).toBe(false);
      expect(read.received).toBeGreaterThan(Date.UTC(1999, 0, 1));
      return readMessage(read.bytes);
    });
    expect(messages.every(({ faults }) => faults.length === 0)).toBe(true);
    expect(messages.filter(({ attachments }) => attachments.length > 0).length).toBeGreaterThan(15);
    const beanie = messages.find(({ attachments }) =>
      attachments[0]?.name.includes('Valentina Bears'),
    );
    expect(beanie?.attachments.map(({ sizeBytes }) => sizeBytes)).toEqual([204]);
    expect(tree.files.unseen).toEqual([]);
  });

  test('that is damaged gives what can be read, and says what cannot', {
    timeout: 60_000,
  }, async () => {
    const damaged = Buffer.from(example);
    // Every hundredth page of what holds messages; the trees of nodes at the end stay.
    for (let at = 1 << 20; at < damaged.length - (4 << 20); at += 100 * 512)
      damaged.fill(0xa5, at, at + 512);
    tree.write('/export/a.pst', damaged);
    tree.write('/export/b.pst', example.subarray(0, 600_000));
    tree.write(
      '/export/c.pst',
      Buffer.concat([example.subarray(0, 512), Buffer.alloc(4_096, 0xff)]),
    );
    const encrypted = Buffer.from(example.subarray(0, 1 << 20));
    encrypted[461] = 2;
    encrypted[513] = 2;
    tree.write('/export/d.pst', encrypted);
    const found = await mailIn(tree.files, '/export', { stores: [pst] });
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ read }) => read.state === 'read' || read.state === 'unseen')).toBe(true);
    const noted = tree.files.unseen.map(({ why }) => why).join();
    expect(noted).toContain('damaged file of Outlook');
    expect(noted).toContain('encrypted file of Outlook');
    expect(noted).not.toContain('.pst');
  });
});
