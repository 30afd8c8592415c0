import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where `test/hosts/build.sh` put the hosts; see `.ci/run`. */
const folder: string = process.env['POSTERN_HOSTS'] ?? '';
const postern: string = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));

export interface Found {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly platform: string;
  readonly origin: string;
  readonly enabled: boolean | null;
  readonly version: { readonly value?: string; readonly unknown?: string };
  readonly purl?: string;
  readonly partOf?: string;
  readonly package?: { readonly name: string; readonly version: string };
  readonly exposure?: { readonly internet: string; readonly why: string };
  readonly foundAt: readonly { readonly path: string; readonly line?: number }[];
  readonly reach: readonly {
    readonly resource: string;
    readonly mode: string;
    readonly extent: string;
    readonly because?: { readonly path: string; readonly line?: number };
  }[];
  readonly logs: readonly {
    readonly question: string;
    readonly emitted: string;
    readonly why: string;
    readonly path?: string;
    readonly remedy?: string;
  }[];
  readonly checks: Readonly<
    Record<string, { readonly state: string; readonly why: string; readonly remedy?: string }>
  >;
}

export interface Report {
  readonly components: readonly Found[];
  readonly unseen: readonly { readonly what: string; readonly why: string }[];
}

/** One real host: what Postern says of it, and what its own programs say, run by chroot(8). */
export interface Host {
  readonly root: string;
  readonly report: Report;
  run(program: string, ...args: readonly string[]): string;
}

/** Why a host cannot be tried; undefined when it can. Goes into the title of what is skipped. */
export const hostMissing = (name: string): string | undefined =>
  folder !== '' && existsSync(join(folder, name))
    ? undefined
    : `no host ${name} in $POSTERN_HOSTS: test/hosts/build.sh makes it, as root`;

/** What Postern says of a root. */
export const confirmRoot = (root: string): Report => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [postern, 'confirm', '--root', root, '--format', 'json', '--fail-on', 'never'],
    { encoding: 'utf8', maxBuffer: 256 << 20 },
  );
  if (status !== 0 && status !== 3) throw new Error(`exit ${status}: ${stderr}`);
  return JSON.parse(stdout) as Report;
};

/** Where the host lies: what is to be changed is copied first. */
export const hostRoot = (name: string): string => join(folder, name);

export const openHost = (name: string): Host => {
  const root = hostRoot(name);
  return {
    root,
    report: confirmRoot(root),
    run: (program, ...args) =>
      execFileSync('chroot', [root, program, ...args], {
        encoding: 'utf8',
        maxBuffer: 64 << 20,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
  };
};

export const lines = (text: string): readonly string[] =>
  text.split('\n').filter(line => line.trim() !== '');

/** Names in order, each once: for comparing sets readably. */
export const namesOf = (found: readonly { readonly name: string }[]): readonly string[] =>
  [...new Set(found.map(({ name }) => name))].sort();
