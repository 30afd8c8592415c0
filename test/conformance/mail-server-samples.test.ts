import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AccessEvent } from '../../src/core/access-event.ts';
import type { LogFormat } from '../../src/logs/format.ts';
import { exim } from '../../src/logs/formats/exim.ts';
import { postfix } from '../../src/logs/formats/postfix.ts';
import { rmilter } from '../../src/logs/formats/rmilter.ts';
import { sendmail } from '../../src/logs/formats/sendmail.ts';
import { eventsOf } from '../support/read-format.ts';

const folder = process.env['POSTERN_LOG_SAMPLES'] ?? '';
const missing = folder === '' || !existsSync(folder);

/** What other projects say of a line. */
interface Norm {
  readonly kind?: string;
  readonly src_ip?: string;
  readonly host_ip?: string;
  readonly queue_id?: string;
  readonly message_id?: string;
  readonly address?: string;
  readonly user?: string;
  readonly suspicious?: boolean;
  readonly time_local?: string;
  readonly router?: string;
  readonly transport?: string;
  readonly delivery_status?: string;
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

/** Test suites write placeholders in the place of addresses. */
const placeholder = /ip4|V[46]NET/;

const bare = (id: string | undefined): string | undefined => id?.replace(/[<>]/g, '');

const kinds: Readonly<Record<string, readonly string[]>> = {
  arrival: ['message.received', 'message.submitted', 'other', 'message.refused'],
  delivery: ['message.delivered', 'message.discarded'],
  'delivery-extra': ['message.delivered', 'message.discarded'],
  cutthrough: ['message.delivered'],
  'delivery-suppressed': ['other'],
  'bounce-failed': ['message.bounced'],
  deferred: ['message.deferred'],
  'auth-failed': ['login'],
};

const told = (event: AccessEvent, norm: Norm): Record<string, unknown> => {
  const message = event.messages?.[0];
  const arrival = norm.kind === 'arrival';
  const recipients = message?.to ?? [];
  const address = norm.address ?? '';
  const there = arrival
    ? message?.from === address || (address === '<>' && message?.from === '')
    : recipients.some(to => to === address || to.startsWith(`${address}@`)) ||
      event.detail?.startsWith(address) === true;
  return {
    src_ip: event.from?.ip,
    host_ip: arrival ? event.from?.ip : event.to?.ip,
    queue_id: message?.queueId,
    message_id: bare(message?.messageId),
    address: there ? address : recipients,
    user: event.user?.name ?? recipients[0],
    delivery_status: /status=(\w+)/.exec(event.detail ?? '')?.[1],
    router: /(?:^| )R=(\S+)/.exec(event.detail ?? '')?.[1],
    transport: /(?:^| )T=(\S+)/.exec(event.detail ?? '')?.[1],
    time_local: event.time.original.includes('-') ? event.time.original : undefined,
  };
};

const wanted = ({ norm }: Sample): Record<string, unknown> => {
  const keys = [
    'src_ip',
    'host_ip',
    'queue_id',
    'message_id',
    'address',
    'user',
    'delivery_status',
  ] as const;
  const out: Record<string, unknown> = {};
  for (const key of keys) {
    const value = norm[key];
    if (value === undefined || placeholder.test(value) || value === 'NOQUEUE') continue;
    out[key] = key === 'message_id' ? bare(value) : value;
  }
  // `R=` of an arrival is the message that it bounces.
  if (norm.kind !== 'arrival' && norm.router !== undefined) out['router'] = norm.router;
  if (norm.kind !== 'arrival' && norm.transport !== undefined) out['transport'] = norm.transport;
  if (/^\d{4}-\d\d-\d\d \d/.test(norm.time_local ?? '')) out['time_local'] = norm.time_local;
  return out;
};

const disagreements = (format: LogFormat, source: string): readonly string[] =>
  samplesOf(source).flatMap(sample => {
    const [event] = eventsOf(format, [sample.raw]);
    const { norm } = sample;
    if (event === undefined) {
      return norm.suspicious === true || norm.user !== undefined ? [`${sample.id}: no event`] : [];
    }
    const found = told(event, norm);
    const differing = Object.entries(wanted(sample))
      .filter(([key, value]) => found[key] !== value)
      .map(
        ([key, value]) => `${sample.id}: ${key} ${String(value)}, read as ${String(found[key])}`,
      );
    const may = kinds[norm.kind ?? ''];
    return may === undefined || may.includes(event.kind)
      ? differing
      : [...differing, `${sample.id}: ${norm.kind ?? ''} read as ${event.kind}`];
  });

interface Truth {
  readonly kind: string;
  readonly user?: string;
  readonly src_ip: string;
  readonly message_id?: string;
  readonly frm?: string;
  readonly rcpts?: Readonly<Record<string, string>>;
  readonly rcpt?: string;
}

const statusKinds: Readonly<Record<string, string>> = {
  sent: 'message.delivered',
  deferred: 'message.deferred',
  bounced: 'message.bounced',
};

const suite = missing
  ? 'samples of other projects with data from outside (skipped: POSTERN_LOG_SAMPLES names no folder)'
  : 'samples of other projects';

describe.skipIf(missing)(suite, () => {
  test.each([
    ['postfix', postfix],
    ['exim', exim],
    ['sendmail', sendmail],
    ['rspamd', rmilter],
  ] as const)('of %s are read as they read them', (source, format) => {
    expect(disagreements(format, source)).toEqual([]);
  });

  test.each(['mail-rfc3164.log', 'mail-rfc3164-pri.log', 'mail-iso.log', 'mail-rfc5424.log'])(
    'a run of Postfix, %s, tells what its client did',
    file => {
      const path = join(folder, 'postfix', 'generated');
      const lines = readFileSync(join(path, file), 'utf8').split('\n');
      const truth = JSON.parse(
        readFileSync(join(path, 'ground-truth.json'), 'utf8'),
      ) as readonly Truth[];
      const own = lines.filter(line => / postfix/.test(line));
      const events = eventsOf(postfix, own);
      for (const each of truth) {
        for (const [recipient, status] of Object.entries(each.rcpts ?? {})) {
          const found = events.find(
            event =>
              event.kind === statusKinds[status] &&
              event.messages?.[0]?.to?.[0] === recipient &&
              event.messages[0].messageId === each.message_id &&
              event.from?.ip === each.src_ip,
          );
          expect(found, JSON.stringify(each)).toBeDefined();
          expect(found?.user?.name).toBe(each.user);
          expect(found?.messages?.[0]?.from).toBe(each.frm);
        }
        if (each.kind === 'mail.login.failed') {
          expect(
            events.some(
              event =>
                event.kind === 'login' &&
                event.outcome === 'failure' &&
                event.user?.name === each.user &&
                event.from?.ip === each.src_ip,
            ),
            JSON.stringify(each),
          ).toBe(true);
        }
        if (each.kind === 'smtp.rejected') {
          expect(
            events.some(
              event =>
                event.kind === 'message.refused' &&
                event.from?.ip === each.src_ip &&
                event.messages?.[0]?.to?.[0] === each.rcpt,
            ),
            JSON.stringify(each),
          ).toBe(true);
        }
      }
    },
  );
});
