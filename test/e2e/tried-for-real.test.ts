import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccessLog } from '../../src/core/access-log.ts';
import { openRoot } from '../../src/host/view.ts';
import { takeInventory } from '../../src/inventory/take.ts';
import type { Act } from '../support/mail-host/acts.ts';
import {
  amongExportedEvents,
  amongJoinedEvents,
  inDovecotsLog,
  inPostfixsLog,
} from '../support/mail-host/expected.ts';
import { type MailHost, missingMailHost, startMailHost } from '../support/mail-host/host.ts';
import { postern, type ToldEvent, toldIn } from '../support/mail-host/told.ts';
import { ids, people, visit } from '../support/mail-host/visit.ts';

/**
 * A real Postfix and a real Dovecot, real clients that log in, read, delete, send and enter as a master user; and
 * what `postern ingest` keeps of the logs and `postern events` answers. Compared with what the clients know that they did: each act that is logged has
 * its event, and no event is there that nobody caused.
 */
const title = `tried for real${missingMailHost === undefined ? '' : ` (skipped: ${missingMailHost})`}`;

/** Of an act that several lines tell of, one stays. */
const counted = (events: readonly ToldEvent[]): readonly ToldEvent[] =>
  events.filter(({ flags }) => !flags.includes('repeats'));

/** All but connections, of which there is no more to say than where they came from. */
const lines = (events: readonly ToldEvent[]): readonly string[] =>
  events
    .filter(({ kind }) => kind !== 'connection')
    .map(({ text }) => text)
    .sort();

const sorted = (texts: readonly string[]): readonly string[] => [...texts].sort();

const ofKind = (events: readonly ToldEvent[], kind: string): readonly string[] =>
  events.filter(event => event.kind === kind).map(({ text }) => text);

describe.skipIf(missingMailHost !== undefined)(title, { timeout: 60_000 }, () => {
  let host: MailHost | undefined;
  let acts: readonly Act[] = [];
  let textOnly = '';
  let store = '';
  const logs = { dovecot: '', postfix: '', events: '' };

  const expected = (of: (act: Act, all: readonly Act[]) => readonly string[]): readonly string[] =>
    sorted(acts.flatMap(act => of(act, acts)));

  let told: readonly ToldEvent[] = [];
  const read = (log: string): readonly ToldEvent[] => told.filter(event => event.log === log);

  beforeAll(async () => {
    host = await startMailHost();
    acts = await visit(host);
    Object.assign(logs, host.logs);
    // Dovecot's log as it would be if nothing were exported into it.
    textOnly = join(host.root, 'without-exported.log');
    const own = readFileSync(logs.dovecot, 'utf8').split('\n');
    writeFileSync(textOnly, own.filter(line => !line.includes(' stats: ')).join('\n'));
    store = join(host.root, 'store');
    // It would say so with its exit status if there were a line that it does not understand.
    postern('ingest', '--store', store, '--quiet', textOnly, ...Object.values(logs));
    told = toldIn(store);
  }, 60_000);

  afterAll(async () => {
    await host?.stop();
  }, 30_000);

  test("Postfix's log: who handed in what, from where, and what became of each recipient", () => {
    expect(lines(read(logs.postfix))).toEqual(expected(inPostfixsLog));
  });

  test("Dovecot's log: logins, changes with their messages, and how many were read", () => {
    expect(lines(counted(read(textOnly)))).toEqual(expected(inDovecotsLog));
  });

  test('exported events: each message that was read, by its uid', () => {
    expect(lines(read(logs.events))).toEqual(expected(amongExportedEvents));
  });

  test('exported events in the log: each message that was read, by its id, which is marked as joined', () => {
    const events = read(logs.dovecot);
    // The counters at a session's end stay where they came before what they count was told.
    const reads = counted(events).filter(
      ({ kind, text }) => kind === 'message.read' && !/ x\d+$/.test(text),
    );
    expect(sorted(reads.map(({ text }) => text))).toEqual(
      expected(amongJoinedEvents).filter(text => text.startsWith('message.read ')),
    );
    for (const { flags } of reads) expect(flags).toContain('joined');
    expect(JSON.stringify(reads.map(({ text }) => text))).toContain(ids.outside);
  });

  test('what Dovecot tells twice in one log is counted once', () => {
    const events = counted(read(logs.dovecot));
    const alone = counted(read(textOnly));
    const exported = counted(read(logs.events));
    // One that Postfix had checked has no session that would join its two lines.
    expect(ofKind(events, 'login').length + ofKind(events, 'login.impersonated').length).toBe(
      acts.filter(({ what }) => what === 'login').length + 1,
    );
    expect(ofKind(events, 'message.submitted')).toHaveLength(
      ofKind(alone, 'message.submitted').length,
    );
    // What names no message stays where it came first: lines of several programs come in any order.
    expect(ofKind(events, 'message.delivered').length).toBeLessThan(
      ofKind(alone, 'message.delivered').length + ofKind(exported, 'message.delivered').length,
    );
  });

  test('connections come from clients and from the host itself, each with its begin and its end', () => {
    const from = new Map<string, number>();
    for (const { kind, from: ip = '' } of read(logs.postfix)) {
      if (kind === 'connection') from.set(ip, (from.get(ip) ?? 0) + 1);
    }
    // The one that was refused broke off, which is a third line.
    expect([...from.keys()].sort()).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4']);
    expect([from.get('127.0.0.2'), from.get('127.0.0.3'), from.get('127.0.0.4')]).toEqual([
      2, 3, 4,
    ]);
    for (const log of [textOnly, logs.events]) {
      for (const event of read(log)) {
        if (event.kind === 'connection') expect(event.from).toBe('127.0.0.1');
      }
    }
  });

  test('every event has the time at which its client was there', () => {
    const windows = new Map<string, { began: number; ended: number }>();
    for (const { from, began, ended } of acts) {
      const known = windows.get(from);
      windows.set(from, {
        began: Math.min(began, known?.began ?? began),
        ended: Math.max(ended, known?.ended ?? ended),
      });
    }
    for (const log of [logs.postfix, textOnly, logs.events]) {
      for (const { from = '', timeMs, text } of read(log)) {
        const window = windows.get(from);
        if (window === undefined) continue;
        // Stamps are cut to the second, and Postfix goes on after its client has gone.
        expect(timeMs, text).toBeGreaterThan(window.began - 1_001);
        expect(timeMs, text).toBeLessThan(window.ended + 15_000);
      }
    }
  });

  test('who read in one mailbox is answered with the owner and the help desk, and can be proven', () => {
    const reads = toldIn(store, '--person', people.bob, '--kind', 'message.read');
    const named = reads.filter(({ log, text }) => log === logs.dovecot && text.includes('<'));
    expect(sorted(named.map(({ text }) => text))).toEqual(
      expected(amongJoinedEvents).filter(text => text.startsWith('message.read imap bob@')),
    );
    expect(postern('evidence', 'verify', '--store', store)).toMatch(/^whole: /);
  });

  test('what `confirm` says of who read what is so', () => {
    const root = host?.root ?? '';
    const readers = (): AccessLog | undefined =>
      takeInventory(openRoot(root))
        .components.find(({ id }) => id === 'dovecot')
        ?.logs.find(({ question }) => question === 'who read what');
    expect(readers()).toMatchObject({ emitted: 'on' });
    const settings = join(root, 'etc/dovecot/dovecot.conf');
    const whole = readFileSync(settings, 'utf8');
    writeFileSync(settings, whole.replaceAll(/^(?:metric|event_exporter) .*\{\n[^}]*\}\n/gm, ''));
    expect(readers()).toMatchObject({ emitted: 'off' });
    writeFileSync(settings, whole);
    const named = (log: string): number =>
      read(log).filter(({ kind, text }) => kind === 'message.read' && text.includes('<')).length;
    expect(named(textOnly)).toBe(0);
    expect(named(logs.dovecot)).toBe(6);
  });
});
