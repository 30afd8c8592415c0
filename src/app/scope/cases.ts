import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../core/errors.ts';
import type { ScopeChange, ScopeReport } from '../../core/scope-report.ts';
import { FilePutter } from '../../evidence/put-files.ts';
import { type LoggedScoping, scopingsIn } from '../../evidence/scopings.ts';
import { folderReader } from '../../evidence/verify/reader.ts';
import {
  changesBetween,
  type PeopleKeys,
  readPeopleKeys,
  writePeopleKeys,
} from '../../scope/people-keys.ts';
import { durableFiles } from '../../store/durable-files.ts';
import { openEvidenceStore } from '../evidence/open.ts';
import type { AskedCase } from './case-file.ts';

/** One version of a case, as its file has it. */
export interface CaseVersion {
  readonly schema: 'postern.scope-case/1';
  readonly name: string;
  readonly version: number;
  readonly asked: AskedCase;
  readonly report: ScopeReport;
  /** SHA-256 of the file with the keys of the people. */
  readonly people: string;
}

/** Where a case is kept, and as whom. */
export interface CaseStore {
  readonly store: string;
  readonly now: () => Date;
  /** Of the evidence log: `POSTERN_EVIDENCE_KEY`. */
  readonly key?: string | undefined;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const folderOf = (name: string): string => `scope/${name}`;
const fileOf = (name: string, version: number, ending: 'json' | 'people'): string =>
  `${folderOf(name)}/${String(version).padStart(6, '0')}.${ending}`;

/** Versions of a case that the log commits to, in their order. */
const loggedOf = (store: string, name: string): readonly LoggedScoping[] =>
  scopingsIn(folderReader(store)).filter(each => each.case === name);

const readOrNothing = (path: string): Buffer | undefined => {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
};

/**
 * A version as it was committed to; throws where its file is not the one that the log names.
 *
 * @param version the last one unless given.
 */
export const readCase = (store: string, name: string, version?: number): CaseVersion => {
  const logged = loggedOf(store, name);
  const wanted =
    version === undefined ? logged.at(-1) : logged.find(each => each.version === version);
  if (wanted === undefined) {
    const known = casesIn(store).map(each => each.name);
    throw new UsageError(
      version === undefined || logged.length === 0
        ? `scope: there is no case "${name.slice(0, 100)}"${known.length === 0 ? '' : `; there is ${known.join(', ')}`}`
        : `scope: the case ${name} has the versions 1 to ${logged.length}`,
    );
  }
  const path = fileOf(name, wanted.version, 'json');
  const bytes = readOrNothing(join(store, path));
  if (bytes === undefined) throw new Error(`${path} is gone, and the evidence log names it`);
  if (sha256(bytes) !== wanted.file)
    throw new Error(`${path} is not the file that the evidence log names`);
  return JSON.parse(bytes.toString('utf8')) as CaseVersion;
};

/** The file of a version, as the log names it: for whoever is given the log. */
export const caseFile = (
  store: string,
  { name, version }: Pick<CaseVersion, 'name' | 'version'>,
): { readonly path: string; readonly bytes: Buffer } => {
  const path = fileOf(name, version, 'json');
  return { path, bytes: readFileSync(join(store, path)) };
};

/** Who was in a version; `undefined` where that file is gone or another. */
const peopleOf = (
  store: string,
  { name, version, people }: CaseVersion,
): PeopleKeys | undefined => {
  const bytes = readOrNothing(join(store, fileOf(name, version, 'people')));
  return bytes === undefined || sha256(bytes) !== people ? undefined : readPeopleKeys(bytes);
};

/** The cases of a store, with their newest version. */
export const casesIn = (
  store: string,
): readonly { readonly name: string; readonly version: number; readonly at: string }[] => {
  const newest = new Map<string, { name: string; version: number; at: string }>();
  for (const { case: name, version, at } of scopingsIn(folderReader(store))) {
    newest.set(name, { name, version, at });
  }
  return [...newest.values()];
};

/** Inputs that are not what they were, in words. */
const because = (before: ScopeReport, after: ScopeReport): readonly string[] => {
  const old = new Map(before.inputs.map(each => [each.what, each]));
  const changed = after.inputs.flatMap(({ what, digest, asOf }) => {
    const was = old.get(what);
    if (was === undefined) return [`${what} was not there before`];
    if (was.digest === digest) return [];
    return [
      `${what} is another: ${was.asOf ?? was.digest ?? 'not dated'} before, ${asOf ?? digest ?? 'not dated'} now`,
    ];
  });
  const gone = before.inputs
    .filter(({ what }) => !after.inputs.some(each => each.what === what))
    .map(({ what }) => `${what} is no longer there`);
  const asked =
    JSON.stringify(before.findings) === JSON.stringify(after.findings)
      ? []
      : ['what was in other hands was said anew'];
  const tool =
    before.tool.version === after.tool.version
      ? []
      : [`version ${after.tool.version} of Postern answered, before it was ${before.tool.version}`];
  return [...asked, ...changed, ...gone, ...tool];
};

export interface NewVersion {
  readonly name: string;
  readonly asked: AskedCase;
  readonly report: ScopeReport;
  readonly people: PeopleKeys;
}

/** What of an answer says something: not when it was given, nor what came before it. */
const toldBy = (report: ScopeReport): string =>
  JSON.stringify({ ...report, generated: undefined, case: undefined, changes: undefined });

/** It says what the version before says: nothing has to be kept anew. */
const isSame = (before: CaseVersion, { asked, report }: NewVersion): boolean =>
  JSON.stringify(before.asked) === JSON.stringify(asked) &&
  toldBy(before.report) === toldBy(report);

/**
 * Keeps an answer as the next version of its case, and commits the evidence log to it. An answer that is the one
 * before is not kept again. @returns the report with its version and what changed.
 */
export const keepVersion = async (
  { store, now, key }: CaseStore,
  made: NewVersion,
): Promise<{ readonly report: ScopeReport; readonly isNew: boolean }> => {
  const { name, asked, people } = made;
  const opened = await openEvidenceStore(store, { now, ...(key === undefined ? {} : { key }) });
  try {
    const logged = loggedOf(store, name);
    const last = logged.at(-1);
    const before = last === undefined ? undefined : readCase(store, name);
    if (before !== undefined && isSame(before, made))
      return { report: before.report, isNew: false };
    const version = (last?.version ?? 0) + 1;
    const peopleBytes = writePeopleKeys(people);
    const report: ScopeReport = {
      ...made.report,
      case: { name, version },
      ...(before === undefined ? {} : { changes: changesSince(store, before, made) }),
    };
    const kept: CaseVersion = {
      schema: 'postern.scope-case/1',
      name,
      version,
      asked,
      report,
      people: sha256(peopleBytes),
    };
    const bytes = Buffer.from(`${JSON.stringify(kept)}\n`);
    const put = new FilePutter(durableFiles(store));
    await put.put([
      { path: fileOf(name, version, 'people'), bytes: peopleBytes },
      { path: fileOf(name, version, 'json'), bytes },
    ]);
    await opened.evidence.scope({
      case: name,
      version,
      prev: last?.hash ?? null,
      file: sha256(bytes),
    });
    return { report, isNew: true };
  } finally {
    await opened.close();
  }
};

const changesSince = (store: string, before: CaseVersion, made: NewVersion): ScopeChange => {
  const old = peopleOf(store, before);
  const why = because(before.report, made.report);
  if (old === undefined) {
    const difference = (a: number, b: number): { in: number; out: number } => ({
      in: Math.max(0, b - a),
      out: Math.max(0, a - b),
    });
    return {
      since: before.version,
      evidenced: difference(before.report.evidenced.people, made.report.evidenced.people),
      withinReach: difference(before.report.withinReach.people, made.report.withinReach.people),
      because: [
        'who was in the version before is no longer known: its numbers are compared, not its people',
        ...why,
      ],
    };
  }
  return { since: before.version, ...changesBetween(old, made.people), because: why };
};
