import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `test/real/transparency/check.go` is asked; hashes in base64. */
export interface GoCase {
  readonly key: string;
  readonly checkpoint: string;
  /** Base64. */
  readonly leaf: string;
  readonly index: number;
  readonly inclusion: readonly string[];
  readonly older?: string;
  readonly consistency?: readonly string[];
  /** Path below the log to the tile's bytes in base64. */
  readonly tiles?: Readonly<Record<string, string>>;
  readonly line?: string;
  readonly lineRoot?: string;
  readonly lineCount?: number;
  readonly lineIndex?: number;
  readonly lineProof?: readonly string[];
}

/** Where golang-golang-x-mod-dev lies, or was unpacked to. */
const gopath = process.env['POSTERN_GOCODE'] ?? '/usr/share/gocode';

export const goIsHere = (): boolean =>
  existsSync(join(gopath, 'src/golang.org/x/mod/sumdb/tlog')) &&
  spawnSync('go', ['version']).status === 0;

export interface GoCheck {
  /** `ok`, or what does not hold. */
  readonly ask: (given: GoCase) => string;
  /** Runs another program of one file in a folder, by the same packages; what it prints. */
  readonly run: (folder: string, command: readonly string[]) => string;
  readonly remove: () => void;
}

/** Builds the checker with what is on this machine, without a network. */
export const buildGoCheck = (): GoCheck => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-go-'));
  const program = join(folder, 'check');
  const source = new URL('../real/transparency/check.go', import.meta.url).pathname;
  const env = {
    ...process.env,
    GO111MODULE: 'off',
    GOFLAGS: '',
    GOPROXY: 'off',
    GOPATH: gopath,
    GOCACHE: join(folder, 'cache'),
  };
  const { status } = spawnSync('go', ['build', '-o', program, source], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  if (status !== 0) {
    remove();
    throw new Error('Go does not build test/real/transparency/check.go');
  }
  return {
    ask: given =>
      spawnSync(program, { input: JSON.stringify(given), encoding: 'utf8' }).stdout.trim(),
    run: (cwd, command) =>
      spawnSync('go', ['run', ...command], { cwd, env, encoding: 'utf8' }).stdout,
    remove,
  };
};
