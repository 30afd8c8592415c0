import { expect, test } from 'vitest';
import type { AccessEvent } from '../core/access-event.ts';
import type { ReadLine } from './read-log.ts';
import { readIn } from './repeating-logs.ts';

const refused = (detail: string, format: string = 'exim'): ReadLine => ({
  line: { text: detail, number: 1 },
  format,
  parsed: {
    event: {
      kind: 'message.refused',
      time: { original: '' },
      outcome: 'failure',
      component: 'exim',
      detail,
      flags: ['secret'],
    },
  },
});

const flagsIn = (log: string, read: ReadLine): AccessEvent['flags'] => {
  const { parsed } = readIn(log, read);
  return 'event' in parsed ? parsed.event.flags : undefined;
};

const detail = 'rejected RCPT <ghost@example.jp>: relay not permitted';

test.each([
  '/var/log/exim4/rejectlog',
  '/var/log/exim4/rejectlog.10.gz',
  '/var/log/exim_rejectlog-20260629',
  '/var/log/exim/reject.log',
  'paniclog',
])('what Exim writes to %s stands in its main log, too', log => {
  expect(flagsIn(log, refused(detail))).toEqual(['secret', 'repeats']);
});

test.each([
  '/var/log/exim4/mainlog',
  '/srv/reject/mainlog',
  '/var/log/exim4/rejectlogs-of-mine/mainlog',
])('what it writes to %s stands for itself', log => {
  expect(flagsIn(log, refused(detail))).toEqual(['secret']);
});

test('so does what the reject log alone has, and what another program wrote', () => {
  expect(flagsIn('rejectlog', refused('unqualified verify rejected: <bob>'))).toEqual(['secret']);
  expect(flagsIn('rejectlog', refused(detail, 'postfix'))).toEqual(['secret']);
});
