import { describe, expect, test } from 'vitest';
import { elementsOf } from './elements.ts';

const safe = { method: 'PLAIN', rip: '203.0.113.9', lip: '192.0.2.25', session: 'Aa1' };

const forging = 'bob>, method=CRAM-MD5, rip=198.51.100.66, session=<Zz9';

describe('the elements of a login line', () => {
  test('in the default order', () => {
    expect(
      elementsOf(
        'user=<bob>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.25, mpid=7, TLS, session=<Aa1>',
        {},
      ),
    ).toEqual({ ...safe, user: 'bob', pid: 7, tls: true, forged: false });
  });

  test('of a name with spaces and brackets are not those of a forger', () => {
    expect(
      elementsOf(
        'user=<bob "x" <y>>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.25, session=<Aa1>',
        {},
      ),
    ).toEqual({
      ...safe,
      user: 'bob "x" <y>',
      forged: false,
    });
  });

  test('that a client writes into his name are his name', () => {
    expect(
      elementsOf(
        `user=<${forging}>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.25, session=<Aa1>`,
        {},
      ),
    ).toEqual({ ...safe, user: forging, forged: true });
  });

  test('stand between the two names of whoever logs in as himself', () => {
    expect(
      elementsOf(
        `user=<${forging}>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.25, session=<Aa1>, auth_user=<${forging}>`,
        {},
      ),
    ).toEqual({ ...safe, user: forging, authUser: forging, forged: true });
  });

  test('stand there whatever the case in which the name was typed', () => {
    expect(
      elementsOf(
        `user=<${forging.toLowerCase()}>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.25, session=<Aa1>, auth_user=<${forging}>`,
        {},
      ),
    ).toMatchObject({ rip: '203.0.113.9', user: forging.toLowerCase() });
  });

  test('stand before the name where the administrator put it last', () => {
    expect(
      elementsOf(
        `method=PLAIN, rip=203.0.113.9, lip=192.0.2.25, session=<Aa1>, user=<${forging}>`,
        {},
      ),
    ).toEqual({ ...safe, forged: true });
  });

  test('are left away where a master user and his victim may both have been forged', () => {
    const told = elementsOf(
      `user=<bob>, method=PLAIN, rip=203.0.113.9, session=<Aa1>, auth_user=<${forging}>`,
      {},
    );
    expect(told.rip).toBeUndefined();
    expect(told.forged).toBe(true);
  });

  test('need no second name where the format is known to have none', () => {
    const line =
      'user=<bob>, rip=198.51.100.66, auth_user=<x>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.25, session=<Aa1>';
    expect(elementsOf(line, {}).rip).toBeUndefined();
    expect(elementsOf(line, { authUser: false }).rip).toBe('203.0.113.9');
  });

  test('of IPv4 addresses within IPv6 ones are those addresses', () => {
    expect(elementsOf('user=<bob>, rip=::ffff:203.0.113.9, lip=::1', {}).rip).toBe('203.0.113.9');
  });
});
