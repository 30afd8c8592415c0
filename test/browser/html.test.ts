import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer } from '../../src/core/answer.ts';
import { html } from '../../src/report/html.ts';
import { junit } from '../../src/report/junit.ts';
import { judgedSample } from '../report/answers.ts';
import { allPass, answerWith, component, hostileAnswer } from '../support/answers.ts';
import { cutOff, launch, noBrowser, type Opened, openPage } from '../support/browser-page.ts';
import { comparedAnswer } from '../support/compared-answer.ts';

const sample = (): Answer =>
  answerWith(
    [
      component('postfix', {
        kind: 'mta',
        checks: {
          ...allPass,
          patched: {
            state: 'fail',
            why: 'a security update is waiting',
            evidence: [{ what: 'the index', path: '/var/lib/apt/lists/x', line: 3 }],
            remedy: 'apt install --only-upgrade postfix',
            weight: 90,
          },
        },
      }),
      component('postfix/aaa'),
      component('zeta', {
        enabled: false,
        checks: {
          ...allPass,
          logged: { state: 'unknown', why: 'no log is known', evidence: [], remedy: '# look' },
        },
      }),
    ],
    { unseen: [{ what: '/etc/x', why: 'no right to read', how: 'be root' }] },
  );

describe.skipIf(noBrowser !== undefined)(
  `the page in a browser${noBrowser === undefined ? '' : ` (${noBrowser})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-page-'));
    let browser: Browser;
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const open = (answer: Answer, looks?: Parameters<typeof openPage>[3]): Promise<Opened> =>
      openPage(browser, folder, html(answer), looks);

    test('opens from disk, asks for nothing else and complains of nothing', async () => {
      const { page, requests, complaints } = await open(sample());
      expect(requests).toHaveLength(1);
      expect(complaints).toEqual([]);
      expect(await page.title()).toBe('Postern: /mnt/mail01');
      expect(await page.locator('h1').textContent()).toBe('3 parts of the mail platform found.');
      expect(await page.locator('table.parts tbody tr').count()).toBe(3);
      await page.close();
    });

    test.each([1280, 400])('nothing is cut off at %i pixels', async width => {
      for (const answer of [sample(), hostileAnswer(), judgedSample(), comparedAnswer()]) {
        const { page } = await open(answer, { width });
        expect(await cutOff(page)).toBe(0);
        await page.close();
      }
    });

    test('the keyboard reaches the findings first, opens one and reads its remedy', async () => {
      const { page } = await open(sample());
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe(
        'Skip to the findings',
      );
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.tagName')).toBe('SUMMARY');
      expect(await page.evaluate('document.activeElement.textContent')).toContain(
        'a security update is waiting',
      );
      const details = page.locator('#findings ~ ol details').first();
      expect(await details.getAttribute('open')).not.toBeNull();
      expect(await details.locator('pre').textContent()).toBe('apt install --only-upgrade postfix');
      await page.keyboard.press('Enter');
      expect(await details.getAttribute('open')).toBeNull();
      await page.close();
    });

    test('every link on the page leads somewhere on it', async () => {
      for (const answer of [sample(), hostileAnswer(), judgedSample(), comparedAnswer()]) {
        const { page } = await open(answer);
        const lost = await page.evaluate(`[...document.querySelectorAll('a')]
        .map(a => a.getAttribute('href'))
        .filter(href => !href.startsWith('#') || document.getElementById(href.slice(1)) === null)`);
        expect(lost).toEqual([]);
        await page.close();
      }
    });

    test('hostile names neither run, nor leave their place, nor turn the text around', async () => {
      const { page, requests, complaints } = await open(hostileAnswer());
      expect(await page.evaluate('globalThis.harmed')).toBeUndefined();
      expect(complaints).toEqual([]);
      expect(requests).toHaveLength(1);
      expect(await page.locator('script').count()).toBe(1);
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.locator('body').innerText()).not.toMatch(
        /[\u202a-\u202e\u2066-\u2069\u001b]/,
      );
      await page.close();
    });

    test('the policy of the page refuses any script but its own', async () => {
      const { page, complaints } = await open(sample());
      await page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'globalThis.harmed = true';
      document.body.append(script);
    }`);
      expect(await page.evaluate('globalThis.harmed')).toBeUndefined();
      expect(complaints.join()).toContain('Content Security Policy');
      await page.close();
    });

    test('known flaws stand once for each piece of software, what is overdue open, the rest folded', async () => {
      const { page, complaints } = await open(judgedSample());
      expect(complaints).toEqual([]);
      const groups = page.locator('#flaws ~ ol.flaw-groups > li');
      const [first] = await groups.locator('summary').allTextContents();
      expect(first).toMatch(/^roundcube@.* 7 open.*7 past deadline.*7 exploited/);
      const worst = groups.first();
      expect(await worst.locator('> details').getAttribute('open')).not.toBeNull();
      expect(await worst.locator('table.flaws tbody tr').count()).toBe(7);
      expect(await worst.locator('table.flaws tbody tr').nth(5).innerText()).toMatch(
        /CVE-2025-49113[\s\S]*critical 9\.9[\s\S]*1\.5\.10[\s\S]*2025-06-01[\s\S]*2025-06-15[\s\S]*379 days over/,
      );
      // What does not apply is there, with its evidence, and not in the way.
      const packaged = groups.filter({ hasText: 'Shared by 12 parts' });
      expect(await packaged.locator('details.aside li').first().isVisible()).toBe(false);
      expect(await packaged.locator('details.aside').textContent()).toContain('CVE-2025-49113');
      expect(await page.locator('#flaws ~ details.aside').last().textContent()).toContain(
        'debian-tracker',
      );
      await page.close();
    });

    test('at 400 pixels each flaw is a block with its words, not a table that is cut off', async () => {
      const { page } = await open(judgedSample(), { width: 400 });
      const cell = page.locator('table.flaws td[data-label=Deadline]').first();
      const box = await cell.boundingBox();
      expect((box?.x ?? 400) + (box?.width ?? 400)).toBeLessThanOrEqual(400);
      expect(await cell.innerText()).toContain('1,676 days over');
      await page.close();
    });

    test('what to patch first, parity and changes are there when the answer has them', async () => {
      const { page, complaints } = await open(comparedAnswer());
      expect(complaints).toEqual([]);
      expect(await page.locator('#patch-first ~ ol > li').first().innerText()).toContain(
        '1,680 days overdue',
      );
      expect(await page.locator('#parity ~ .reach rect').count()).toBe(4);
      expect(await page.locator('#parity ~ .scroll tbody th').allTextContents()).toHaveLength(3);
      expect(await page.locator('#changes').textContent()).toContain(
        'What changed since 2026-11-01',
      );
      await page.close();
    });

    test('the table sorts and filters', async () => {
      const { page } = await open(sample());
      const shown = async (): Promise<readonly string[]> =>
        await page.locator('table.parts tbody tr:visible th').allTextContents();
      expect(await shown()).toEqual(['postfix', 'postfix/aaa', 'zeta']);
      await page.getByRole('button', { name: 'logged' }).click();
      expect(await shown()).toEqual(['zeta', 'postfix', 'postfix/aaa']);
      await page.getByRole('button', { name: 'Part' }).click();
      expect(await shown()).toEqual(['postfix', 'postfix/aaa', 'zeta']);
      await page.locator('input[type=search]').fill('AAA');
      expect(await shown()).toEqual(['postfix/aaa']);
      await page.locator('input[type=search]').fill('');
      await page.locator('input[type=checkbox]').check();
      expect(await shown()).toEqual(['postfix']);
      await page.close();
    });

    test('without scripts all of it is there, without controls that do nothing', async () => {
      const { page } = await open(sample(), { scripts: false });
      expect(await page.locator('table.parts tbody tr').count()).toBe(3);
      expect(await page.locator('.tools').isVisible()).toBe(false);
      expect(await page.getByRole('button').count()).toBe(0);
      await page.close();
    });

    test.each([false, true])('words stand out from their ground (dark: %s)', async dark => {
      const { page } = await open(sample(), { dark });
      const weakest = await page.evaluate(`(() => {
      const parse = text => text.match(/[\\d.]+/g).map(Number);
      const light = ([r, g, b]) => [r, g, b].map(c => c / 255)
        .map(c => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
      const ground = element => {
        for (let at = element; at; at = at.parentElement) {
          const parts = parse(getComputedStyle(at).backgroundColor);
          if (parts.length < 4 || parts[3] > 0) return parts;
        }
        return [255, 255, 255];
      };
      return [...document.querySelectorAll('.state, .small, .why, h1, dt, dd, summary a, pre')]
        .filter(each => !each.closest('.off'))
        .map(each => {
          const a = light(parse(getComputedStyle(each).color));
          const b = light(ground(each));
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        })
        .reduce((least, each) => Math.min(least, each), 21);
    })()`);
      expect(weakest).toBeGreaterThanOrEqual(4.5);
      await page.close();
    });

    test('print shows what is folded away on the screen', async () => {
      const { page } = await open(sample());
      await page.emulateMedia({ media: 'print' });
      const folded = page.locator('#check-patched ~ ol details pre').first();
      expect(await folded.isVisible()).toBe(true);
      // A4 less its margins: the names of the parts must keep their room beside nine columns.
      await page.setViewportSize({ width: 688, height: 1000 });
      const name = await page.locator('table.parts tbody th').first().boundingBox();
      expect(name?.width).toBeGreaterThan(120);
      expect(await cutOff(page)).toBe(0);
      expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
      await page.close();
    });

    test('JUnit of hostile names is XML for a browser too', async () => {
      const page = await browser.newPage();
      const failures = await page.evaluate(
        `(text => {
        const parsed = new DOMParser().parseFromString(text, 'application/xml');
        return [parsed.querySelector('parsererror')?.textContent ?? '', parsed.querySelectorAll('failure').length];
      })(${JSON.stringify(junit(hostileAnswer()))})`,
      );
      expect(failures).toEqual(['', hostileAnswer().counts.logged.fail * 3]);
      await page.close();
    });
  },
);
