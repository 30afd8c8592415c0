import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { AnsweredComponent } from '../../src/core/answer.ts';
import type { Finding } from '../../src/core/finding.ts';
import { text } from '../../src/report/text.ts';
import { judgedSample } from '../report/answers.ts';

const answer = judgedSample();

const part = (id: string): AnsweredComponent => {
  const found = answer.components.find(each => each.id === id);
  if (found === undefined) throw new Error(`${id} is not in the sample`);
  return found;
};

const finding = (id: string, flaw: string): Finding => {
  const found = part(id).flaws?.findings.find(each => each.id === flaw);
  if (found === undefined) throw new Error(`${flaw} is not told of ${id}`);
  return found;
};

const forgotten = 'roundcube@/srv/www/hanamizuki/roundcubemail-1.4.11';

describe('the sample estate shows', () => {
  test('a forgotten copy whose flaws attackers use, long overdue', () => {
    const { checks, flaws } = part(forgotten);
    expect(checks.patched.state).toBe('fail');
    expect(flaws?.findings.every(({ exploited }) => exploited !== undefined)).toBe(true);
    expect(finding(forgotten, 'CVE-2025-49113')).toMatchObject({
      outcome: 'affected',
      fixedIn: '1.5.10',
      clock: { started: '2025-06-01', sign: 'upstream release' },
      deadline: { days: 14, on: '2025-06-15', triage: true, overdueDays: 379 },
    });
    expect(answer.sentence).toContain('with exploited flaws open');
  });

  test('the packaged copy of an older version number, which has them mended', () => {
    expect(finding('roundcube', 'CVE-2025-49113').outcome).toBe('not-affected');
    expect(part('roundcube').version).toEqual({ value: '1.6.5+dfsg-1+deb12u9' });
  });

  test('a flaw within its deadline, which lets the waiting update wait', () => {
    expect(finding('roundcube', 'CVE-1900-10001').deadline).toMatchObject({
      on: '2026-07-06',
      overdueDays: -7,
    });
    expect(part('roundcube').checks.patched).toMatchObject({
      state: 'pass',
      why: expect.stringContaining('the first deadline is 2026-07-06'),
    });
  });

  test('one within its written deadline, but slower than customer-facing applications are mended', () => {
    expect(finding('php-fpm', 'CVE-1900-10005').deadline?.overdueDays).toBe(-20);
    expect(part('php-fpm').checks.patched).toMatchObject({
      state: 'fail',
      why: expect.stringContaining('slower than parity allows'),
    });
    expect(answer.parity).toMatchObject({
      customerFacing: { mended: 6, median: 6, percentile90: 8 },
      allowedDays: 8,
    });
    // Seven days are no more than eight.
    expect(answer.parity?.slower.map(({ what }) => what)).not.toContain('CVE-1900-10001');
  });

  test('one past it: of the distribution, of a plug-in, and one that only its vendor told of', () => {
    expect(finding('nginx', 'CVE-1900-10003').deadline?.overdueDays).toBe(10);
    expect(finding('roundcube/carddav', 'CVE-1900-10008').deadline?.overdueDays).toBe(59);
    expect(finding('snappymail', 'CVE-2024-45800').clock?.sign).toBe('vendor note');
    for (const id of ['nginx', 'roundcube/carddav', 'snappymail']) {
      expect(part(id).checks.patched.state, id).toBe('fail');
    }
  });

  test('one that cannot be told, with the reason', () => {
    expect(finding('rspamd', 'CVE-1900-10007')).toMatchObject({
      outcome: 'undetermined',
      why: expect.stringContaining('leaves open'),
    });
    expect(part('rspamd').checks.patched.state).toBe('unknown');
    // A module inside of it is judged by the same version.
    expect(finding('rspamd/dkim', 'CVE-1900-10007').why).toBe(
      finding('rspamd', 'CVE-1900-10007').why,
    );
  });

  test('one that the organisation decided by VEX, and one that the distribution lets be', () => {
    expect(finding('dovecot', 'CVE-1900-10004')).toMatchObject({
      outcome: 'not-affected',
      why: expect.stringContaining('Kaede Mail Service'),
    });
    expect(finding('clamav', 'CVE-1900-10006')).toMatchObject({
      outcome: 'affected',
      unmended: expect.stringContaining('Minor issue'),
    });
    expect(part('clamav').checks.patched.state).toBe('pass');
  });

  test('packages of the distribution that nobody tells a flaw of, and code that nobody can judge', () => {
    expect(part('opendkim').checks.patched).toMatchObject({
      state: 'pass',
      why: expect.stringContaining('no known flaw is open'),
    });
    expect(part(`${forgotten}/crm_link`).checks.patched.state).toBe('unknown');
    expect(part('spamassassin/CustomerRules').flaws?.silence).toContain('wrote it itself');
  });

  test('no real number on an invented flaw', () => {
    for (const { flaws } of answer.components) {
      for (const { id, title } of flaws?.findings ?? []) {
        expect(id.startsWith('CVE-1900-'), id).toBe(title.startsWith('Invented for the sample'));
      }
    }
  });

  test('no flaw as new: it stands still', () => {
    expect(answer.changes).toBeUndefined();
  });
});

describe('the text', () => {
  const written = text(answer, { color: false });

  test('says each flaw once for each piece of software, the longest overdue first', () => {
    const heading = written.indexOf('KNOWN FLAWS (13 open in 7 pieces of software');
    expect(heading).toBeGreaterThan(0);
    const section = written.slice(heading, written.indexOf('\n\n', heading));
    expect(section).toMatch(
      /^ {2}CVE-2021-44026 {3}1\.4\.12 +2021-11-12 upstream +2021-11-26 +1676 days exploited$/m,
    );
    expect(section.match(/CVE-2021-44026/g)).toHaveLength(1);
    expect(section.match(/CVE-1900-10001/g)).toHaveLength(1);
    expect(section).toContain('CVE-1900-10007 cannot be told: ');
    expect(section).toMatch(/CVE-1900-10006 +will not be +none in public +next upgrade$/m);
    // What does not apply is only counted.
    expect(section).not.toContain('CVE-2023-51764');
    expect(section).toMatch(/\d+\s+do\s+not\s+apply/);
  });

  test('says what to patch first, and how both sides compare', () => {
    expect(written).toMatch(
      /WHAT TO PATCH FIRST\n1\. roundcube@.*: 1676 days overdue\n {4}exploited: CVE/,
    );
    expect(written).toMatch(/^ {2}customer-facing applications +6 +6 days +8 days +0 +0$/m);
    expect(written).toContain(
      'slower: php-fpm: CVE-1900-10005 is open for 40 days, 8 days allowed',
    );
  });

  test('says how old the advisories are, or that there are none', () => {
    expect(written).toContain(
      '\nAdvisories: 6 sources, 5 hours to 19 hours old, 3 more name single flaws only\n',
    );
    const { advisories: _, ...without } = answer;
    expect(text(without, { color: false })).toContain(
      '\nNo advisory database: postern advisories update\n',
    );
    // What names single flaws is never too old for anything.
    const notes = (answer.advisories ?? []).map(each =>
      each.partial === true ? { ...each, stale: true, ageHours: 9_000 } : each,
    );
    expect(text({ ...answer, advisories: notes }, { color: false })).not.toContain('too old');
    const stale = (answer.advisories ?? []).map((each, i) =>
      i === 0 ? { ...each, stale: true, ageHours: 200 } : each,
    );
    const old = text({ ...answer, advisories: stale }, { color: false });
    expect(old.replace(/\s+/g, ' ')).toContain(
      'too old: osv/Debian (8 days); postern advisories update',
    );
  });
});

test('the sample needs no store, and looks at none', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['bin/postern.js', 'confirm', '--sample', '--store', '/nonexistent', '--fail-on', 'never'],
    { encoding: 'utf8', maxBuffer: 64 << 20 },
  );
  expect([status, stderr]).toEqual([3, '']);
  expect(stdout).toContain('KNOWN FLAWS (13 open');
});
