import { appendFileSync, mkdtempSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import '../../../test/support/seed.ts';
import type { Unseen } from '../../core/unseen.ts';
import { writeFrame } from '../../evidence/spool.ts';
import { KeptLines } from '../events/kept-lines.ts';
import { type OpenSegment, openSegment } from '../events/open-segment.ts';
import type { StoreSegment } from '../events/store-segments.ts';
import { zonesOf } from '../ingest/zones.ts';
import { LiveSpools } from './live-spools.ts';

const zoneOf = zonesOf('UTC', 'zone', 'UTC');
const day = '2026-06-29';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-spools-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const stamp = 'Jun 29 10:00:01 mx1';
/** A message in four lines, of which the last says who sent it only to whom read the ones before. */
const message = (n: number): readonly string[] => [
  `${stamp} postfix/smtpd[9]: 4F${n}A: client=unknown[192.0.2.${n % 250}], sasl_method=PLAIN, sasl_username=u${n % 7}@example.jp`,
  `${stamp} postfix/cleanup[9]: 4F${n}A: message-id=<${n}@example.jp>`,
  `${stamp} postfix/qmgr[9]: 4F${n}A: from=<u${n % 7}@example.jp>, size=612, nrcpt=1 (queue active)`,
  `${stamp} postfix/smtp[9]: 4F${n}A: to=<to@example.test>, relay=mx.example.test[203.0.113.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)`,
];
const others = [
  `${stamp} dovecot: imap-login: Login: user=<mori@example.jp>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1, mpid=4, TLS, session=<s4>`,
  `${stamp} what no format knows`,
  '',
  `${stamp} sshd[4]: Accepted publickey for root from 192.0.2.7 port 4 ssh2`,
];

const path = (): string => join(folder, '00000001.spool');

const segmentNow = (): StoreSegment => ({
  source: 'mail.log',
  seq: 1,
  day,
  bytes: 0,
  firstMs: Date.parse(`${day}T10:00:01Z`),
  lastMs: undefined,
  hasRows: false,
  path: join(folder, 'segment'),
  rows: join(folder, 'rows'),
  spool: {
    path: path(),
    goodBytes: statSync(path()).size,
    from: undefined,
    to: '{"file":"/var/log/mail.log"}',
    earlier: [],
  },
});

const frame = (lines: readonly string[]): Buffer =>
  writeFrame({
    bytes: Buffer.from(lines.map(line => `${line}\n`).join('')),
    position: '{"file":"/var/log/mail.log"}',
    day,
    first: null,
    last: null,
    durable: 0,
  });

const columns = ['kind', 'user', 'actor', 'address', 'component', 'log', 'rest'] as const;

/** What rows say, and the lines that they are of. */
const said = (open: OpenSegment | undefined): readonly (readonly [number, ...unknown[]])[] => {
  if (open === undefined) return [];
  const { rows, text } = open;
  const lines = rows.numbers('line');
  return Array.from(lines, (line, row): readonly [number, ...unknown[]] => [
    line,
    text(line, false),
    ...columns.map(column => {
      const code = rows.codes(column)?.at(row) ?? -1;
      return code < 0 ? undefined : rows.dictionary(column)?.at(code);
    }),
  ]);
};

describe('a spool that grows', () => {
  test('is read line by line once, with the same rows as if it were read at its end', async () => {
    const piece = fc.array(
      fc.oneof(
        fc.integer({ min: 10, max: 60 }).map(message),
        fc.constantFrom(...others).map(line => [line]),
      ),
      { minLength: 1, maxLength: 3 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 5 }),
        async (drawn, size) => {
          const lines = drawn.flat(2);
          const spools = new LiveSpools(zoneOf);
          const unseen: Unseen[] = [];
          const found: ReturnType<typeof said>[number][] = [];
          let last = 0;
          writeFileSync(path(), '');
          for (let at = 0; at < lines.length; at += size) {
            appendFileSync(path(), frame(lines.slice(at, at + size)));
            const segment = segmentNow();
            expect(spools.hasGrown(segment)).toBe(true);
            const handed = said(spools.open(segment, each => unseen.push(each)));
            found.push(...handed.filter(([line]) => line > last));
            last = found.at(-1)?.[0] ?? 0;
            expect(spools.hasGrown(segment)).toBe(false);
          }
          const whole = await openSegment(segmentNow(), {
            lines: new KeptLines(),
            zoneOf,
            note: each => unseen.push(each),
          });
          expect(found).toEqual(said(whole));
          expect(unseen).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('whose end is torn is read up to there, and on when it is whole', () => {
    const spools = new LiveSpools(zoneOf);
    const second = frame([others[0] ?? '']);
    writeFileSync(path(), Buffer.concat([frame([others[0] ?? '']), second.subarray(0, 60)]));
    expect(said(spools.open(segmentNow(), () => {}))).toHaveLength(1);
    appendFileSync(path(), second.subarray(60));
    expect(said(spools.open(segmentNow(), () => {}))).toMatchObject([{ 0: 1 }, { 0: 2 }]);
  });

  test('that became a segment meanwhile is none, and no fault', () => {
    const unseen: Unseen[] = [];
    writeFileSync(path(), frame([others[0] ?? '']));
    const segment = segmentNow();
    unlinkSync(path());
    expect(new LiveSpools(zoneOf).open(segment, each => unseen.push(each))).toBe(undefined);
    expect(unseen).toEqual([]);
  });
});
