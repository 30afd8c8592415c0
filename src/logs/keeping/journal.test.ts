import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import type { TreeFile } from '../../../test/support/tree.ts';
import type { LogTrail } from '../../core/access-log.ts';
import { openJournal, spanSeconds } from './journal.ts';

const base: Record<string, TreeFile> = {
  '/usr/lib/systemd/systemd-journald': '',
  '/var/log/dpkg.log': '',
};

/** The head of a journal file: its mark and the times of the first and the last entry. */
const journalFile = (first: string, last: string): Uint8Array => {
  const bytes = Buffer.alloc(208);
  bytes.write('LPKSHHRH', 'latin1');
  bytes.writeBigUInt64LE(BigInt(Date.parse(first)) * 1_000n, 184);
  bytes.writeBigUInt64LE(BigInt(Date.parse(last)) * 1_000n, 192);
  return bytes;
};

const trailOf = (journald: string, more: Record<string, TreeFile> = {}): LogTrail =>
  openJournal(
    memoryView({ ...base, '/etc/systemd/journald.conf': `[Journal]\n${journald}\n`, ...more }),
  ).trail;

const stored = {
  '/var/log/journal/aa/system.journal': journalFile('2026-11-10T00:00:00Z', '2026-11-25T10:00:00Z'),
  '/var/log/journal/aa/system@1.journal': journalFile(
    '2026-10-01T00:00:00Z',
    '2026-11-10T00:00:00Z',
  ),
  '/var/log/journal/aa/broken.journal': 'LPKS',
};

describe('what the journal keeps', () => {
  test('on disk it is bounded by size, and its files tell the first and last entry', () => {
    const trail = trailOf('', stored);
    expect(trail).toMatchObject({
      path: '/var/log/journal',
      oldest: '2026-10-01T00:00:00.000Z',
      newest: '2026-11-25T10:00:00.000Z',
      level: 'debug',
    });
    expect(trail.retainedDays).toBeUndefined();
    expect(trail.rotation?.keepsDays).toBeUndefined();
    expect(trail.unknown).toContain('SystemMaxUse at its default');
  });

  test('without its folder, and with Storage=volatile, it is lost at a restart', () => {
    expect(trailOf('')).toMatchObject({ path: '/run/log/journal', retainedDays: 0 });
    expect(trailOf('Storage=volatile', stored)).toMatchObject({
      path: '/run/log/journal',
      retainedDays: 0,
      rotation: { because: { path: '/etc/systemd/journald.conf', line: 2 } },
    });
    expect(trailOf('Storage=none', stored)).toMatchObject({ retainedDays: 0 });
    expect(trailOf('Storage=persistent')).toMatchObject({ path: '/var/log/journal' });
  });

  test('MaxRetentionSec bounds it from above; a drop-in wins', () => {
    const trail = trailOf('MaxRetentionSec=1year', {
      ...stored,
      '/etc/systemd/journald.conf.d/10.conf':
        '[Journal]\nMaxRetentionSec=2week\nSystemMaxUse=500M\nMaxLevelStore=notice\n',
    });
    expect(trail.rotation).toMatchObject({
      keepsDays: 14,
      because: { path: '/etc/systemd/journald.conf.d/10.conf', line: 2 },
    });
    expect(trail.level).toBe('notice');
    expect(trail.unknown).toContain('SystemMaxUse=500M');
  });

  test('an upload counts when its unit is started', () => {
    const upload = {
      ...stored,
      '/etc/systemd/journal-upload.conf':
        '[Upload]\nURL=https://u:secret@loghost.example.jp:19532\n',
    };
    const units = {
      '/etc/systemd/system/multi-user.target.wants/systemd-journal-upload.service': {
        link: '/usr/lib/systemd/system/systemd-journal-upload.service',
      },
      '/usr/lib/systemd/system/systemd-journal-upload.service': '[Unit]\n',
    };
    const other = {
      '/etc/systemd/system/multi-user.target.wants/cron.service': {
        link: '/usr/lib/systemd/system/cron.service',
      },
      '/usr/lib/systemd/system/systemd-journal-upload.service': '[Unit]\n',
    };
    expect(trailOf('', { ...upload, ...units }).shippedTo).toBe('https://loghost.example.jp:19532');
    expect(trailOf('', { ...upload, ...other }).shippedTo).toBeUndefined();
  });
});

test('time spans of systemd', () => {
  expect(spanSeconds('2week')).toBe(1_209_600);
  expect(spanSeconds('1day 12h')).toBe(129_600);
  expect(spanSeconds('86400')).toBe(86_400);
  expect(spanSeconds('1fortnight')).toBeUndefined();
  expect(spanSeconds('')).toBeUndefined();
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), text => {
      const seconds = spanSeconds(text);
      expect(seconds === undefined || seconds >= 0).toBe(true);
    }),
  );
});
