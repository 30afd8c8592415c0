import { describe, expect, test } from 'vitest';
import { imapDoing, messageSet, popDoing } from './commands.ts';

describe('a command of IMAP', () => {
  test.each([
    ['fetch', '1 (BODY[])', 'message.read'],
    ['fetch', '1 BODY.PEEK[]<0.2048>', 'message.read'],
    ['fetch', '1 (BODY[TEXT])', 'message.read'],
    ['fetch', '1 (BODY.PEEK[1.2])', 'message.read'],
    ['fetch', '1 RFC822', 'message.read'],
    ['fetch', '1 (RFC822.TEXT)', 'message.read'],
    ['fetch', '1 BINARY[1]', 'message.read'],
    ['fetch', '1 BODY.PEEK[HEADER]', 'message.list'],
    ['fetch', '1 (BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY[1])', 'message.read'],
    ['fetch', '1 (BODY[1.MIME])', 'message.list'],
    ['fetch', '1 RFC822.HEADER', 'message.list'],
    ['fetch', '1 (UID BODYSTRUCTURE)', 'message.list'],
    ['fetch', '1 ENVELOPE', 'message.list'],
    ['fetch', '1 (FLAGS RFC822.SIZE INTERNALDATE)', undefined],
    ['fetch', '1:* (UID FLAGS)', undefined],
    ['uid+fetch', 'FETCH 1 BODY[]', 'message.read'],
    ['uid fetch', '1 BODY[]', 'message.read'],
    ['uid', 'FETCH 1 BODY[]', 'message.read'],
    ['select', 'INBOX', 'mailbox.open'],
    ['examine', 'INBOX', 'mailbox.open'],
    ['store', '1 +FLAGS (\\Seen)', 'message.change'],
    ['uid+move', '1 Trash', 'message.change'],
    ['append', 'Drafts', 'message.save'],
    ['noop', '', undefined],
    ['list', '"" *', undefined],
  ])('%s %s: %s', (command, parameters, kind) =>
    expect(imapDoing(command, parameters)?.kind).toBe(kind),
  );

  test('names a folder, quoted or not', () => {
    expect(imapDoing('select', '"Sent \\"x\\" Items"')?.folder).toBe('Sent "x" Items');
    expect(imapDoing('uid+copy', '1 "Old mail"')?.folder).toBe('Old mail');
  });
});

describe('a command of POP3', () => {
  test.each([
    ['RETR', '3', 'message.read'],
    ['top', '3 0', 'message.list'],
    ['dele', '3', 'message.delete'],
    ['uidl', '', undefined],
  ])('%s %s: %s', (command, parameters, kind) =>
    expect(popDoing(command, parameters)?.kind).toBe(kind),
  );
});

describe('a set of messages', () => {
  test.each([
    ['7', [7], 1],
    ['1:3,9', [1, 2, 3, 9], 4],
    ['9:7', [7, 8, 9], 3],
    ['1:*', [], undefined],
    ['1:4000000000', [], 4_000_000_000],
    ['x', [], undefined],
    ['', [], undefined],
  ])('%j', (text, numbers, count) =>
    expect(messageSet(text)).toEqual(count === undefined ? { numbers } : { numbers, count }),
  );
});
