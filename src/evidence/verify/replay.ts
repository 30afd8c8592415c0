import type { Findings } from './finding.ts';
import type { NamedKey } from './key-chain.ts';
import type { Leaf, SealedSource, SegmentLeaf } from './leaf.ts';
import type { Entry } from './log-files.ts';

interface Source {
  readonly addedDay: string;
  retired: boolean;
  seq: number;
  /** Hash of the leaf of its last segment. */
  segment: string | null;
  position: string | null;
  /** Numbers of segments that were deleted: ranges, first to last. */
  readonly deleted: (readonly [first: number, last: number])[];
  /** Day of each segment. */
  readonly dayOf: string[];
  readonly days: Map<string, Omit<SealedSource, 'source' | 'state' | 'why'>>;
  readonly gaps: (readonly [fromDay: string, toDay: string])[];
}

const dayMs = 86_400_000;
const nextDay = (day: string): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);

/**
 * Goes through the records as they were written and asks of each whether it may follow what was before it:
 * chains of segments and of seals, sources that are registered, counts that add up, deletions that a policy
 * asks for and no hold forbids.
 */
export class Replay {
  readonly sources: Map<string, Source> = new Map();
  readonly keys: NamedKey[] = [];
  segments = 0;
  lines = 0;
  lastSealedDay: string | undefined;
  private readonly findings: Findings;
  /** Of segments whose rows were made anew. */
  private readonly rows = new Map<string, readonly string[]>();
  private readonly policies = new Map<number, { readonly source: string | null }>();
  private readonly holds = new Map<
    string,
    { readonly source: string | null; readonly fromDay: string; readonly toDay: string }
  >();
  /** Newest version of each case. */
  private readonly scopes = new Map<string, { readonly version: number; readonly hash: string }>();
  private seal: { readonly hash: string | null; readonly day: string | null } = {
    hash: null,
    day: null,
  };
  /** Parts of the seal that is being read. */
  private parts: SealedSource[] = [];

  constructor(findings: Findings) {
    this.findings = findings;
  }

  read(leaf: Leaf, entry: Entry, hash: string): void {
    const wrong = (why: string): void =>
      this.findings.add(entry.path, why, { byte: entry.byte, leaf: entry.index });
    if (entry.index === 0 && leaf.kind !== 'key') wrong('the first leaf does not name the key');
    if (leaf.kind !== 'seal' && this.parts.length > 0) {
      wrong(`the seal before is cut off`);
      this.parts = [];
    }
    switch (leaf.kind) {
      case 'key':
        this.keys.push({ index: entry.index, text: leaf.key });
        break;
      case 'source-add':
        if (this.sources.has(leaf.source)) wrong(`the source ${leaf.source} is added twice`);
        else this.sources.set(leaf.source, newSource(leaf.at.slice(0, 10)));
        break;
      case 'source-retire': {
        const source = this.known(leaf.source, wrong);
        if (source !== undefined) source.retired = true;
        break;
      }
      case 'segment':
        this.readSegment(leaf, hash, wrong);
        break;
      case 'rows':
        this.readRows(leaf, wrong);
        break;
      case 'gap':
        this.known(leaf.source, wrong)?.gaps.push([leaf.fromDay, leaf.toDay]);
        break;
      case 'idle':
        this.known(leaf.source, wrong);
        break;
      case 'seal':
        this.readSeal(leaf, hash, wrong);
        break;
      case 'seal-amend':
        this.compareSum(leaf.day, leaf.now, wrong);
        break;
      case 'policy':
        this.policies.set(entry.index, { source: leaf.source });
        break;
      case 'hold':
        this.holds.set(leaf.id, leaf);
        break;
      case 'release':
        if (!this.holds.delete(leaf.id)) wrong(`there is no hold ${leaf.id} to release`);
        break;
      case 'delete':
        this.readDelete(leaf, wrong);
        break;
      case 'scope':
        this.readScope(leaf, hash, wrong);
        break;
    }
  }

  isDeleted({ source, seq }: { readonly source: string; readonly seq: number }): boolean {
    return (
      this.sources.get(source)?.deleted.some(([first, last]) => first <= seq && seq <= last) ??
      false
    );
  }

  /** Hashes of the rows that were made anew of a segment, from generation 2 on. */
  rowsOf({ source, seq }: { readonly source: string; readonly seq: number }): readonly string[] {
    return this.rows.get(`${source} ${seq}`) ?? [];
  }

  private readRows(leaf: Leaf & { readonly kind: 'rows' }, wrong: (why: string) => void): void {
    const { source: id, seq, generation, rows } = leaf;
    const source = this.sources.get(id);
    if (source === undefined) return wrong(`the source ${id} was never added`);
    if (seq < 1 || seq > source.seq) return wrong(`there is no segment ${seq} of ${id}`);
    if (this.isDeleted(leaf)) wrong(`segment ${seq} of ${id} was deleted before`);
    const before = this.rowsOf(leaf);
    if (generation !== before.length + 2) {
      wrong(`rows of generation ${generation} follow those of generation ${before.length + 1}`);
    }
    this.rows.set(`${id} ${seq}`, [...before, rows]);
  }

  private readScope(
    { case: name, version, prev }: Leaf & { readonly kind: 'scope' },
    hash: string,
    wrong: (why: string) => void,
  ): void {
    const before = this.scopes.get(name);
    if (version !== (before?.version ?? 0) + 1) {
      wrong(`version ${version} of the case ${name} follows version ${before?.version ?? 0}`);
    }
    if (prev !== (before?.hash ?? null)) {
      wrong(`version ${version} of the case ${name} does not name the one before`);
    }
    this.scopes.set(name, { version, hash });
  }

  private known(id: string, wrong: (why: string) => void): Source | undefined {
    const source = this.sources.get(id);
    if (source === undefined) wrong(`the source ${id} was never added`);
    else if (source.retired) wrong(`the source ${id} was retired before`);
    return source;
  }

  private readSegment(leaf: SegmentLeaf, hash: string, wrong: (why: string) => void): void {
    const source = this.known(leaf.source, wrong);
    if (source === undefined) return;
    const { seq, prev, from, to, day, lines, bytes } = leaf;
    if (seq !== source.seq + 1) {
      wrong(`segment ${seq} of ${leaf.source} follows segment ${source.seq}`);
    }
    if (prev !== source.segment)
      wrong(`segment ${seq} of ${leaf.source} does not name the one before`);
    if (from !== source.position) {
      wrong(`segment ${seq} of ${leaf.source} does not begin where the one before ended`);
    }
    [source.seq, source.segment, source.position] = [seq, hash, to];
    const known = source.days.get(day);
    source.days.set(day, {
      first: known?.first ?? seq,
      last: seq,
      segments: (known?.segments ?? 0) + 1,
      lines: (known?.lines ?? 0) + lines,
      bytes: (known?.bytes ?? 0) + bytes,
    });
    source.dayOf[seq - 1] = day;
    this.segments += 1;
    this.lines += lines;
  }

  private readSeal(
    { day, prev, part, parts, sources }: Leaf & { readonly kind: 'seal' },
    hash: string,
    wrong: (why: string) => void,
  ): void {
    if (part === 1) this.parts = [];
    if (prev !== this.seal.hash) wrong(`the seal of ${day} does not name the seal before`);
    if (this.seal.day !== null && day !== nextDay(this.seal.day)) {
      wrong(`the seal of ${day} follows that of ${this.seal.day}: days are missing`);
    }
    for (const each of sources) this.compareSum(day, each, wrong);
    this.parts.push(...sources);
    if (part < parts) return;
    const told = new Set(this.parts.map(each => each.source));
    for (const [id, source] of this.sources) {
      const isDue = (source.addedDay <= day && !source.retired) || source.days.has(day);
      if (isDue && !told.has(id)) wrong(`the seal of ${day} leaves out the source ${id}`);
    }
    this.parts = [];
    this.seal = { hash, day };
    this.lastSealedDay = day;
  }

  /** Counts of a day must be those of its segments so far; a gap that was told may not be forgotten. */
  private compareSum(day: string, told: SealedSource, wrong: (why: string) => void): void {
    const source = this.sources.get(told.source);
    if (source === undefined) return wrong(`the source ${told.source} was never added`);
    const none = { first: 0, last: 0, segments: 0, lines: 0, bytes: 0 };
    const sum = source.days.get(day) ?? none;
    const same = (['first', 'last', 'segments', 'lines', 'bytes'] as const).every(
      key => sum[key] === told[key],
    );
    if (!same) {
      wrong(
        `${day}: ${told.segments} segments of ${told.source} with ${told.lines} lines were sealed, ${sum.segments} with ${sum.lines} are in the log`,
      );
    }
    const hasGap = source.gaps.some(([from, to]) => from <= day && day <= to);
    const isSound =
      told.state === 'gap' || (!hasGap && (told.state === 'idle') === (sum.segments === 0));
    if (!isSound) wrong(`${day}: ${told.source} is sealed as ${told.state}, which it was not`);
  }

  private readDelete(
    { source: id, first, last, policy }: Leaf & { readonly kind: 'delete' },
    wrong: (why: string) => void,
  ): void {
    const source = this.sources.get(id);
    if (source === undefined) return wrong(`the source ${id} was never added`);
    if (first < 1 || first > last || last > source.seq) {
      wrong(`there are no segments ${first} to ${last} of ${id}`);
    }
    const known = this.policies.get(policy);
    if (known === undefined || (known.source !== null && known.source !== id)) {
      wrong(`leaf ${policy} is no policy for ${id}`);
    }
    for (const [name, hold] of this.holds) {
      const isHeld =
        (hold.source === null || hold.source === id) &&
        source.dayOf.slice(first - 1, last).some(day => hold.fromDay <= day && day <= hold.toDay);
      if (isHeld) wrong(`the hold ${name} forbids to delete segments ${first} to ${last} of ${id}`);
    }
    source.deleted.push([first, last]);
  }
}

const newSource = (addedDay: string): Source => ({
  addedDay,
  retired: false,
  seq: 0,
  segment: null,
  position: null,
  deleted: [],
  dayOf: [],
  days: new Map(),
  gaps: [],
});
