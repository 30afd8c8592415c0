import { expect, test } from 'vitest';
import { WebUsers } from './web-users.ts';

const at = 1_000_000_000;

test('who logged in from the address is whose message was shown', () => {
  const users = new WebUsers();
  users.login('203.0.113.7', 'taro', at - 60_000);
  users.login('203.0.113.8', 'jiro', at - 60_000);
  expect(users.of('203.0.113.7', at)).toEqual({ users: ['taro'], isSure: true });
  expect(users.of('203.0.113.7', at + 24 * 3_600_000)).toEqual({ users: [], isSure: false });
  expect(users.of('203.0.113.7', at - 70_000)).toEqual({ users: [], isSure: false });
});

test('of several behind one address, the one whose session was opened then', () => {
  const users = new WebUsers();
  users.login('203.0.113.7', 'taro', at - 60_000);
  users.login('203.0.113.7', 'jiro', at - 50_000);
  expect(users.of('203.0.113.7', at)).toEqual({ users: ['taro', 'jiro'], isSure: false });
  users.session('jiro', at + 1_000);
  users.session('goro', at + 1_000);
  expect(users.of('203.0.113.7', at)).toEqual({ users: ['jiro'], isSure: true });
});

test('without a log of the webmail, whose session was opened then, where it was one', () => {
  const users = new WebUsers();
  users.session('taro', at + 1_000);
  expect(users.of('203.0.113.7', at)).toEqual({ users: ['taro'], isSure: true });
  users.session('jiro', at - 2_000);
  expect(users.of('203.0.113.7', at).isSure).toBe(false);
  for (let n = 0; n < 60; n += 1) users.session(`user${n}`, at);
  expect(users.of('203.0.113.7', at)).toEqual({ users: [], isSure: false });
});
