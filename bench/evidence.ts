/**
 * What it costs to keep log lines so that a stranger believes them: lines a second that are durable, hashed,
 * signed and compressed, and how fast a store is verified beside sha256sum over the same files.
 *
 *   node bench/evidence.ts [lines]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openEvidenceStore } from '../src/app/evidence/open.ts';
import { makeSegment } from '../src/evidence/segment.ts';
import { verifyStore } from '../src/evidence/verify/verify-store.ts';
import { mailLog } from './mail-log.ts';

const lines = Number(process.argv[2] ?? 600_000);
const chunkBytes = 64 << 10;
const log = mailLog(lines);
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Pieces of whole lines, as a source reads them. */
const pieces = (bytes: Buffer): Buffer[] => {
  const out: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end =
      at + chunkBytes >= bytes.length ? bytes.length : bytes.lastIndexOf(10, at + chunkBytes) + 1;
    out.push(bytes.subarray(at, end));
    at = end;
  }
  return out;
};

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name));

const seconds = async (work: () => Promise<void> | void): Promise<number> => {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1_000;
};

const rows: (readonly [string, string])[] = [['log', `${lines} lines, ${mb(log.length)}`]];
const gzipBytes = gzipSync(log.subarray(0, 32 << 20), { level: 6 }).length;
const part = log.subarray(0, 32 << 20);
for (const level of [1, 3, 6, 9, 12]) {
  const started = performance.now();
  let kept = 0;
  for (let at = 0; at < part.length; at += 8 << 20) {
    kept += (await makeSegment(part.subarray(at, at + (8 << 20)), undefined, level)).file.length;
  }
  const speed = part.length / 1e3 / (performance.now() - started);
  rows.push([
    `zstd -${level}, with hashing`,
    `${speed.toFixed(0)} MB/s, ${(kept / gzipBytes).toFixed(2)} × gzip -6`,
  ]);
}

const store = mkdtempSync(join(tmpdir(), 'postern-bench-evidence-'));
try {
  const opened = await openEvidenceStore(store, { now: () => new Date() });
  const source = await opened.evidence.source('mail.log');
  const spent = await seconds(async () => {
    let position = 0;
    let pending: Promise<string>[] = [];
    for (const piece of pieces(log)) {
      position += piece.length;
      pending.push(source.append(piece, String(position)));
      // What a reader holds in memory at most.
      if (pending.length < 64) continue;
      await Promise.all(pending);
      pending = [];
    }
    await Promise.all(pending);
    await opened.evidence.flush();
  });
  await opened.close();
  const segments = filesBelow(join(store, 'segments'));
  const kept = filesBelow(store).reduce((sum, path) => sum + statSync(path).size, 0);
  const all = gzipSync(log, { level: 6 }).length;
  rows.push(
    [
      'durable, hashed, signed',
      `${Math.round(lines / spent / 1_000)} k lines/s, ${mb(log.length / spent)}/s`,
    ],
    ['kept', `${mb(kept)}, ${(kept / all).toFixed(2)} × gzip -6`],
    [
      'peak memory',
      `${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB, the log itself ${mb(log.length)}`,
    ],
  );
  const median = async (work: () => void): Promise<number> => {
    const times: number[] = [];
    for (let i = 0; i < 5; i += 1) times.push(await seconds(work));
    return times.toSorted((a, b) => a - b)[2] ?? Number.NaN;
  };
  const check = (deep: boolean) => (): void => {
    if (!verifyStore(store, { deep }).ok) throw new Error('the store does not verify');
  };
  const sha = await median(() => {
    spawnSync('sha256sum', [...segments], { stdio: 'ignore' });
  });
  const quick = await median(check(false));
  const deep = await seconds(check(true));
  rows.push(
    ['sha256sum of the segments', `${(sha * 1_000).toFixed(0)} ms`],
    [
      'verify',
      `${(quick * 1_000).toFixed(0)} ms, ${(sha / quick).toFixed(2)} × its speed (aim: 0.5)`,
    ],
    [
      'verify --deep, every line',
      `${(deep * 1_000).toFixed(0)} ms, ${Math.round(lines / deep / 1_000)} k lines/s`,
    ],
  );
} finally {
  rmSync(store, { recursive: true, force: true });
}
for (const [what, value] of rows) process.stdout.write(`${what.padEnd(28)} ${value}\n`);
