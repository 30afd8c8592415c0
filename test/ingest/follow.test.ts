import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { type KeepingLogs, keepLogFiles } from '../../src/app/ingest/keep-logs.ts';
import { Follower } from '../../src/app/ingest/live/follow.ts';
import { sourceNameOf } from '../../src/app/ingest/source-name.ts';
import { zonesOf } from '../../src/app/ingest/zones.ts';
import type { Evidence } from '../../src/evidence/open.ts';
import { findLogs } from '../../src/intake/log-files.ts';
import { logFormats } from '../../src/logs/formats.generated.ts';
import { RowPacker } from '../../src/logs/rows/row-packer.ts';
import { keptOf, leavesIn, SimulatedStore } from '../support/evidence-run.ts';
import { until } from '../support/listeners.ts';

const bases: string[] = [];
afterEach(() => {
  for (const base of bases.splice(0)) rmSync(base, { recursive: true, force: true });
});

const lineOf = (n: number): string =>
  `Jun 29 10:00:00 mx1 dovecot: imap-login: Login: user=<u${n}@example.jp>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.1, mpid=7, TLS, session=<s${n}>\n`;
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => lineOf(from + i)).join('');

/** A run that follows a folder, with short waiting times. */
class Run {
  readonly folder: string;
  readonly store: SimulatedStore;
  readonly gaps: string[] = [];
  kept = 0;
  private evidence: Evidence | undefined;
  private follower: Follower | undefined;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(folder?: string, store: SimulatedStore = new SimulatedStore()) {
    this.folder = folder ?? mkdtempSync(join(tmpdir(), 'postern-follow-'));
    if (folder === undefined) bases.push(this.folder);
    this.store = store;
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  async begin(words: readonly string[] = [this.folder]): Promise<this> {
    this.evidence = await this.store.open({ segmentBytes: 1 << 20, now: () => new Date() });
    const keeping: KeepingLogs = {
      evidence: this.evidence,
      formats: logFormats,
      zoneOf: zonesOf('UTC', 'zone', 'UTC'),
      now: Date.now,
      rows: new RowPacker(),
      took: () => {},
      kept: count => {
        this.kept += count;
      },
      note: () => {},
      stepped: () => {},
      begin: () => {},
      progress: () => {},
      done: () => {},
      left: () => {},
      gap: (_log, _from, _to, why) => this.gaps.push(why),
      isStopped: () => this.isStopped,
    };
    const { files } = findLogs(words);
    await keepLogFiles(files, keeping);
    this.follower = new Follower(() => findLogs(words), keeping, {
      times: { restMs: 150, restMsMax: 2_000, quietMs: 60, emptyMs: 300, lateMs: 60_000 },
      lookMs: 20,
      searchMs: 40,
    });
    await this.follower.begin(files);
    this.running = this.follower.run();
    return this;
  }

  async end(): Promise<void> {
    this.isStopped = true;
    this.follower?.stop();
    await this.running;
    await this.evidence?.close();
  }

  /** Lines of the log of this name, in their order; a run that is over has all of them. */
  of(name: string): string {
    return keptOf(this.store.reader, sourceNameOf(this.at(name)));
  }
}

describe('a log that is followed', () => {
  test('is kept as it grows, a line when it has its end', async () => {
    const run = new Run();
    writeFileSync(run.at('mail.log'), lines(0, 3));
    await run.begin();
    expect(run.kept).toBe(3);
    appendFileSync(run.at('mail.log'), lines(3, 5) + lineOf(5).slice(0, 40));
    await until(() => run.kept === 5);
    await pause(50);
    expect(run.kept).toBe(5);
    appendFileSync(run.at('mail.log'), lineOf(5).slice(40));
    await until(() => run.kept === 6);
    await run.end();
    expect(run.of('mail.log')).toBe(lines(0, 6));
  });

  test('goes on over a rotation: what is written to the old file late, and the new one', async () => {
    const run = new Run();
    writeFileSync(run.at('mail.log'), lines(0, 3));
    await run.begin();
    const old = openSync(run.at('mail.log'), 'a');
    renameSync(run.at('mail.log'), run.at('mail.log.1'));
    writeFileSync(run.at('mail.log'), '');
    await pause(80);
    writeSync(old, lines(3, 5));
    await until(() => run.kept === 5);
    appendFileSync(run.at('mail.log'), lines(5, 7));
    await until(() => run.kept === 7);
    // The next day: packed, and another one is put aside.
    writeFileSync(run.at('mail.log.2.gz'), gzipSync(lines(0, 5)));
    renameSync(run.at('mail.log'), run.at('mail.log.1'));
    writeFileSync(run.at('mail.log'), lines(7, 9));
    await until(() => run.kept === 9);
    await pause(400);
    appendFileSync(run.at('mail.log'), lines(9, 10));
    await until(() => run.kept === 10);
    await run.end();
    expect(run.of('mail.log')).toBe(lines(0, 10));
    expect(run.gaps).toEqual([]);
  });

  test('goes on where the file is copied and cut off, with what was written in between', async () => {
    const run = new Run();
    writeFileSync(run.at('app.log'), lines(0, 3));
    await run.begin();
    appendFileSync(run.at('app.log'), lines(3, 6));
    await until(() => run.kept === 6);
    // Half a copy, as it lies there while it is made.
    writeFileSync(run.at('app.log.1'), lines(0, 2));
    await pause(60);
    appendFileSync(run.at('app.log'), lines(6, 8));
    copyFileSync(run.at('app.log'), run.at('app.log.1'));
    truncateSync(run.at('app.log'), 0);
    appendFileSync(run.at('app.log'), lines(8, 20));
    await until(() => run.kept === 20);
    await run.end();
    expect(run.of('app.log')).toBe(lines(0, 20));
    expect(run.gaps).toEqual([]);
  });

  test('that is cut off without a copy has a gap, and goes on', async () => {
    const run = new Run();
    writeFileSync(run.at('app.log'), lines(0, 5));
    await run.begin();
    appendFileSync(run.at('app.log'), lines(5, 6));
    await until(() => run.kept === 6);
    writeFileSync(run.at('app.log'), lines(10, 12));
    await until(() => run.kept === 8);
    await run.end();
    expect(run.of('app.log')).toBe(lines(0, 6) + lines(10, 12));
    expect(run.gaps).toEqual([expect.stringContaining('app.log was read up to byte')]);
  });

  test('is read to its end when it is deleted, and so is what takes its name', async () => {
    const run = new Run();
    writeFileSync(run.at('mail.log'), lines(0, 3));
    await run.begin();
    const old = openSync(run.at('mail.log'), 'a');
    unlinkSync(run.at('mail.log'));
    await pause(80);
    writeSync(old, lines(3, 6));
    await until(() => run.kept === 6);
    writeFileSync(run.at('mail.log'), lines(6, 8));
    await until(() => run.kept === 8);
    await run.end();
    expect(run.of('mail.log')).toBe(lines(0, 8));
    expect(run.gaps).toEqual([]);
  });

  test('is found when it appears, also by a glob', async () => {
    const run = new Run();
    writeFileSync(run.at('a.log'), lines(0, 1));
    await run.begin([run.at('*.log')]);
    writeFileSync(run.at('b.log'), lines(1, 4));
    writeFileSync(run.at('c.txt'), lines(4, 5));
    await until(() => run.kept === 4);
    appendFileSync(run.at('b.log'), lines(5, 6));
    await until(() => run.kept === 5);
    await run.end();
    expect(run.of('b.log')).toBe(lines(1, 4) + lines(5, 6));
    expect(() => run.of('c.txt')).not.toThrow();
    expect(leavesIn(run.store.reader).filter(({ kind }) => kind === 'source-add')).toHaveLength(2);
  });

  test('goes on behind what was kept when the run was killed, or ended', async () => {
    const first = new Run();
    writeFileSync(first.at('mail.log'), '');
    await first.begin();
    appendFileSync(first.at('mail.log'), lines(0, 40));
    await until(() => first.kept === 40);
    // Nobody ends it: what is acknowledged is in the spool alone.
    const second = new Run(first.folder, first.store);
    appendFileSync(first.at('mail.log'), lines(40, 45));
    await second.begin();
    await until(() => second.kept === 5);
    await second.end();
    const third = new Run(first.folder, first.store);
    await third.begin();
    appendFileSync(first.at('mail.log'), lines(45, 46));
    await until(() => third.kept === 1);
    await third.end();
    expect(third.of('mail.log')).toBe(lines(0, 46));
    expect([...second.gaps, ...third.gaps]).toEqual([]);
    await first.end().catch(() => undefined);
  });
});
