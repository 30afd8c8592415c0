import { describe, expect, test } from 'vitest';
import { memoryOf, tell } from './memory.ts';
import { MessageIds } from './message-ids.ts';

describe('acts of a session', () => {
  test('are repeated by whoever tells of no more than another one did', () => {
    const memory = memoryOf(10);
    expect(tell(memory, 'S', 'login failure', 'auth')).toBe(false);
    expect(tell(memory, 'S', 'login failure', 'auth')).toBe(false);
    expect(tell(memory, 'S', 'login failure', 'export')).toBe(true);
    expect(tell(memory, 'S', 'login failure', 'login', 2)).toBe(true);
    expect(tell(memory, 'T', 'login failure', 'login', 1)).toBe(false);
  });

  test('that nobody else told of stand for themselves', () => {
    const memory = memoryOf(10);
    expect(tell(memory, 'S', 'delete', 'sum', 2)).toBe(false);
    expect(tell(memory, undefined, 'delete', 'log')).toBe(false);
    expect(tell(memory, undefined, 'delete', 'log')).toBe(false);
  });

  test('are repeated by counters at the end, and repeat none of those', () => {
    const memory = memoryOf(10);
    expect(tell(memory, 'S', 'read', 'export')).toBe(false);
    expect(tell(memory, 'S', 'read', 'sum', 3)).toBe(true);
    expect(tell(memory, 'S', 'read', 'export')).toBe(false);
    expect(tell(memory, 'T', 'read', 'sum', 3)).toBe(false);
    expect(tell(memory, 'T', 'read', 'export')).toBe(false);
  });

  test('one command repeats all the messages that it touched, and no later one', () => {
    const memory = memoryOf(10);
    for (const _ of [1, 2, 3]) expect(tell(memory, 'S', 'copy', 'log')).toBe(false);
    expect(tell(memory, 'S', 'copy', 'command')).toBe(true);
    expect(tell(memory, 'S', 'copy', 'command')).toBe(false);
  });

  test('are forgotten with the oldest session', () => {
    const memory = memoryOf(1);
    tell(memory, 'S', 'login failure', 'auth');
    tell(memory, 'T', 'login failure', 'auth');
    expect(memory.sessions.size).toBe(1);
    expect(tell(memory, 'S', 'login failure', 'login', 1)).toBe(false);
  });
});

describe('message ids', () => {
  test('are found by mailbox, folder and uid, until the folder is another one', () => {
    const ids = new MessageIds(10);
    ids.learn('bob', 'Work', 3, '<a@example.test>');
    ids.learn('bob', 'INBOX', 3, '<b@example.test>');
    expect(ids.find('bob', 'Work', 3)).toBe('<a@example.test>');
    expect(ids.find('carol', 'Work', 3)).toBeUndefined();
    ids.forget('bob', 'Work');
    expect(ids.find('bob', 'Work', 3)).toBeUndefined();
    expect(ids.find('bob', 'INBOX', 3)).toBe('<b@example.test>');
    ids.learn('bob', 'Work', 3, '<c@example.test>');
    expect(ids.find('bob', 'Work', 3)).toBe('<c@example.test>');
  });

  test('are as many as may be remembered', () => {
    const ids = new MessageIds(2);
    for (const uid of [1, 2, 3]) ids.learn('bob', 'INBOX', uid, `<${uid}@example.test>`);
    expect([1, 2, 3].map(uid => ids.find('bob', 'INBOX', uid))).toEqual([
      undefined,
      '<2@example.test>',
      '<3@example.test>',
    ]);
  });
});
