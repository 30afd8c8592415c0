import type { FileView } from '../core/files.ts';
import type { Distribution } from '../core/packages.ts';
import type { Support } from '../core/patch.ts';
import type { WantedPackage } from './local-source.ts';
import { type Life, lifeOf } from './release-life.ts';
import { endedInDebian } from './support-table.ts';

/** What beside the package decides: who offers it, and on what terms. */
export interface SupportTerms {
  /** The builder is the distribution (or its project, as EPEL is); else nobody's word binds it. */
  readonly byDistribution: boolean;
  /** Debian's security team looks after `main`; Canonical's promise is for `main` and `restricted`. */
  readonly component?: string;
  /** A project of volunteers beside the distribution that keeps up with its releases: `EPEL`. */
  readonly project?: string;
  /** The suite that it comes from, where no security team looks after that one: backports. */
  readonly unattended?: string;
  /** Who is behind an index on this host beyond the distribution itself: `Ubuntu Pro`. */
  readonly subscriptions?: readonly string[];
}

const supportFolder = '/usr/share/debian-security-support';

/** Whether a pattern of debian-security-support (a name, or `golang.*`) is this source package. */
const isNamed = (pattern: string, source: string): boolean =>
  pattern.endsWith('.*') ? source.startsWith(pattern.slice(0, -2)) : pattern === source;

interface Entry {
  readonly words: readonly string[];
  readonly line: number;
}

const entryFor = (files: FileView, path: string, source: string): Entry | undefined => {
  const lines = (files.text(path) ?? '').split('\n');
  for (const [i, line] of lines.entries()) {
    const words = line.trim().split(/\s+/);
    const [pattern = ''] = words;
    if (pattern === '' || pattern.startsWith('#')) continue;
    if (isNamed(pattern, source)) return { words, line: i + 1 };
  }
  return undefined;
};

const today = (now: Date): string => now.toISOString().slice(0, 10);

/** Packages that Debian stopped supporting before the release's end, or supports only in part. */
const debianException = (
  files: FileView,
  source: string,
  { versionId }: Distribution,
  now: Date,
): Support | undefined => {
  const [major = ''] = versionId.split('.');
  const own = `${supportFolder}/security-support-ended.deb${major}`;
  if (files.stat(own) !== undefined) {
    const ended = entryFor(files, own, source);
    const [, , since = '', ...why] = ended?.words ?? [];
    if (ended !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(since) && since <= today(now)) {
      return {
        state: 'ended',
        since,
        why: `Debian ended its support of ${source} early${why.length === 0 ? '' : `: ${why.join(' ')}`}`,
        because: { path: own, line: ended.line },
      };
    }
    const partly = `${supportFolder}/security-support-limited`;
    const limited = entryFor(files, partly, source);
    if (limited === undefined) return undefined;
    return {
      state: 'unknown',
      why: `Debian supports ${source} only in part: ${limited.words.slice(1).join(' ')}`,
      how: `Read line ${limited.line} of ${partly} and judge whether your use of it is covered.`,
    };
  }
  const known = endedInDebian.find(
    entry =>
      entry.release === major && source.startsWith(entry.prefix) && entry.since <= today(now),
  );
  return known === undefined
    ? undefined
    : {
        state: 'ended',
        since: known.since,
        why: `Debian ended its support of ${source} early: ${known.why}`,
      };
};

const name = ({ id, versionId, prettyName }: Distribution): string =>
  prettyName || `${id} ${versionId}`;

/** `AlmaLinux 9` for `AlmaLinux 9.6 (Sage Margay)` where the day is that of 9: no minor release lives so long. */
const nameOf = (distribution: Distribution, version: string): string => {
  const whole = name(distribution);
  const { versionId } = distribution;
  return versionId === version || !versionId.startsWith(`${version}.`)
    ? whole
    : whole.replace(versionId, version).replace(/ \([^()]*\)$/, '');
};

/** Architectures of Debian releases that Debian LTS does not carry on (wiki.debian.org/LTS). */
const leftOutOfLts: ReadonlySet<string> = new Set([
  'armel',
  'mips',
  'mipsel',
  'mips64el',
  'riscv64',
  's390x',
]);

const ofRelease = (
  life: Life,
  distribution: Distribution,
  subscriptions: readonly string[],
  arch: string | undefined,
  now: Date,
): Support => {
  const { ends, longer, source, because } = life;
  const place = because === undefined ? {} : { because };
  const who = nameOf(distribution, life.version);
  if (ends >= today(now)) {
    return {
      state: 'supported',
      until: ends,
      why: `${who} is supported until ${ends} (${source})`,
      ...place,
    };
  }
  const dropped = longer?.by === 'Debian LTS' && leftOutOfLts.has(arch ?? '');
  const carried =
    longer !== undefined && !dropped && (longer.free || subscriptions.includes(longer.by));
  if (carried && longer.ends >= today(now)) {
    return {
      state: 'supported',
      until: longer.ends,
      why: `regular support of ${who} ended on ${ends}; ${longer.by} carries it until ${longer.ends} (${source})`,
      ...place,
    };
  }
  const since = carried ? longer.ends : ends;
  return {
    state: 'ended',
    since,
    why: dropped
      ? `${who} is out of support (${source}); ${longer?.by} leaves ${arch} out`
      : longer === undefined || carried
        ? `${who} is out of support (${source})`
        : `${who} is out of support (${source}); ${longer.by} until ${longer.ends} needs a subscription, of which there is no sign on this host`,
    ...place,
  };
};

/** Whether somebody still makes security updates for this package, as far as the host can tell. */
export const supportOf = (
  files: FileView,
  wanted: WantedPackage,
  distribution: Distribution,
  terms: SupportTerms,
  now: Date,
): Support => {
  if (!terms.byDistribution) {
    return {
      state: 'unknown',
      why: 'it is not the distribution’s build, and how long its maker supports it is not recorded on this host',
      how: 'Ask its maker until when this version gets security updates.',
    };
  }
  const source = wanted.source?.name ?? wanted.name;
  if (terms.unattended !== undefined) {
    return {
      state: 'unknown',
      why: `it comes from ${terms.unattended}, which no security team looks after`,
      how: `# See what the release itself offers, and whether that is looked after:\napt-cache policy ${wanted.name}`,
    };
  }
  const { id, codename } = distribution;
  const exception = id === 'debian' ? debianException(files, source, distribution, now) : undefined;
  if (exception?.state === 'ended') return exception;
  const life = lifeOf(files, distribution);
  if (life === undefined) {
    return {
      state: 'unknown',
      why: `how long ${name(distribution)} is supported is not known here`,
      how:
        id === 'debian' || id === 'ubuntu'
          ? 'apt install distro-info-data'
          : `Look ${id || 'the distribution'}’s life cycle up${codename === '' ? '' : ` (${codename})`}.`,
    };
  }
  if (id === 'debian' && /^(?:contrib|non-free)/.test(terms.component ?? '')) {
    return {
      state: 'unknown',
      why: `it comes from Debian’s ${terms.component}, which Debian’s security team does not look after`,
      how: `Ask the maker of ${source} about flaws, or replace it by something from main.`,
    };
  }
  const subscriptions = terms.subscriptions ?? [];
  const whole = ofRelease(life, distribution, subscriptions, wanted.arch, now);
  if (whole.state === 'ended') return whole;
  if (
    id === 'ubuntu' &&
    terms.component !== undefined &&
    !['main', 'restricted'].includes(terms.component) &&
    !subscriptions.includes('Ubuntu Pro (esm-apps)')
  ) {
    return {
      state: 'unknown',
      why: `it comes from Ubuntu’s component ${terms.component}, for which Canonical promises security updates only with Ubuntu Pro (esm-apps)`,
      how: 'pro attach && pro enable esm-apps && apt update',
    };
  }
  if (exception === undefined && terms.project !== undefined && whole.state === 'supported') {
    return {
      ...whole,
      why: `volunteers keep it up in ${terms.project}, which goes on as long as its release: ${whole.why}`,
    };
  }
  return exception ?? whole;
};
