import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AccessEvent } from '../../src/core/access-event.ts';
import { logFormats } from '../../src/logs/formats.generated.ts';
import { readLines } from '../support/formats.ts';

const folder = process.env['POSTERN_LOG_SAMPLES'] ?? '';
const missing = folder === '' || !existsSync(folder);

/** What other projects, or whoever collected the sample, say of a record. */
interface Norm {
  readonly user?: string;
  readonly mailbox?: string;
  readonly src_ip?: string;
  readonly time?: string;
  readonly action?: string;
  readonly app?: string;
  readonly event?: string;
  readonly message_id?: string;
  readonly to?: readonly string[];
  readonly frm?: string;
  readonly subject?: string;
  readonly bytes?: number;
  readonly status?: number;
  readonly app_id?: string;
  readonly token_id?: string;
  readonly app_only?: boolean;
  readonly roles?: readonly string[];
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

const sources: Readonly<Record<string, readonly string[]>> = {
  exchange: ['exchange-tracking', 'exchange-ecp'],
  'm365-ual': ['m365-ual'],
  'ms-graph-activity': ['graph-activity'],
  'ms-graph-alerts': ['graph-alerts'],
  'google-workspace': ['google-reports'],
  'slack-audit': ['slack-audit'],
  ldap: ['openldap'],
};

/** `2022-12-11 02:57:48.693000000` is UTC to the millisecond. */
const msOf = (time: string): number => {
  const [, day = '', clock = ''] = /^(\S{10})[ T]([\d:]{8}(?:\.\d{1,3})?)/.exec(time) ?? [];
  return Date.parse(`${day}T${clock}Z`);
};

/** What the event says of each thing that the sample names, in the sample's own words. */
const told = (event: AccessEvent, norm: Norm): Record<string, unknown> => {
  const message = event.messages?.[0];
  const detail = event.detail ?? '';
  const said = (word: string | undefined): string | undefined =>
    word !== undefined && (detail.includes(word) || event.service === word.split('.', 1)[0])
      ? word
      : undefined;
  return {
    // Samples name who acted; whose account it is stands beside it here.
    user: event.actor?.name ?? event.user?.name,
    mailbox: event.user?.name,
    src_ip: event.from?.ip,
    time: event.time.atMs,
    action: said(norm.action),
    app: said(norm.app),
    event: said(norm.event),
    message_id: message?.messageId,
    to: message?.to,
    frm: message?.from ?? '',
    subject: message?.subject,
    bytes: event.bytes,
    status: event.request?.status,
    app_id: event.app?.uid,
    token_id: event.session,
    app_only: detail.includes('rights of its own'),
    roles: norm.roles?.filter(role => detail.includes(role)),
  };
};

describe.skipIf(missing)(
  'samples of exports with data from outside (where POSTERN_LOG_SAMPLES names the folder with them)',
  () => {
    test.each(Object.entries(sources))('%s: each record is an event, and agrees', (source, ids) => {
      const samples = samplesOf(source);
      expect(samples.length).toBeGreaterThan(0);
      for (const { id, raw, norm } of samples) {
        const [read] = readLines(logFormats, raw);
        expect(ids, id).toContain(read?.format);
        const parsed = read?.parsed ?? { unparsed: '' };
        if (!('event' in parsed)) throw new Error(`${id}: ${JSON.stringify(parsed)}`);
        const ours = told(parsed.event, norm);
        const names = Object.keys(norm).filter(name => name in ours);
        const theirs = names.map(name => [
          name,
          name === 'time' ? msOf(norm.time ?? '') : norm[name as keyof Norm],
        ]);
        expect(
          names.map(name => [name, ours[name]]),
          id,
        ).toEqual(theirs);
      }
    });
  },
);
