import { describe, expect, test } from 'vitest';
import { type Host, hostMissing, lines, openHost } from '../support/hosts.ts';

/** What must be true on every host, whatever is installed there. */
const names = ['provider', 'exim', 'cyrus', 'trixie'] as const;

const installedOn = (host: Host): ReadonlyMap<string, string> =>
  new Map(
    lines(
      host.run('dpkg-query', '-W', '-f', '${db:Status-Status} ${Package} ${Version}\n'),
    ).flatMap(line => {
      const [status, name = '', version = ''] = line.split(' ');
      // A half-configured package (its postinst failed) is on the disk like any other.
      return status !== 'not-installed' && status !== 'config-files'
        ? [[name, version] as const]
        : [];
    }),
  );

/** Candidate versions that apt would install over older ones. */
const upgradesOn = (host: Host): ReadonlyMap<string, string> =>
  new Map(
    lines(host.run('apt-get', '-s', '-o', 'Debug::NoLocking=1', 'dist-upgrade')).flatMap(line => {
      const match = /^Inst (\S+) \[\S+\] \((\S+) /.exec(line);
      return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const];
    }),
  );

for (const name of names) {
  const missing = hostMissing(name);
  describe.skipIf(missing !== undefined)(
    `${name}${missing === undefined ? '' : `: ${missing}`}`,
    () => {
      let opened: Host | undefined;
      const host = (): Host => (opened ??= openHost(name));

      test('package versions are those that dpkg knows', () => {
        const installed = installedOn(host());
        const packaged = host().report.components.filter(each => each.package !== undefined);
        expect(packaged.length).toBeGreaterThan(10);
        for (const { id, package: owner } of packaged) {
          expect(installed.get(owner?.name ?? ''), id).toBe(owner?.version);
        }
      });

      test('every file that a component was found at exists, and has that line', () => {
        const lengths = new Map<string, number>();
        for (const { id, foundAt } of host().report.components) {
          expect(foundAt.length, id).toBeGreaterThan(0);
          for (const { path, line } of foundAt) {
            if (line === undefined) {
              expect(
                host().run('sh', '-c', 'test -e "$0" && echo yes || echo no', path).trim(),
                `${id}: ${path}`,
              ).toBe('yes');
              continue;
            }
            if (!lengths.has(path)) {
              lengths.set(path, host().run('cat', path).split('\n').length);
            }
            expect(line, `${id}: ${path}`).toBeLessThanOrEqual(lengths.get(path) ?? 0);
          }
        }
      }, 120_000);

      test('waiting updates are those that apt would install', () => {
        const upgrades = upgradesOn(host());
        for (const { id, package: owner, checks } of host().report.components) {
          if (owner === undefined) continue;
          const patched = checks['patched'];
          const candidate = upgrades.get(owner.name);
          if (candidate === undefined)
            expect(patched?.why, id).not.toMatch(/(?:security update|one,) \S+ is waiting/);
          else {
            expect(patched?.why, id).toContain(candidate);
            expect(patched?.why, id).toMatch(/is waiting|is, from a suite/);
          }
        }
      });

      test('nothing that was configured as a secret is in the report', () => {
        expect(JSON.stringify(host().report)).not.toContain('not-a-secret');
      });

      test('no component is listed twice', () => {
        const ids = host().report.components.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
      });
    },
  );
}
