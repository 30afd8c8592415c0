import { describe, expect, test } from 'vitest';
import type { Parsed } from '../../format.ts';
import { attemptOf, authLine } from './auth.ts';
import { memoryOf } from './memory.ts';
import { prefixOf } from './prefix.ts';

const time = { original: '' };

const read = (line: string): Parsed => {
  const prefix = prefixOf(line);
  return prefix === undefined ? { unparsed: 'no prefix' } : authLine(prefix, time, memoryOf(10));
};

const eventOf = (line: string): Record<string, unknown> => {
  const parsed = read(line);
  return 'event' in parsed ? { ...parsed.event } : { ...parsed };
};

describe('who tried', () => {
  test.each([
    ['bob', { user: 'bob', master: false }],
    ['bob,203.0.113.9', { user: 'bob', ip: '203.0.113.9', master: false }],
    ['bob,2001:db8::9,<Aa1>', { user: 'bob', ip: '2001:db8::9', session: 'Aa1', master: false }],
    [
      'admin,203.0.113.9,master,<Aa1>',
      { user: 'admin', ip: '203.0.113.9', session: 'Aa1', master: true },
    ],
    [
      'bob,203.0.113.9,sasl:plain',
      { user: 'bob', ip: '203.0.113.9', mechanism: 'PLAIN', master: false },
    ],
    ['a,b,c,203.0.113.9', { user: 'a,b,c', ip: '203.0.113.9', master: false }],
  ])('stands in %s', (args, attempt) => {
    expect(attemptOf(args)).toEqual(attempt);
  });
});

describe('a line of auth', () => {
  test('keeps no password that was given', () => {
    const event = eventOf(
      'auth: sql(bob,203.0.113.9): Password mismatch (SHA1 of given password: d638d45)',
    );
    expect(event['outcome']).toBe('failure');
    expect(JSON.stringify(event)).not.toContain('d638d45');
    expect(event['flags']).toEqual(['secret']);
  });

  test('of a password that looks like the end of a line names no address that is not sure', () => {
    const event = eventOf(
      'auth: sql(bob,203.0.113.9): unknown user (given password: x,198.51.100.66): y)',
    );
    expect(event['from']).toBeUndefined();
    expect(event['flags']).toContain('forged-looking');
    expect(JSON.stringify(event)).not.toContain('198.51.100.66');
  });

  test('says nothing of access where it debugs', () => {
    expect(read('auth: Debug: passwd-file(bob,203.0.113.9): Password mismatch')).toHaveProperty(
      'quiet',
    );
  });

  test('names the master user where his passdb is named', () => {
    const event = eventOf(
      'auth: passwd-file(admin,203.0.113.9,master,<Aa1>): Master user logging in as bob',
    );
    expect(event).toMatchObject({
      kind: 'login.impersonated',
      user: { name: 'bob' },
      actor: { name: 'admin' },
      from: { ip: '203.0.113.9' },
      session: 'Aa1',
    });
  });
});
