import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import { localTime } from '../../core/formats/local-time.ts';
import { stampOf } from './stamps.ts';

const tokyo = localTime(memoryView({ '/etc/timezone': 'Asia/Tokyo\n' }));
const context = { local: tokyo, writtenByMs: Date.parse('2026-01-03T00:00:00Z') };

test.each([
  ['Jan  2 10:00:00 mx dovecot: imap-login: Login', '2026-01-02T01:00:00.000Z'],
  // Written in December, in a file that was last changed in January.
  ['Dec 31 23:59:59 mx postfix/smtpd[1]: connect', '2025-12-31T14:59:59.000Z'],
  ['<22>Jan  2 10:00:00 mx a: b', '2026-01-02T01:00:00.000Z'],
  ['2026-01-02T10:00:00.123456+09:00 mx dovecot: x', '2026-01-02T01:00:00.000Z'],
  ['<22>1 2026-01-02T01:00:00Z mx dovecot 1 - - x', '2026-01-02T01:00:00.000Z'],
  ['2026-01-02 10:00:00 1abcDE-000001-AB <= a@example.jp', '2026-01-02T01:00:00.000Z'],
  ['2026-01-02 10:00:00 +0100 1abcDE-000001-AB <= a@example.jp', '2026-01-02T09:00:00.000Z'],
  [
    '2026-01-02 10:00:00,763 INFO  [qtp-1] [ip=192.0.2.1;] security - cmd=Auth',
    '2026-01-02T01:00:00.000Z',
  ],
  ['192.0.2.1 - - [02/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 1', '2026-01-02T10:00:00.000Z'],
  ['[02-Jan-2026 10:00:00 +0900]: <abc> Successful login', '2026-01-02T01:00:00.000Z'],
  ['[Fri Jan 02 10:00:00.453232 2026] [core:error] [pid 1] x', '2026-01-02T01:00:00.000Z'],
  ['Jan 02 10:00:00 2026 (123) post to list', '2026-01-02T01:00:00.000Z'],
  ['Fri Jan  2 10:00:00 2026 -> clamd', '2026-01-02T01:00:00.000Z'],
  ['2026/01/02 10:00:00 [error] 6563#0: *1', '2026-01-02T01:00:00.000Z'],
  ['1767319200.123 login', '2026-01-02T02:00:00.000Z'],
  ['{"event":"x","start_time":"2026-01-02T01:00:00.202Z"}', '2026-01-02T01:00:00.000Z'],
  ['{"ts":1767319200123,"m":"x"}', '2026-01-02T02:00:00.123Z'],
  ['no stamp at all', undefined],
  ['Xxx 99 10:00:00 y', undefined],
])('%s', (line, stamp) => {
  expect(stampOf(line, context)).toBe(stamp);
});

test('no line makes it throw, and what comes out is a time', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 4_000 }),
        fc.stringMatching(/^[\d\-T: [\]/A-Za-z."+]{0,80}$/),
      ),
      line => {
        const stamp = stampOf(line, context);
        expect(stamp === undefined || !Number.isNaN(Date.parse(stamp))).toBe(true);
      },
    ),
  );
});
