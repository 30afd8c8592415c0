import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mergeRemedies } from '../../src/report/merge-remedies.ts';
import { applySteps } from '../support/apply-remedy.ts';
import { copyHost } from '../support/copy-host.ts';
import { confirmRoot, type Found, hostMissing, hostRoot, type Report } from '../support/hosts.ts';
import { type Checked, checkPrograms } from '../support/program-checks.ts';
import { readRemedy, type Step } from '../support/remedy.ts';

/**
 * What Postern tells an administrator to paste is pasted into a copy of each host: its programs must
 * take it, and a second look must find that fault gone and nothing else worse.
 */
const hosts = ['provider', 'exim', 'cyrus', 'trixie'] as const;

/** After so many looks nothing that can be pasted is left. */
const roundsMax = 4;

/** Where mail log lines would be sent is a name that only the administrator knows. */
const ship = '/etc/rsyslog.d/90-ship.conf';

const stepsOf = (remedy: string | undefined): readonly Step[] =>
  remedy === undefined ? [] : readRemedy(remedy).steps.filter(({ where }) => where.at !== 'yaml');

/** Every line to paste into a file of the host; packages are mended by commands. */
const allSteps = ({ components }: Report): readonly Step[] =>
  components.flatMap(({ logs, checks }) => [
    ...logs.flatMap(({ remedy }) => stepsOf(remedy)),
    ...Object.entries(checks).flatMap(([check, { state, remedy }]) =>
      check === 'patched' || state === 'pass' ? [] : stepsOf(remedy),
    ),
  ]);

const rank = ['off', 'unknown', 'partial', 'on'];
const better = (before: string, now: string): boolean => rank.indexOf(now) > rank.indexOf(before);

const logOf = (found: Found | undefined, question: string): Found['logs'][number] | undefined =>
  found?.logs.find(each => each.question === question);

for (const name of hosts) {
  const missing = hostMissing(name);
  describe.skipIf(missing !== undefined)(
    `${name}${missing === undefined ? '' : `: ${missing}`}`,
    () => {
      let folder = '';
      let root = '';
      let first: Report = { components: [], unseen: [] };
      let second: Report = first;
      let programsBefore: readonly Checked[] = [];
      const changed = new Set<string>();
      const now = (id: string): Found | undefined => second.components.find(each => each.id === id);

      beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), 'postern-remedies-'));
        root = join(folder, name);
        copyHost(hostRoot(name), root);
        programsBefore = checkPrograms(root, []);
        first = confirmRoot(root);
        second = first;
        // What was mended may bring to light what comes next: it, too, must be possible to paste.
        for (let round = 0; round < roundsMax; round++) {
          const steps = allSteps(second).filter(({ file }) => file !== ship);
          if (steps.length === 0) break;
          for (const path of applySteps(root, steps)) changed.add(path);
          second = confirmRoot(root);
        }
      }, 600_000);

      afterAll(() => {
        if (folder !== '') rmSync(folder, { recursive: true, force: true });
      }, 120_000);

      test('its programs take what was pasted', () => {
        expect(changed.size).toBeGreaterThan(1);
        const sound = new Set(programsBefore.filter(({ ok }) => ok).map(({ what }) => what));
        const checked = checkPrograms(root, [...changed]);
        expect(checked.length).toBeGreaterThan(1);
        for (const { what, ok, output } of checked) {
          const wasSound = sound.has(what) || !programsBefore.some(each => each.what === what);
          if (wasSound) expect(ok, `${what}\n${output.slice(-2_000)}`).toBe(true);
          else expect.fail(`${what} did not take the host as it was built:\n${output}`);
        }
      }, 300_000);

      test('a copy of its log lines leaves through rsyslog once that is pasted', () => {
        const remedies = second.components.flatMap(({ checks }) => {
          const remedy = checks['retained']?.remedy;
          return stepsOf(remedy).some(({ file }) => file === ship) ? [remedy ?? ''] : [];
        });
        if (remedies.length === 0 || !existsSync(join(root, 'usr/sbin/rsyslogd'))) return;
        applySteps(root, stepsOf(mergeRemedies(remedies)));
        const rsyslog = checkPrograms(root, []).find(({ what }) => what.includes('rsyslogd'));
        expect(rsyslog?.ok, rsyslog?.output).toBe(true);
        const kept = confirmRoot(root).components.map(
          ({ checks }) => checks['retained']?.why ?? '',
        );
        expect(kept.some(why => why.includes('loghost.example:6514'))).toBe(true);
        rmSync(join(root, ship));
      }, 300_000);

      test('each log that had lines to paste tells more than before', () => {
        for (const { id, logs } of first.components) {
          for (const { question, emitted, why, remedy } of logs) {
            if (stepsOf(remedy).length === 0) continue;
            const log = logOf(now(id), question);
            const mended = log !== undefined && (better(emitted, log.emitted) || log.why !== why);
            expect(
              mended,
              `${id}, ${question}: still ${log?.emitted}, ${log?.why}\n${remedy}`,
            ).toBe(true);
          }
        }
      });

      test('nothing that could be pasted is left', () => {
        const left = allSteps(second).filter(({ file }) => file !== ship);
        expect(left).toEqual([]);
      });

      test('what was kept too short is kept long enough', () => {
        for (const { id, checks } of first.components) {
          const verdict = checks['retained'];
          if (verdict?.state !== 'fail' || stepsOf(verdict.remedy).length === 0) continue;
          // Where the stanza was mended another log may come to light that is kept too short.
          expect(now(id)?.checks['retained']?.why, id).not.toBe(verdict.why);
        }
      });

      test('no part is lost or found, and nothing that was not touched is worse', () => {
        const ids = (report: Report): readonly string[] =>
          report.components.map(({ id }) => id).sort();
        expect(ids(second)).toEqual(ids(first));
        for (const { id, enabled, reach, logs, checks } of first.components) {
          expect(now(id)?.enabled, id).toBe(enabled);
          expect(
            now(id)?.reach.map(({ resource, mode }) => `${mode} ${resource}`),
            id,
          ).toEqual(reach.map(({ resource, mode }) => `${mode} ${resource}`));
          for (const { question, emitted } of logs) {
            const today = logOf(now(id), question)?.emitted ?? 'gone';
            expect(today === emitted || better(emitted, today), `${id}, ${question}`).toBe(true);
          }
          for (const [check, { state }] of Object.entries(checks)) {
            if (state === 'pass')
              expect(now(id)?.checks[check]?.state, `${id}, ${check}`).toBe('pass');
          }
        }
        const known = new Set(first.unseen.map(({ what, why }) => `${what}: ${why}`));
        expect(second.unseen.filter(({ what, why }) => !known.has(`${what}: ${why}`))).toEqual([]);
      });
    },
  );
}
