import type { Reporter, TestModule } from 'vitest/node';
import { outsideData } from './outside-data.ts';

/**
 * Ends a run with the plain line `N passed, N failed, N skipped`. With `POSTERN_REQUIRE_ALL` set, a
 * skipped test is a failure: a machine that was prepared for everything must try everything. Only
 * collections of other people's data, which no package brings, may be missing (`outsideData`).
 */
export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    const skipped: string[] = [];
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed += 1;
      const tests = [...module.children.allTests()];
      // A suite that makes its tests from what the machine has may be left with none at all.
      if (tests.length === 0 && module.errors().length === 0) skipped.push(module.relativeModuleId);
      for (const test of tests) {
        const { state } = test.result();
        counts[state] += 1;
        if (state === 'skipped' && !test.fullName.includes(outsideData)) {
          skipped.push(`${module.relativeModuleId}: ${test.fullName}`);
        }
      }
    }
    const all = (process.env['POSTERN_REQUIRE_ALL'] ?? '') !== '';
    if (all && skipped.length > 0) {
      process.stdout.write(
        `\nSkipped, though everything must run here:\n  ${skipped.join('\n  ')}\n`,
      );
      process.exitCode = 1;
    }
    const failed = counts.failed + counts.pending + (all ? skipped.length : 0);
    const rest = all ? 0 : skipped.length;
    process.stdout.write(
      `\n${counts.passed} passed, ${failed} failed${rest === 0 ? '' : `, ${rest} skipped`}\n`,
    );
  }
}
