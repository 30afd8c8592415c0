import { describe, expect, test } from 'vitest';
import type { EventKind } from '../core/access-event.ts';
import { type ActEvent, Behaviour } from './suspects.ts';

const day = 86_400_000;
const start = Date.parse('2023-03-01T00:00:00Z');
const moment = start + 75 * day;

const act = (atDay: number, more: Partial<ActEvent> = {}): ActEvent => ({
  component: 'dovecot',
  time: start + atDay * day + 3_600_000,
  kind: 'login',
  failed: false,
  mailbox: 'taro@example.jp',
  address: '192.0.2.10',
  messages: 0,
  ...more,
});

/** Forty readers a day, the same every day, from the first day to the last. */
const ordinary = (
  days = 76,
  kinds: readonly EventKind[] = ['login', 'message.delete'],
): Behaviour => {
  const behaviour = new Behaviour();
  for (let at = 0; at < days; at++) {
    for (let n = 0; n < 40 + (at % 5); n++) {
      for (const kind of kinds) {
        behaviour.add(act(at, { kind, mailbox: `user${n}@example.jp`, address: `192.0.2.${n}` }));
      }
    }
  }
  return behaviour;
};

const textsOf = (behaviour: Behaviour, windowDays = 14): readonly string[] =>
  behaviour
    .changedBefore(moment, windowDays)
    .flatMap(({ reasons }) => reasons.map(({ text }) => text));

test('what goes on as before is nobody’s suspicion', () => {
  expect(textsOf(ordinary())).toEqual([]);
});

test('an application that the component never had before comes first', () => {
  const behaviour = ordinary();
  for (let at = 0; at < 76; at++)
    behaviour.add(act(at, { component: 'm365', app: 'known-app', kind: 'message.read' }));
  behaviour.add(act(74, { component: 'm365', app: '0b7b6d3e-new', kind: 'message.read' }));
  const [first, ...others] = behaviour.changedBefore(moment, 14);
  expect(first).toMatchObject({
    component: 'm365',
    app: '0b7b6d3e-new',
    reasons: [{ what: 'new' }],
  });
  expect(first?.reasons[0]?.text).toContain('never seen before 2023-05-14, in 74 days');
  expect(others.map(({ app }) => app)).not.toContain('known-app');
});

test('reading where nothing was ever read, mailboxes by the hundred, and from new addresses', () => {
  const behaviour = ordinary();
  for (let n = 0; n < 400; n++) {
    behaviour.add(
      act(70, {
        kind: 'message.read',
        mailbox: `other${n}@example.jp`,
        address: `203.0.113.${n % 200}`,
        messages: 3,
      }),
    );
  }
  const texts = textsOf(behaviour);
  expect(texts).toContain('dovecot: message.read 400 times on 2023-05-10, never in 62 days before');
  expect(
    texts.some(text =>
      /^dovecot: 440 mailboxes touched on 2023-05-10; its usual is 42, never above 44 in 62 days$/.test(
        text,
      ),
    ),
  ).toBe(true);
  expect(texts).toContain('dovecot: 200 addresses never seen before on 2023-05-10; its usual is 0');
});

test('a log that stops after sixty days without a gap', () => {
  const behaviour = ordinary(72);
  behaviour.add(act(75, { component: 'postfix' }));
  expect(textsOf(behaviour).some(text => text.startsWith('dovecot: nothing on 2023-05-12'))).toBe(
    true,
  );
});

describe('cold start', () => {
  test('is said, not guessed', () => {
    const behaviour = new Behaviour();
    for (let at = 66; at < 76; at++) behaviour.add(act(at));
    expect(behaviour.changedBefore(moment, 14)).toMatchObject([{ reasons: [{ what: 'history' }] }]);
  });

  test('nothing kept: nobody is named', () => {
    expect(new Behaviour().changedBefore(moment, 14)).toEqual([]);
  });

  test('something young among what is old is said to be young', () => {
    const behaviour = ordinary();
    for (let at = 55; at < 76; at++) behaviour.add(act(at, { component: 'rspamd', messages: at }));
    expect(
      behaviour.changedBefore(moment, 14).find(({ component }) => component === 'rspamd')?.reasons,
    ).toMatchObject([{ what: 'history' }]);
  });
});

test('events after the moment asked about change nothing, and their order does not matter', () => {
  const events = Array.from({ length: 76 }, (_, at) => act(at, { messages: (at * 7) % 11 }));
  const late = Array.from({ length: 500 }, () => act(80, { kind: 'mailbox.export' }));
  const one = new Behaviour();
  const other = new Behaviour();
  for (const event of events) one.add(event);
  for (const event of [...late, ...events.reverse()]) other.add(event);
  expect(other.changedBefore(moment, 14).map(({ reasons }) => reasons)).toEqual(
    one.changedBefore(moment, 14).map(({ reasons }) => reasons),
  );
});

test('failures are no acts: a kind that only ever failed is not a new kind', () => {
  const behaviour = ordinary();
  behaviour.add(act(70, { kind: 'mailbox.export', failed: true }));
  expect(textsOf(behaviour).some(text => text.includes('mailbox.export'))).toBe(false);
});

test('more things than are kept apart are counted, not lost', () => {
  const behaviour = new Behaviour();
  for (let n = 0; n < 10_100; n++) behaviour.add(act(0, { app: `app-${n}` }));
  expect(behaviour.leftOut).toBe(101);
});
