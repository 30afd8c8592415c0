import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AccessEvent } from '../../src/core/access-event.ts';
import { logFormats } from '../../src/logs/formats.generated.ts';
import { readLines } from '../support/formats.ts';

const folder = process.env['POSTERN_LOG_SAMPLES'] ?? '';
const missing = folder === '' || !existsSync(folder);

/** What other projects, or their threads, say of a line. */
interface Norm {
  readonly user?: string;
  readonly src_ip?: string;
  readonly outcome?: string;
  readonly session?: string;
  readonly status?: number;
  readonly suspicious?: boolean;
  readonly time?: string;
  readonly time_local?: string;
  readonly must_redact?: readonly string[];
}

interface Sample {
  readonly id: string;
  readonly raw: string;
  readonly norm: Norm;
}

const samplesOf = (source: string): readonly Sample[] =>
  missing
    ? []
    : readFileSync(join(folder, source, 'cases.ndjson'), 'utf8')
        .split('\n')
        .filter(line => line !== '')
        .map(line => JSON.parse(line) as Sample);

/** As `postern ingest` reads a file of this one line. */
const eventOf = (raw: string): AccessEvent | undefined => {
  const [read] = readLines(logFormats, raw, { writtenBy: '2027-01-01T00:00:00Z' });
  return read !== undefined && 'event' in read.parsed ? read.parsed.event : undefined;
};

const disagreementsOf = ({ id, raw, norm }: Sample): readonly string[] => {
  const event = eventOf(raw);
  const wanted: Record<string, unknown> = {
    ...(norm.user === undefined || norm.user === '-' ? {} : { user: norm.user }),
    ...(norm.src_ip === undefined ? {} : { ip: norm.src_ip }),
    ...(norm.outcome === undefined ? {} : { outcome: norm.outcome }),
    ...(norm.session === undefined ? {} : { session: norm.session }),
    ...(norm.status === undefined ? {} : { status: norm.status }),
    ...(norm.suspicious === true ? { outcome: 'failure' } : {}),
    ...(norm.time === undefined ? {} : { atMs: Date.parse(norm.time) }),
  };
  const told: Record<string, unknown> = {
    user: event?.user?.name,
    ip: event?.from?.ip,
    outcome: event?.outcome,
    session: event?.session,
    status: event?.request?.status,
    atMs: event?.time.atMs,
  };
  const kept = JSON.stringify(event ?? {});
  return [
    ...Object.entries(wanted)
      .filter(([key, value]) => told[key] !== value)
      .map(([key, value]) => `${id}: ${key} ${String(value)}, read as ${String(told[key])}`),
    ...(norm.must_redact ?? [])
      .filter(secret => kept.includes(secret))
      .map(() => `${id}: keeps a secret`),
  ];
};

interface Truth {
  readonly kind: string;
  readonly user?: string;
  readonly actor?: string;
  readonly src_ip?: string;
  readonly uid?: number;
  readonly message_id?: string;
  readonly count?: number;
}

const ground = 'dovecot/generated';

const truths = (): readonly Truth[] =>
  JSON.parse(readFileSync(join(folder, ground, 'ground-truth.json'), 'utf8')) as readonly Truth[];

const eventsOf = (file: string): readonly AccessEvent[] =>
  readLines(logFormats, readFileSync(join(folder, ground, file), 'utf8')).flatMap(({ parsed }) =>
    'event' in parsed ? [parsed.event] : [],
  );

const kinds: Readonly<Record<string, string>> = {
  'mail.login': 'login',
  'mail.login.failed': 'login',
  'mail.login.impersonated': 'login.impersonated',
  'message.read': 'message.read',
  'message.bulk_read': 'message.read',
  'message.delete': 'message.delete',
};

/** Whether an event tells what the client of the recorded run did, as far as this log can. */
const tells = (event: AccessEvent, truth: Truth, named: boolean): boolean =>
  event.kind === kinds[truth.kind] &&
  event.outcome === (truth.kind === 'mail.login.failed' ? 'failure' : 'success') &&
  (truth.user === undefined || event.user?.name === truth.user) &&
  event.actor?.name === truth.actor &&
  (truth.src_ip === undefined || event.from?.ip === truth.src_ip) &&
  (!named || truth.uid === undefined || event.messages?.[0]?.uid === truth.uid);

const suite = missing
  ? 'samples of mailboxes and webmail with data from outside (skipped: POSTERN_LOG_SAMPLES names no folder)'
  : 'samples of mailboxes and webmail';

describe.skipIf(missing)(suite, () => {
  test.each([
    'dovecot',
    'cyrus',
    'courier',
    'roundcube',
    'sogo',
    'zimbra',
    'webmail-other',
    'nginx',
    'apache',
    'haproxy',
    'iis',
    'webserver-other',
  ])('of %s are read as other projects read them', source => {
    expect(samplesOf(source).flatMap(disagreementsOf)).toEqual([]);
  });

  test.each(['mail-rfc3164.log', 'mail-rfc3164-pri.log', 'mail-iso.log', 'mail-rfc5424.log'])(
    'a run of Dovecot, %s, tells what its client did',
    file => {
      const events = eventsOf(file);
      for (const truth of truths()) {
        // The text log counts what was read, and names only what was changed.
        const named = truth.kind === 'message.delete';
        const found = events.filter(event => tells(event, truth, named));
        expect(found.length, JSON.stringify(truth)).toBeGreaterThan(0);
        if (truth.count !== undefined) expect(found.map(each => each.count)).toContain(truth.count);
        if (named) expect(found[0]?.messages?.[0]?.messageId).toBe(truth.message_id);
      }
    },
  );

  test('the same run as exported events names what was read', () => {
    const events = eventsOf('event-export.ndjson');
    for (const truth of truths()) {
      const found = events.filter(event => tells(event, truth, true));
      if (truth.count === undefined) expect(found.length, JSON.stringify(truth)).toBe(1);
      else expect(found.length, JSON.stringify(truth)).toBe(truth.count);
    }
  });
});
