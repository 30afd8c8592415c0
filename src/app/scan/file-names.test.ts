import { expect, test } from 'vitest';
import { findData } from '../../exposure/find.ts';
import { readMessage } from '../../exposure/mail/read-message.ts';
import { fold } from '../../exposure/normal.ts';
import { fileNames } from './file-names.ts';

const part = (name: string): string =>
  `--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\nx\r\n`;

const found = (...names: readonly string[]): readonly string[] => {
  const head =
    'From: office@example.jp\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n';
  const text = fileNames(readMessage(Buffer.from(`${head}${names.map(part).join('')}--b--\r\n`)));
  if (text === undefined) return [];
  return findData({ ...text, text: fold(text.text) }, { customerNumbers: [], regions: ['JP'] }).map(
    ({ type, value }) => `${type} ${value}`,
  );
};

test('names of files are searched, their endings and underlines aside', () => {
  expect(found('taro@example.jp.eml')).toEqual(['email taro@example.jp']);
  expect(found('card_4111-1111-1111-1111.pdf').join()).toContain('payment-card');
  expect(found('=?UTF-8?B?5bGx55Sw5aSq6YOO5qeYX+iri+axguabuC5wZGY=?=').join()).toContain(
    'person-name',
  );
});

test('a message that is attached has a name, and so has an empty file', () => {
  const attached = (type: string, body: string): readonly string[] => {
    const head = `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n`;
    const part = `Content-Type: ${type}\r\nContent-Disposition: attachment; filename="taro@example.jp.eml"\r\n\r\n`;
    const { text = '' } =
      fileNames(readMessage(Buffer.from(`${head}${part}${body}\r\n--b--\r\n`))) ?? {};
    return [text];
  };
  expect(attached('message/rfc822', 'Subject: a\r\n\r\nb')).toEqual(['taro@example.jp']);
  expect(attached('message/rfc822', '')).toEqual(['taro@example.jp']);
  expect(attached('text/html', '<p>')).toEqual(['taro@example.jp']);
});

test('two names are not one number, and no name is no text', () => {
  expect(found('4111-1111.pdf', '1111-1111.pdf').join()).not.toContain('payment-card');
  expect(found('')).toEqual([]);
  expect(found('report.pdf', 'image001.png')).toEqual([]);
});
