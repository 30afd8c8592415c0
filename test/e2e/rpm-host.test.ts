import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildRpmHost, type RpmHost } from '../hosts/rpm/build.ts';
import { type Found, lines, type Report } from '../support/hosts.ts';

/** Hosts built of packages, in the three forms of rpm's database, and what is true of them. */
const hosts = [
  ['el9', 'AlmaLinux 9: Postfix, Dovecot, Roundcube, Amavis and milters of EPEL', []],
  ['el8', 'Rocky Linux 8, Berkeley DB: Sendmail, Cyrus, MIMEDefang, Mailman 2', ['db5.3_load']],
  ['leap', 'openSUSE Leap, ndb: Postfix, Dovecot, Roundcube, Amavis', []],
] as const;

const has = (program: string): boolean => spawnSync('which', [program]).status === 0;
const folderOf = (name: string): string =>
  fileURLToPath(new URL(`../hosts/rpm/${name}`, import.meta.url));
const postern = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'postern-rpm-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const confirm = (root: string): Report =>
  JSON.parse(
    spawnSync(
      process.execPath,
      [postern, 'confirm', '--root', root, '--format', 'json', '--fail-on', 'never', '--quiet'],
      { encoding: 'utf8', maxBuffer: 256 << 20 },
    ).stdout,
  ) as Report;

const statements = ({ id, reach, logs }: Found): readonly string[] => [
  ...reach.map(
    ({ resource, mode, extent, because }) =>
      `${id} R ${resource}/${mode}: ${extent} <- ${because?.path ?? ''}:${because?.line ?? ''}`,
  ),
  ...logs.map(({ question, emitted, path }) =>
    `${id} L ${question} ${emitted} ${path ?? ''}`.trimEnd(),
  ),
];

for (const [name, title, more] of hosts) {
  const missing = ['rpm', 'rpmbuild', 'createrepo_c', 'modifyrepo_c', ...more].filter(
    each => !has(each),
  );
  describe.skipIf(missing.length > 0)(
    `${title}${missing.length === 0 ? '' : ` (skipped: no ${missing.join(', ')} here)`}`,
    () => {
      const root = join(scratch, name);
      const listed = (file: string): readonly string[] =>
        lines(readFileSync(join(folderOf(name), file), 'utf8')).filter(
          line => !line.startsWith('#'),
        );
      let host: RpmHost;
      let report: Report;
      const rpm = (...args: readonly string[]): readonly string[] =>
        lines(spawnSync('rpm', ['--dbpath', host.database, ...args], { encoding: 'utf8' }).stdout);

      beforeAll(() => {
        host = buildRpmHost(folderOf(name), root);
        report = confirm(root);
      }, 120_000);

      test('every part is listed, switched on or off as it is, and no other', () => {
        const state = { true: 'on', false: 'off', null: 'unknown' } as const;
        expect(
          report.components.map(({ kind, id, enabled }) => `${kind} ${id} ${state[`${enabled}`]}`),
        ).toEqual(listed('truth'));
      });

      test('packages, versions and owners are those that rpm knows', () => {
        const installed = new Set(
          rpm('-qa', '--qf', '%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\n'),
        );
        const packaged = report.components.flatMap(each => each.package ?? []);
        expect(packaged.length).toBeGreaterThan(10);
        for (const { name: of, version } of packaged) {
          expect(installed).toContain(`${of} ${version}`);
        }
        for (const { id, foundAt, package: owner } of report.components) {
          for (const { path } of foundAt) {
            const [owned] = rpm('-qf', '--qf', '%{NAME}\n', path);
            if (!path.endsWith('.so') || owned === undefined) continue;
            expect(owner?.name, `${id}: ${path}`).toBe(owned);
          }
        }
      });

      test('what a part reaches and logs is said with the line that grants it', () => {
        const said = new Set(report.components.flatMap(statements));
        for (const line of listed('says')) expect(said).toContain(line);
      });

      test('each security update that waits is named, and nothing else is said to wait', () => {
        const waiting = listed('packages').flatMap(line => {
          const [, of, version] = /^advisory \S+ security \S+ \S+ (\S+) (\S+)/.exec(line) ?? [];
          return of === undefined || version === undefined ? [] : [[of, version] as const];
        });
        for (const { id, package: owner, checks } of report.components) {
          const version = waiting.find(([of]) => of === owner?.name)?.[1];
          const why = checks['patched']?.why ?? '';
          if (version === undefined) expect(why, id).not.toContain('is waiting since');
          else expect(why, id).toContain(`security update ${version} is waiting since`);
        }
      });

      test('every place exists, and no secret is told', () => {
        for (const { id, foundAt } of report.components) {
          for (const { path, line } of foundAt) {
            expect(lstatSync(join(root, path), { throwIfNoEntry: false }), id).toBeDefined();
            if (line === undefined || !existsSync(join(root, path))) continue;
            const count = readFileSync(join(root, path), 'utf8').split('\n').length;
            expect(line, `${id}: ${path}`).toBeLessThanOrEqual(count);
          }
        }
        expect(JSON.stringify(report)).not.toContain('not-a-secret');
      });
    },
  );
}
