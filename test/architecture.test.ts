import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Who may import whom: a folder below `src`, and the folders that its files may import. */
const directions: Readonly<Record<string, readonly string[]>> = {
  core: [],
  host: ['core'],
  intake: ['core'],
  inventory: ['core'],
  advisories: ['core'],
  logs: ['core'],
  evidence: ['core'],
  exposure: ['core'],
  scope: ['core'],
  detect: ['core'],
  confirm: ['core'],
  report: ['core'],
  store: ['core'],
  app: [
    'core',
    'host',
    'inventory',
    'advisories',
    'logs',
    'evidence',
    'exposure',
    'scope',
    'detect',
    'confirm',
    'report',
    'store',
    'intake',
  ],
  cli: ['core', 'host', 'inventory', 'app', 'report'],
};

/** Folders without input or output of their own: they get a `FileView`, a clock, and answer. */
const pure = [
  'core',
  'inventory',
  'advisories',
  'logs',
  'exposure',
  'scope',
  'detect',
  'confirm',
  'report',
];

const sources = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts') ? [path] : [];
  });

const importPattern = /(?:from\s+|import\s*\(\s*|import\s+)'([^']+)'/g;

const importsOf = (path: string): readonly string[] =>
  [...readFileSync(path, 'utf8').matchAll(importPattern)].map(match => match[1] ?? '');

const folderOf = (path: string): string => relative('src', path).split('/')[0] ?? '';

/** `postfix` for `platforms/postfix.ts` and for what lies in `platforms/postfix/`. */
const platformOf = (path: string): string | undefined =>
  /^src\/inventory\/platforms\/([^/]+?)(?:\.ts$|\/)/.exec(path)?.[1];

const files = sources('src');

describe('the tree', () => {
  test('reads every source file and every folder has a direction', () => {
    expect(files.length).toBeGreaterThan(20);
    expect([...new Set(files.map(folderOf))].sort()).toEqual(
      Object.keys(directions)
        .filter(folder => existsSync(join('src', folder)))
        .sort(),
    );
  });

  test.each(files)('%s imports only downwards', path => {
    const mine = folderOf(path);
    for (const specifier of importsOf(path)) {
      if (!specifier.startsWith('.')) continue;
      const target = join(dirname(path), specifier);
      expect(existsSync(target), `${specifier} exists`).toBe(true);
      const theirs = folderOf(target);
      if (theirs === mine) continue;
      expect(directions[mine], `${path} imports ${specifier}`).toContain(theirs);
    }
  });

  test.each(files.filter(path => platformOf(path) !== undefined))(
    '%s knows no other platform',
    path => {
      const strangers = importsOf(path)
        .filter(specifier => specifier.startsWith('.'))
        .map(specifier => platformOf(join(dirname(path), specifier)))
        .filter(theirs => theirs !== undefined && theirs !== platformOf(path));
      // What two platforms need belongs to neither: it has a folder below src/inventory.
      expect(strangers).toEqual([]);
    },
  );

  test.each(files.filter(path => pure.includes(folderOf(path))))('%s has no hands', path => {
    const hands = importsOf(path).filter(specifier =>
      /^(?:node:)?(?:fs|fs\/promises|child_process|net|http|https|dgram|tls|worker_threads)$/.test(
        specifier,
      ),
    );
    expect(hands).toEqual([]);
    // The clock is passed in, so that the same files give the same answer.
    expect(readFileSync(path, 'utf8')).not.toMatch(/\bDate\.now\(|new Date\(\)/);
  });

  test.each(files.filter(path => path.startsWith('src/evidence/')))(
    '%s keeps to its place',
    path => {
      const isVerifier = path.startsWith('src/evidence/verify/');
      for (const specifier of importsOf(path)) {
        if (specifier.startsWith('node:')) {
          // The file system is a port, so that tests can take writes back; the verifier reads what is there.
          const may = isVerifier
            ? ['node:crypto', 'node:fs', 'node:zlib']
            : ['node:crypto', 'node:zlib'];
          expect(may).toContain(specifier);
        } else if (isVerifier) {
          // An auditor reads one folder, and what an event is called, and has read all of it.
          expect(join(dirname(path), specifier)).toMatch(/^src\/(?:evidence\/verify|core)\//);
        }
      }
    },
  );

  test.each(files)('%s starts on a Node.js without zstd, such as Debian 13 has', path => {
    expect(readFileSync(path, 'utf8')).not.toMatch(
      /^import \{[^}]*[zZ]std[^}]*\} from 'node:zlib'/m,
    );
  });

  test.each(files)('%s is a file that one can read in a sitting', path => {
    if (path.endsWith('.generated.ts')) return;
    expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThanOrEqual(450);
  });
});

/** Folders with nothing in them, which a checkout would not have. */
const emptyFolders = (folder: string): readonly string[] => {
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.length === 0
    ? [folder]
    : entries.flatMap(entry => (entry.isDirectory() ? emptyFolders(join(folder, entry.name)) : []));
};

test.each(['test', 'sample'])('every folder in %s is one that git keeps', folder => {
  expect(emptyFolders(folder)).toEqual([]);
});

describe('what the guard itself would catch', () => {
  test('an import upwards, in any of its spellings', () => {
    const text =
      "import { a } from '../cli/main.ts';\nconst b = await import('../app/x.ts');\nexport { c } from './d.ts';";
    expect([...text.matchAll(importPattern)].map(match => match[1])).toEqual([
      '../cli/main.ts',
      '../app/x.ts',
      './d.ts',
    ]);
  });
});
