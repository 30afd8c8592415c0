import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HuntReport, ReportedAlert, RuleBacktest } from '../../src/core/hunt-report.ts';
import { huntHtml } from '../../src/report/hunt/html.ts';
import { hostileNames } from '../support/answers.ts';
import { cutOff, launch, noBrowser, openPage } from '../support/browser-page.ts';

const line = (source: string) => ({ source, seq: 37, line: 80 });

const alert = (name: string): ReportedAlert => ({
  id: 'a9c2f13d2ac',
  rule: name,
  title: name,
  level: 'high',
  component: name,
  who: name,
  firstMs: Date.UTC(2026, 10, 25, 2),
  lastMs: Date.UTC(2026, 10, 25, 2, 4, 36),
  sentence: `\`${name}\` entered 40 mailboxes through \`dovecot\` between 02:00 and 02:10`,
  tags: ['attack.t1114.002'],
  sightings: 1,
  events: 40,
  lines: [line('srv_containers_mail_data_log_dovecot_mail.log')],
});

const tried = (name: string): RuleBacktest => ({
  rule: name,
  title: name,
  level: 'medium',
  kind: 'detection',
  place: { path: `/srv/rules/${name}.yml`, line: 1 },
  events: 1_234,
  alerts: 12,
  allowed: 0,
  components: [],
  people: [{ name, events: 12 }],
  addresses: [{ name: '2001:db8:1234:5678:9abc:def0:1234:5678', events: 12 }],
  days: [{ name: '2026-11-25', events: 12 }],
  sentences: [`\`${name}\` did so`],
  lines: [],
});

const report = (mode: HuntReport['mode'], names: readonly string[]): HuntReport => ({
  mode,
  atMs: Date.UTC(2026, 10, 26),
  lines: { segments: 1, sources: 1, events: 7_462, read: 80, notUnderstood: 3 },
  rules: {
    read: 99,
    run: 75,
    about: 36,
    problems: names.map(name => ({ path: name, line: 3, why: `no rule: ${name}` })),
  },
  alerts: mode === 'watch' ? names.map(alert) : [],
  repeated: 0,
  suppressed: 0,
  ...(mode === 'backtest' ? { backtest: names.map(tried) } : {}),
  notes: names,
  unseen: names.map(name => ({ what: name, why: name, how: name })),
});

const modes = ['watch', 'backtest'] as const;

describe.skipIf(noBrowser !== undefined)(
  `what a hunt found, in a browser${noBrowser === undefined ? '' : ` (${noBrowser})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-hunt-page-'));
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const names = [...hostileNames, 'https://example.test/'.padEnd(300, 'x'), 'a `b` c'];

    test.each(modes.flatMap(mode => [1280, 400].map(width => [mode, width] as const)))(
      '%s: at %i pixels nothing is cut off, nothing runs, nothing else is asked for',
      async (mode, width) => {
        const markup = huntHtml(report(mode, names), '0.1.0');
        const { page, requests, complaints } = await openPage(browser, folder, markup, { width });
        expect(requests).toHaveLength(1);
        expect(complaints).toEqual([]);
        expect(await cutOff(page)).toBe(0);
        expect(await page.locator('script, img, iframe, [onerror]').count()).toBe(0);
        expect(await page.locator('tbody tr').count()).toBe(names.length);
        await page.close();
      },
    );

    test('an alert can be read whole: its name in one piece, names in its sentence marked', async () => {
      const markup = huntHtml(report('watch', ['203.0.113.66']), '0.1.0');
      const { page } = await openPage(browser, folder, markup, { width: 1280 });
      expect(await page.locator('tbody th .small').textContent()).toBe(
        '203.0.113.66 entered 40 mailboxes through dovecot between 02:00 and 02:10.',
      );
      expect(await page.locator('tbody th code').allTextContents()).toEqual([
        '203.0.113.66',
        'dovecot',
      ]);
      const id = await page.locator('code.id').boundingBox();
      expect(id?.height ?? 0).toBeGreaterThan(0);
      expect(id?.height ?? 99).toBeLessThan(30);
      await page.close();
    });
  },
);
