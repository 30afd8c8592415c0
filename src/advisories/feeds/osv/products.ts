import type { AffectedProduct, ProductKey, SchemeId, Standing } from '../../../core/advisory.ts';
import { unimportantInDebian } from '../../harmless.ts';
import {
  isObject,
  type JsonObject,
  objectIn,
  objectsIn,
  oneLine,
  textIn,
  textsIn,
} from '../../json-value.ts';
import { keyOfPackage, keyOfPurl } from '../../product-key.ts';
import { asWritten, comparatorOf, inOrder, type Stretch } from '../../stretches.ts';
import { type Ecosystem, ecosystemOf } from './ecosystems.ts';
import { readEvents, versionMax } from './events.ts';
import { isModular, streamOf, streamOfPurl } from './modules.ts';

/** An update of a kernel names some thousands of packages. */
export const productsMax = 20_000;
const rangesMax = 200;
/** Of one product, as listed; and as kept, where no range says the same. */
const versionsReadMax = 20_000;
const versionsKeptMax = 2_000;
/** Of one product; real records have a handful. */
const stretchesMax = 1_000;
const nameMax = 300;

/** What all entries on one product, release and stream say together. */
interface Gathered {
  readonly key: ProductKey;
  readonly product: string;
  readonly ecosystem: Ecosystem;
  readonly stream?: string;
  readonly stretches: Stretch[];
  readonly versions: string[];
  readonly fixed: string[];
  /** The ecosystem's, or SemVer where only the range says so. */
  scheme: SchemeId;
  /** A range that orders versions was understood, or versions are listed that no commits stand for. */
  told: boolean;
  /** Of versions that nothing holds, nobody can tell. */
  uncertain: boolean;
  /** A module's build without the name of its stream. */
  nameless: boolean;
  /** Each entry is called so. */
  harmless: boolean;
  unmended?: string;
}

export interface ProductContext {
  readonly title: string;
  /** Day of publication, where the record is an update: then its fix became public. */
  readonly fixedOn?: string;
}

interface Named {
  readonly key: ProductKey;
  readonly product: string;
  readonly ecosystem: Ecosystem;
}

/** Without blanks and signs that a terminal could trip over; nearly every name is plain already. */
const printable = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : oneLine(text));

/** A record that knows commits only: the repository is the product. */
const namedByRepository = (affected: JsonObject): Named | undefined => {
  for (const range of objectsIn(affected, 'ranges', rangesMax)) {
    const repo = textIn(range, 'repo', 500);
    const match = /^(?:https?|git|ssh):\/\/(?:[^/@]*@)?([^/]+)\/(.+?)(?:\.git)?\/?$/i.exec(
      repo ?? '',
    );
    const [, host = '', path = ''] = match ?? [];
    if (host === '' || path === '') continue;
    const hub = /^(?:www\.)?(github|gitlab|bitbucket)\.(?:com|org)$/i.exec(host)?.[1];
    return {
      key: hub === undefined ? keyOfPackage('git', `${host}/${path}`) : keyOfPackage(hub, path),
      product: printable(`${host}/${path}`),
      ecosystem: { scheme: 'generic' },
    };
  }
  return undefined;
};

const namedBy = (affected: JsonObject): Named | undefined => {
  const pack = objectIn(affected, 'package');
  if (pack === undefined) return namedByRepository(affected);
  const ecosystem = textIn(pack, 'ecosystem', nameMax);
  const name = textIn(pack, 'name', nameMax);
  if (ecosystem !== undefined && name !== undefined) {
    if (ecosystem === 'GIT') return namedByRepository(affected);
    return {
      key: keyOfPackage(ecosystem, name),
      product: printable(`${ecosystem} ${name}`),
      ecosystem: ecosystemOf(ecosystem),
    };
  }
  const purl = textIn(pack, 'purl', 1_000);
  const read = purl === undefined ? undefined : keyOfPurl(purl);
  if (purl === undefined || read === undefined) return namedByRepository(affected);
  return { key: read.key, product: printable(purl), ecosystem: { scheme: 'unknown' } };
};

/** GitHub's own words where OSV could not express the last affected version: `<= 1.6.5`, `< 2`. */
const lastKnown = (affected: JsonObject): Pick<Stretch, 'to' | 'including'> | undefined => {
  const specific = objectIn(affected, 'database_specific');
  if (specific === undefined) return undefined;
  const text = textIn(specific, 'last_known_affected_version_range', versionMax);
  const match = /^(<=?)\s*([^\s,<>=]+)$/.exec(text ?? '');
  return match?.[2] === undefined ? undefined : { to: match[2], including: match[1] === '<=' };
};

/** Beyond the last version that is known to be affected, a range without an end says nothing. */
const untilLastKnown = (
  stretch: Stretch,
  known: Pick<Stretch, 'to' | 'including'> | undefined,
): readonly Stretch[] =>
  known === undefined || stretch.to !== undefined || stretch.standing !== 'affected'
    ? [stretch]
    : [
        { ...stretch, ...known },
        { ...stretch, standing: 'unknown' },
      ];

const readRanges = (affected: JsonObject, into: Gathered): void => {
  const known = lastKnown(affected);
  const ranges = objectsIn(affected, 'ranges', rangesMax + 1);
  if (ranges.length > rangesMax) into.uncertain = true;
  let commits = false;
  let ordered = false;
  for (const range of ranges.slice(0, rangesMax)) {
    if (into.stretches.length > stretchesMax) {
      into.uncertain = true;
      break;
    }
    const type = textIn(range, 'type', 40);
    if (type === 'GIT') {
      commits = true;
      continue;
    }
    if (type !== 'SEMVER' && type !== 'ECOSYSTEM') {
      into.uncertain = true;
      continue;
    }
    ordered = true;
    if (into.scheme === 'unknown' && type === 'SEMVER') into.scheme = 'semver';
    const reading = readEvents(range, into.scheme);
    if (!reading.certain) into.uncertain = true;
    for (const stretch of reading.stretches) into.stretches.push(...untilLastKnown(stretch, known));
    into.fixed.push(...reading.fixed);
  }
  if (ordered) into.told = true;
  // "Versions in this array cannot be relied upon" where only commits are named: those of the list are
  // affected, and of all others nothing is said.
  else if (commits) into.uncertain = true;
};

const readVersions = (affected: JsonObject, into: Gathered): void => {
  const versions = textsIn(affected, 'versions', versionsReadMax + 1);
  if (versions.length === 0) return;
  into.told = true;
  if (versions.length > versionsReadMax) into.uncertain = true;
  for (const version of versions) {
    if (version.length <= versionMax) into.versions.push(version.trim());
  }
};

const holds = (
  { from, to, including }: Stretch,
  version: string,
  compare: NonNullable<ReturnType<typeof comparatorOf>>,
): boolean => {
  if (from !== undefined && compare(from, version) === 1) return false;
  if (from !== undefined && compare(from, version) === 'incomparable') return false;
  if (to === undefined) return true;
  const order = compare(version, to);
  return order === -1 || (order === 0 && including === true);
};

/** Listed versions that no affected stretch holds already: a list is mostly the range, written out. */
const beyondRanges = ({ versions: all, stretches, scheme }: Gathered): readonly string[] => {
  if (all.length === 0) return all;
  const versions = [...new Set(all)];
  const compare = comparatorOf(scheme);
  const affected = stretches.filter(({ standing }) => standing === 'affected');
  if (compare === undefined || affected.length === 0) return versions;
  if (affected.some(({ from, to }) => from === undefined && to === undefined)) return [];
  // Nobody means so many of both.
  if (affected.length * versions.length > 1_000_000) return versions;
  return versions.filter(version => !affected.some(each => holds(each, version, compare)));
};

const fromTheFirst = ({ from, to, including, standing }: Stretch): boolean =>
  from === undefined && to !== undefined && !including && standing === 'affected';

/**
 * One rpm of one stream with several fixes, all from the first version on: rebuilds for other minor
 * releases or architectures, of which nobody can tell which one a host got. Below the lowest is
 * affected, from the highest on is not, between them nothing is proof.
 */
const amongFixes = (stretches: readonly Stretch[]): readonly Stretch[] | undefined => {
  if (stretches.length < 2) return undefined;
  const ends = stretches.map(({ to }) => to ?? '');
  if (!stretches.every(fromTheFirst) || new Set(ends).size < 2) return undefined;
  const [lowest, ...more] = inOrder('rpm', ends) ?? [];
  const highest = more.at(-1);
  if (lowest === undefined) return stretches.map(each => ({ ...each, standing: 'unknown' }));
  if (highest === undefined) return [{ to: lowest, standing: 'affected' }];
  return [
    { to: lowest, standing: 'affected' },
    { to: highest, standing: 'unknown' },
  ];
};

const unlike = (stretches: readonly Stretch[]): readonly Stretch[] => {
  if (stretches.length < 2) return stretches;
  const distinct = new Map(
    stretches.map(each => [`${each.from} ${each.to} ${each.including} ${each.standing}`, each]),
  );
  // The first span that holds a version decides: what is known comes first.
  return [...distinct.values()].sort(
    (a, b) => Number(a.standing !== 'affected') - Number(b.standing !== 'affected'),
  );
};

const blurOfModule =
  'its fix belongs to a module stream that the record does not name: another stream’s numbers prove nothing';

const finished = (gathered: Gathered, { fixedOn }: ProductContext): AffectedProduct => {
  const { key, product, ecosystem, scheme, stream, unmended } = gathered;
  const { release } = ecosystem;
  const distinct = unlike(gathered.stretches);
  const stretches = (scheme === 'rpm' ? amongFixes(distinct) : undefined) ?? distinct;
  const listed = beyondRanges(gathered);
  const uncertain =
    gathered.uncertain || gathered.nameless || !gathered.told || listed.length > versionsKeptMax;
  const rest: Standing = uncertain ? 'unknown' : 'not-affected';
  const written = asWritten({
    stretches: gathered.nameless
      ? stretches.map(each => ({ ...each, standing: 'unknown' as const }))
      : stretches,
    rest,
  });
  const versions =
    listed.length === 0
      ? written.versions
      : [...written.versions, ...listed.slice(0, versionsKeptMax)];
  const fixes = gathered.fixed.length < 2 ? gathered.fixed : [...new Set(gathered.fixed)];
  const fixed =
    fixes.length < 2 ? fixes : (inOrder(scheme, fixes.slice(0, 50)) ?? fixes.slice(0, 50));
  return {
    key,
    product,
    ...(release === undefined ? {} : { release }),
    ...(stream === undefined ? {} : { stream }),
    scheme,
    spans: written.spans,
    ...(versions.length === 0 ? {} : { versions }),
    rest,
    fixed,
    ...(fixedOn === undefined || fixed.length === 0 ? {} : { fixedOn }),
    ...(gathered.nameless ? { blur: blurOfModule } : {}),
    ...(unmended === undefined || fixed.length > 0 ? {} : { unmended }),
    ...(gathered.harmless ? { harmless: unimportantInDebian } : {}),
  };
};

const modularOf = (affected: JsonObject): boolean =>
  objectsIn(affected, 'ranges', rangesMax).some(range =>
    objectsIn(range, 'events', 20).some(event =>
      isModular(textIn(event, 'fixed', versionMax) ?? ''),
    ),
  );

/** Debian's word on a flaw in one release. */
const urgencyOf = (affected: JsonObject): string | undefined => {
  const specific =
    objectIn(affected, 'ecosystem_specific') ?? objectIn(affected, 'database_specific');
  return specific === undefined ? undefined : textIn(specific, 'urgency', 60)?.toLowerCase();
};

/** Every product of a record; undefined: more than anybody could mean. */
export const productsOf = (
  value: JsonObject,
  context: ProductContext,
): readonly AffectedProduct[] | undefined => {
  const all = value['affected'];
  if (!Array.isArray(all)) return [];
  if (all.length > productsMax) return undefined;
  const groups = new Map<string, Gathered>();
  const streamOfTitle = streamOf(context.title);
  for (const affected of all as readonly unknown[]) {
    if (!isObject(affected)) continue;
    const named = namedBy(affected);
    if (named === undefined) continue;
    const { key, product, ecosystem } = named;
    const modular = ecosystem.scheme === 'rpm' && modularOf(affected);
    const stream = modular ? (streamOfPurl(purlOf(affected)) ?? streamOfTitle) : undefined;
    const slot = `${key}\n${ecosystem.release}\n${stream}\n${modular}`;
    const urgency = urgencyOf(affected);
    const harmless = urgency === 'unimportant' && key.startsWith('package|debian|');
    let group = groups.get(slot);
    if (group === undefined) {
      group = {
        key,
        product,
        ecosystem,
        ...(stream === undefined ? {} : { stream }),
        stretches: [],
        versions: [],
        fixed: [],
        scheme: ecosystem.scheme,
        told: false,
        uncertain: false,
        nameless: modular && stream === undefined,
        harmless,
        ...(urgency === 'end-of-life' ? { unmended: urgency } : {}),
      };
      groups.set(slot, group);
    }
    group.harmless &&= harmless;
    readRanges(affected, group);
    readVersions(affected, group);
  }
  return [...groups.values()].map(group => finished(group, context));
};

const purlOf = (affected: JsonObject): string => {
  const pack = objectIn(affected, 'package');
  return pack === undefined ? '' : (textIn(pack, 'purl', 1_000) ?? '');
};
