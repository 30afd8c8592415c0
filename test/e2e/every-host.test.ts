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

/** The lines of each file given, a last one without an end among them; 0 of a folder, -1 of what is not there. */
const lineCounts = `for f in "$0" "$@"; do
  if [ ! -e "$f" ]; then echo -1; elif [ -d "$f" ]; then echo 0; else grep -c '' "$f"; fi
done || true`;

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
        const found = host().report.components.flatMap(({ id, foundAt }) => {
          expect(foundAt.length, id).toBeGreaterThan(0);
          return foundAt.map(place => ({ id, ...place }));
        });
        const paths = [...new Set(found.map(({ path }) => path))];
        const ends = lines(host().run('sh', '-c', lineCounts, ...paths));
        const lengths = new Map(paths.map((path, i) => [path, Number(ends[i])]));
        expect(ends.length).toBe(paths.length);
        for (const { id, path, line } of found) {
          expect(lengths.get(path), `${id}: ${path}`).toBeGreaterThanOrEqual(line ?? 0);
        }
      });

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
