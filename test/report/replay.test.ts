import { describe, expect, test } from 'vitest';
import { pastCases } from '../../src/advisories/replay/cases.ts';
import { replay } from '../../src/app/advisories/replay.ts';
import { emptyConfiguration } from '../../src/core/policy.ts';
import type { Replay } from '../../src/core/replay.ts';
import { replayJson } from '../../src/report/replay-json.ts';
import { replayText } from '../../src/report/replay-text.ts';
import { memoryView } from '../support/memory.ts';
import { ownSchema } from '../support/schemas.ts';

const answer = (): Replay =>
  replay({
    files: memoryView({ '/etc/hostname': 'mail\n' }),
    configuration: emptyConfiguration,
    target: { root: '/mnt/mail01' },
    now: new Date('2026-11-25T09:00:00Z'),
  }).replay;

describe('a replay without a database', () => {
  test('asks the notes that ship with Postern, and says that nothing else is held', () => {
    const { held, cases } = answer();
    expect(held).toEqual(['notes']);
    expect(cases).toHaveLength(pastCases.length);
    expect(cases.find(({ id }) => id === 'active-mail-2025')).toMatchObject({
      concerns: [],
      told: { on: '2025-04-16' },
      beforeExploitation: { least: -256, most: -256 },
      beforeCatalogue: { least: 12, most: 12 },
    });
    expect(cases.find(({ id }) => id === 'smartermail-2026')).toMatchObject({
      told: { on: '2026-01-15' },
      beforeExploitation: { least: 2, most: 2 },
    });
  });

  test('no note tells before anything of its case was public', () => {
    for (const { id, told, signs, published } of answer().cases) {
      const days = [...signs.map(({ on }) => on), ...(published === undefined ? [] : [published])];
      const first = days
        .flatMap(({ notBefore, notAfter }) => notBefore ?? notAfter ?? [])
        .sort()[0];
      expect((told?.on ?? '9') >= (first ?? ''), id).toBe(true);
    }
  });
});

describe('on paper', () => {
  test('as JSON it keeps to its schema', () => {
    expect(ownSchema('replay')(JSON.parse(replayJson(answer())))).toEqual([]);
  });

  test('as text it says of each case who would have been told, and by what not', () => {
    const text = replayText(answer());
    for (const { title } of pastCases) expect(text.replace(/\s+/g, ' ')).toContain(title);
    expect(text).toContain('15 past cases, 0 of them through a product that this estate has');
    expect(text).toContain('Active! mail is not in this estate: shown for a host that has it');
    expect(text).toContain('2024-08-03: told 256 days after');
    expect(text).toMatch(
      /silent {6}debian-tracker, osv, csaf, cve, nvd: the database does not hold/,
    );
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(100);
  });
});
