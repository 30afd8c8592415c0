import type { Advisory, AffectedProduct, Holding, SchemeId } from '../../core/advisory.ts';
import type { AdvisoryIndex } from '../../core/advisory-index.ts';
import type { Outcome } from '../../core/finding.ts';
import { judgeInstalled } from '../installed-range.ts';
import { judge, type RangeAnswer } from '../range.ts';
import { comparatorOf } from '../stretches.ts';
import { ofInstalledStream } from './module-streams.ts';
import type { Voice } from './voices.ts';

/** What one advisory says of one component. */
export interface Statement {
  readonly holding: Holding;
  readonly advisory: Advisory;
  readonly voice: Voice;
  readonly outcome: Outcome;
  /** One sentence that ends a sentence: "1.6.5 lies before 1.6.11, which mends it". */
  readonly why: string;
  /** First version that mends it, where the claim that decided names one, and how such versions compare. */
  readonly fixedIn?: string;
  readonly scheme?: SchemeId;
  readonly unmended?: string;
  /** It is about the component, and says nothing of the installed version. */
  readonly open?: boolean;
  readonly byCpe: boolean;
  /** Lower is heard first. */
  readonly order: number;
}

/**
 * Whether a statement about a release is about ours. `22.04:LTS` is Ubuntu 22.04; `Pro:22.04:LTS`, whose
 * packages only subscribers get, is not of itself. Red Hat writes CPEs (`enterprise_linux:9::appstream`).
 */
export const releaseHolds = (claimed: string | undefined, ours: string | undefined): boolean => {
  if (claimed === undefined || ours === undefined) return true;
  const theirs = claimed.toLowerCase();
  const mine = ours.toLowerCase();
  return (
    theirs === mine ||
    theirs.startsWith(`${mine}:`) ||
    theirs.startsWith(`enterprise_linux:${mine}:`)
  );
};

/** The claims that are about what is installed; `borrowed`: of the packages of subscribers, which it is none of. */
interface OfLine {
  readonly claims: readonly AffectedProduct[];
  readonly borrowed: boolean;
  /** They are about a line within the release, which what is installed is of: heard before the release's. */
  readonly closer?: boolean;
}

/**
 * Red Hat's extended support of a minor release (`rhel_eus:9.4`) has builds of its own, which the next minor
 * release's numbers say nothing of: `11.el9_4.1` holds what `14.el9` mends.
 */
const isExtended = (release: string | undefined, version: string): boolean => {
  const [, major, minor] =
    /^rhel_(?:eus|e4s|aus|tus)(?:_[a-z_]{1,20})?:(\d{1,2})\.(\d{1,2})(?:$|:)/i.exec(
      release ?? '',
    ) ?? [];
  return major !== undefined && minor !== undefined && version.includes(`.el${major}_${minor}`);
};

const isSubscribed = (version: string): boolean => /[+~]esm\d/.test(version);

/**
 * What Ubuntu mends for subscribers is mended in the packages that they have (`+esm1`); and where nothing is
 * said of the release's own packages, those that are older lack what subscribers got.
 */
const ofInstalledLine = (
  claims: readonly AffectedProduct[],
  { release: ours, version }: Voice,
): OfLine => {
  const extended = claims.filter(({ release }) => isExtended(release, version));
  if (extended.length > 0) return { claims: extended, borrowed: false, closer: true };
  const own = claims.filter(({ release }) => releaseHolds(release, ours));
  if (ours === undefined || (own.length > 0 && !isSubscribed(version))) {
    return { claims: own, borrowed: false };
  }
  const subscribed = claims.filter(({ release }) => release === `Pro:${ours}`);
  return subscribed.length > 0
    ? { claims: subscribed, borrowed: !isSubscribed(version) }
    : { claims: own, borrowed: false };
};

const ofSubscribers = (
  borrowed: boolean,
  { version }: Voice,
  outcome: Outcome,
): string | undefined =>
  borrowed && outcome === 'not-affected'
    ? `the fix is in the packages that subscribers get, which ${version.slice(0, 60)} is none of: its higher number proves nothing`
    : undefined;

const judged = (claim: AffectedProduct, { version, epochKnown }: Voice): RangeAnswer => {
  const answer = judgeInstalled(claim, version, epochKnown);
  if (answer.standing !== 'undetermined' || claim.scheme !== 'semver') return answer;
  // "semver" is written of versions that are none: 2.3.21.1.
  const again = judge({ ...claim, scheme: 'generic' }, version);
  return again.standing === 'undetermined' ? answer : again;
};

interface Judged {
  readonly claim: AffectedProduct;
  readonly answer: RangeAnswer;
}

const outcomeOf = (answers: readonly Judged[], { near, shared }: Voice): Outcome => {
  const hit = answers.find(({ answer }) => answer.standing === 'affected');
  if (hit !== undefined) {
    if (answers.every(({ claim }) => claim.harmless !== undefined)) return 'not-affected';
    const sure = hit.claim.blur === undefined && near === undefined && shared === undefined;
    return sure ? 'affected' : 'undetermined';
  }
  return answers.some(({ answer }) => answer.standing === 'undetermined') || near !== undefined
    ? 'undetermined'
    : 'not-affected';
};

const whyOf = (outcome: Outcome, answers: readonly Judged[], voice: Voice): string => {
  const decisive =
    answers.find(({ answer }) => answer.standing === 'affected') ??
    answers.find(({ answer }) => answer.standing === 'undetermined') ??
    answers[0];
  if (decisive === undefined) return '';
  if (outcome === 'not-affected' && decisive.claim.harmless !== undefined) {
    return decisive.claim.harmless;
  }
  const mine = voice.near ?? (decisive.answer.standing === 'affected' ? voice.shared : undefined);
  const doubt = outcome === 'undetermined' ? (mine ?? decisive.claim.blur) : undefined;
  return doubt === undefined ? decisive.answer.why : `${decisive.answer.why}; but ${doubt}`;
};

/** The end of the range that holds the version, where whoever says so calls it mended. */
const endOf = ({ feed }: Advisory, { answer, claim }: Judged): string | undefined => {
  const end = 'span' in answer ? answer.span?.before : undefined;
  // Of a note, a branch that is given up ends where the next one begins.
  return end === undefined || (feed === 'notes' && !claim.fixed.includes(end)) ? undefined : end;
};

/** The first mended version that is newer than what is installed: an older branch's mends nothing here. */
const laterFix = ({ claim }: Judged, version: string): string | undefined => {
  // As it was judged: "semver" is written of versions that are none.
  const isLater = (a: string, b: string): boolean =>
    [claim.scheme, ...(claim.scheme === 'semver' ? (['generic'] as const) : [])].some(
      scheme => comparatorOf(scheme)?.(a, b) === -1,
    );
  return claim.fixed
    .filter(fixed => isLater(version, fixed) && judge(claim, fixed).standing !== 'affected')
    .reduce<string | undefined>(
      (first, fixed) => (first === undefined || isLater(fixed, first) ? fixed : first),
      undefined,
    );
};

const fixOf = (
  advisory: Advisory,
  answers: readonly Judged[],
  { version }: Voice,
): Pick<Statement, 'fixedIn' | 'scheme'> => {
  const hit = answers.find(({ answer }) => answer.standing === 'affected');
  if (hit === undefined) return {};
  const fixedIn = endOf(advisory, hit) ?? laterFix(hit, version);
  return fixedIn === undefined ? {} : { fixedIn, scheme: hit.claim.scheme };
};

/** Among what may speak under one name: the tracker knows more than the notices, and those more than exports of them. */
const feedOrder = { 'debian-tracker': 0, notes: 0, csaf: 1, osv: 2, cve: 4, nvd: 5 } as const;

const orderOf = (voice: Voice, advisory: Advisory): number => {
  const order = feedOrder[advisory.feed as keyof typeof feedOrder] ?? 6;
  // A notice over several flaws says by when all were mended, not by when each was.
  return voice.rank * 10 + order + (advisory.covers.length > 0 ? 1 : 0);
};

const isOpen = (answers: readonly Judged[], { shared }: Voice, outcome: Outcome): boolean =>
  (shared !== undefined && outcome === 'undetermined') ||
  answers.every(
    ({ answer, claim }) =>
      answer.standing === 'undetermined' && answer.open === true && claim.blur === undefined,
  );

/** Why a notice's fix in a release proves nothing of a package that was made of a later release's. */
const ofBackports = (
  { feed }: Advisory,
  claims: readonly AffectedProduct[],
  { version }: Voice,
  outcome: Outcome,
): string | undefined =>
  feed === 'osv' &&
  outcome === 'not-affected' &&
  /~bpo\d/.test(version) &&
  claims.some(
    ({ release, fixed }) => release !== undefined && fixed.some(each => !/~bpo\d/.test(each)),
  )
    ? `${version.slice(0, 60)} comes from backports, where the release’s own patch is not: its higher number proves nothing`
    : undefined;

/** Of a vendor's note, one branch may be mended and another given up. */
const unmendedOf = (advisory: Advisory, answers: readonly Judged[]): string | undefined => {
  const hit = answers.find(({ answer }) => answer.standing === 'affected');
  if (advisory.feed === 'notes' && hit !== undefined) {
    const through = 'span' in hit.answer ? hit.answer.span?.through : undefined;
    if (through !== undefined || endOf(advisory, hit) !== undefined) return undefined;
  }
  return answers.find(({ claim }) => claim.unmended !== undefined)?.claim.unmended;
};

/** Every statement that an index holds about a component under one of its names. */
export const statementsUnder = (voice: Voice, index: AdvisoryIndex): readonly Statement[] => {
  const out: Statement[] = [];
  for (const { holding, advisory } of index.about(voice.key)) {
    if (!voice.feeds.includes(advisory.feed)) continue;
    const line = ofInstalledLine(
      advisory.affected.filter(({ key }) => key === voice.key),
      voice,
    );
    const { claims: about, doubt: ofStream } = ofInstalledStream(line.claims, voice.version);
    if (about.length === 0) continue;
    const answers = about.map(claim => ({ claim, answer: judged(claim, voice) }));
    const told = outcomeOf(answers, voice);
    const doubt =
      ofStream ??
      ofSubscribers(line.borrowed, voice, told) ??
      ofBackports(advisory, about, voice, told);
    const outcome = doubt === undefined ? told : 'undetermined';
    const open = doubt === undefined && isOpen(answers, voice, told);
    if (advisory.accusing === true && (outcome === 'not-affected' || open)) continue;
    const unmended = unmendedOf(advisory, answers);
    out.push({
      holding,
      advisory,
      voice,
      outcome,
      why: doubt ?? whyOf(outcome, answers, voice),
      ...fixOf(advisory, answers, voice),
      ...(unmended === undefined ? {} : { unmended }),
      ...(open ? { open } : {}),
      byCpe: about.every(({ byCpe }) => byCpe === true),
      order: orderOf(voice, advisory) - (line.closer === true ? 5 : 0),
    });
  }
  return out;
};
