import { expect, test } from 'vitest';
import type { Found } from '../src/exposure/data-type.ts';
import { findData } from '../src/exposure/find.ts';
import { readMessage } from '../src/exposure/mail/read-message.ts';
import { fold } from '../src/exposure/normal.ts';
import { type InventedMail, inventedMail } from './support/invented-mail.ts';
import { mailCharsets } from './support/mail-charsets.ts';

const settings = { customerNumbers: [], regions: ['JP'] };

const foundIn = (bytes: Uint8Array): readonly Found[] =>
  readMessage(bytes).texts.flatMap(({ text, kind }) =>
    findData({ text: fold(text), kind }, settings),
  );

const mail = [...inventedMail(mailCharsets.length * 20)];

test.each(mailCharsets)('what is planted in mail of %s is found', charset => {
  const messages = mail.filter((each: InventedMail) => each.charset === charset);
  expect(messages).toHaveLength(20);
  const missed = messages.flatMap(({ bytes, planted, transfer }) => {
    const found = foundIn(bytes).filter(({ confidence }) => confidence !== 'low');
    return planted
      .filter(({ type, value }) => !found.some(one => one.type === type && one.value === value))
      .map(({ type, value }) => `${transfer} ${type} ${value}`);
  });
  expect(missed).toEqual([]);
});

test('an order number is no My Number in any of them', () => {
  for (const { bytes } of mail) {
    expect(foundIn(bytes).filter(({ type }) => type === 'my-number')).toHaveLength(1);
  }
});
