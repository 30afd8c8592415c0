import type { FileView } from '../../../core/files.ts';
import type { AptListed, AptRelease } from '../../../core/formats/apt-lists.ts';
import { stanzas } from '../../../core/formats/deb822.ts';
import { baseOf } from '../../../core/paths.ts';
import { idMatches } from '../../../core/policy.ts';
import { deb } from '../../versions/deb.ts';

/** One pin of apt_preferences(5). */
interface Pin {
  readonly packages: readonly string[];
  readonly matches: (offer: AptListed) => boolean;
  readonly priority: number;
  readonly path: string;
  readonly line: number;
}

export interface Preferences {
  readonly pins: readonly Pin[];
  /** `APT::Default-Release`: its suites count more than the security suite beside them. */
  readonly defaultReleases: readonly string[];
}

/** What a key of `Pin: release` looks at; any other key (`b=`, an architecture) is not understood. */
const releaseKeys: Readonly<Record<string, (release: AptRelease, component: string) => string>> = {
  a: ({ suite }) => suite,
  n: ({ codename }) => codename,
  o: ({ origin }) => origin,
  l: ({ label }) => label,
  v: ({ version }) => version,
  c: (_, component) => component,
};

type Condition = (release: AptRelease, component: string) => boolean;

const conditionOf = (words: string): Condition | undefined => {
  const conditions = words.split(',').map((word): Condition | undefined => {
    const part = word.trim();
    const wanted = part.slice(part.indexOf('=') + 1).replace(/^"|"$/g, '');
    // A regular expression: whoever wrote it is not trusted with our time.
    if (wanted === '' || wanted.startsWith('/')) return undefined;
    if (!part.includes('=')) {
      return ({ suite, codename }) => idMatches(wanted, suite) || idMatches(wanted, codename);
    }
    const look = releaseKeys[part.slice(0, part.indexOf('='))];
    return look === undefined
      ? undefined
      : (release, component) => idMatches(wanted, look(release, component));
  });
  return conditions.includes(undefined)
    ? undefined
    : (release, component) => conditions.every(holds => holds?.(release, component));
};

/** `release a=stable`, `origin "host"`, `version 1.6*`; nothing when it is none of them. */
const matcherOf = (pin: string): ((offer: AptListed) => boolean) | undefined => {
  const match = /^(release|origin|version)\s+(.+)$/.exec(pin);
  const [, kind, words = ''] = match ?? [];
  if (kind === 'version') return offer => idMatches(words.trim(), offer.version);
  if (kind === 'origin') {
    const site = words.trim().replace(/^"|"$/g, '');
    return offer => idMatches(site, offer.release.site);
  }
  if (kind !== 'release') return undefined;
  const condition = conditionOf(words);
  return condition === undefined ? undefined : offer => condition(offer.release, offer.component);
};

/** Reads apt's pins, and the release that it is told to prefer. */
export const readPreferences = (files: FileView): Preferences => {
  const pins: Pin[] = [];
  // Below preferences.d, apt reads names without a dot and those that end in `.pref`.
  const parts = files
    .glob('/etc/apt/preferences.d/*')
    .filter(path => !baseOf(path).includes('.') || path.endsWith('.pref'));
  for (const path of ['/etc/apt/preferences', ...parts]) {
    for (const { fields, line } of stanzas(files.text(path) ?? '')) {
      const matches = matcherOf(fields.get('pin') ?? '');
      const names = (fields.get('package') ?? '').split(/\s+/).filter(each => each !== '');
      const priority = Number.parseInt(fields.get('pin-priority') ?? '', 10);
      const plain = !names.some(each => each.startsWith('/') || each.startsWith('src:'));
      if (matches === undefined || names.length === 0 || Number.isNaN(priority) || !plain) {
        if (fields.size > 0) {
          files.note({
            what: path,
            why: `line ${line}: this pin is not understood, so which update apt would choose may differ`,
            how: 'Compare with apt-cache policy.',
          });
        }
        continue;
      }
      pins.push({ packages: names, matches, priority, path, line });
    }
  }
  let defaultReleases: readonly string[] = [];
  for (const path of ['/etc/apt/apt.conf', ...files.glob('/etc/apt/apt.conf.d/*')]) {
    const text = (files.text(path) ?? '').replace(/\/\/[^\n]*|#[^\n]*/g, '');
    const found = /(?:APT::|[\s{;])Default-Release\s+"([^"]*)"/i.exec(text)?.[1];
    if (found === undefined) continue;
    const names = releasesIn(found);
    if (names === undefined) {
      files.note({
        what: path,
        why: 'its APT::Default-Release is not understood, so which update apt would choose may differ',
        how: 'Compare with apt-cache policy.',
      });
    } else defaultReleases = names;
  }
  return { pins, defaultReleases };
};

/** `bookworm`, or the pattern that Debian's handbook gives: `/^bookworm(|-security|-updates)$/`. */
const releasesIn = (value: string): readonly string[] | undefined => {
  if (!value.startsWith('/')) return value === '' ? [] : [value];
  const [, base, endings] = /^\/\^([\w-]+)(?:\(([\w|-]*)\))?\$\/$/.exec(value) ?? [];
  return base === undefined
    ? undefined
    : (endings ?? '').split('|').map(ending => `${base}${ending}`);
};

/** A version that apt could install, and how much it wants to. */
export interface Choice {
  readonly version: string;
  readonly priority: number;
  readonly offers: readonly AptListed[];
  /** What gave it that priority, where it is not apt's own default. */
  readonly because?: { readonly path: string; readonly line?: number; readonly what: string };
}

const ordinaryPriority = ({ notAutomatic, butAutomatic }: AptRelease): number =>
  notAutomatic ? (butAutomatic ? 100 : 1) : 500;

const priorityOf = (
  name: string,
  offer: AptListed,
  { pins, defaultReleases }: Preferences,
): Pick<Choice, 'priority' | 'because'> => {
  // A pin on the package's own name goes before one on all packages.
  const fitting = pins.filter(pin => pin.matches(offer));
  const pin =
    fitting.find(({ packages }) => packages.some(each => each !== '*' && idMatches(each, name))) ??
    fitting.find(({ packages }) => packages.includes('*'));
  if (pin !== undefined) {
    const { path, line, priority } = pin;
    return { priority, because: { path, line, what: `pinned to priority ${priority}` } };
  }
  const { suite, codename } = offer.release;
  if (defaultReleases.some(name => name === suite || name === codename)) {
    return {
      priority: 990,
      because: {
        path: '/etc/apt/apt.conf.d',
        what: `preferred by APT::Default-Release "${defaultReleases.join(', ')}"`,
      },
    };
  }
  return { priority: ordinaryPriority(offer.release) };
};

/** Every version on offer, with apt's own order of preference applied. */
const choices = (
  name: string,
  offers: readonly AptListed[],
  preferences: Preferences,
): readonly Choice[] => {
  const byVersion = new Map<string, Choice>();
  for (const offer of offers) {
    const rank = priorityOf(name, offer, preferences);
    const known = byVersion.get(offer.version);
    const better = known === undefined || rank.priority > known.priority ? rank : known;
    byVersion.set(offer.version, {
      version: offer.version,
      priority: better.priority,
      ...(better.because === undefined ? {} : { because: better.because }),
      offers: [...(known?.offers ?? []), offer],
    });
  }
  return [...byVersion.values()];
};

const noPreferences: Preferences = { pins: [], defaultReleases: [] };

/**
 * What `apt upgrade` would install instead of `installed` (apt_preferences(5)): the highest priority
 * wins, then the highest version, and nothing is downgraded below priority 1001.
 */
export const candidateOf = (
  name: string,
  installed: string,
  offers: readonly AptListed[],
  preferences: Preferences = noPreferences,
): Choice | undefined => {
  let best: Choice | undefined;
  let bestPriority = 100;
  for (const choice of choices(name, offers, preferences)) {
    const priority =
      choice.version === installed ? Math.max(100, choice.priority) : choice.priority;
    const order = deb.compare(choice.version, installed);
    if (order === 'incomparable' || priority < 0) continue;
    if (order < 0 && priority <= 1000) continue;
    if (priority < bestPriority) continue;
    const newer = deb.compare(choice.version, best?.version ?? installed);
    if (priority > bestPriority || newer === 1) {
      best = choice;
      bestPriority = priority;
    }
  }
  return best === undefined || best.version === installed ? undefined : best;
};

/** Why apt keeps `installed` although `choice` is on offer: the version that it prefers, and its pin. */
export const whatHolds = (
  name: string,
  installed: string,
  offers: readonly AptListed[],
  preferences: Preferences,
  wanted: string,
): string => {
  const all = choices(name, offers, preferences);
  const own = all.find(({ version }) => version === installed)?.because;
  const other = all.find(({ version }) => version === wanted)?.because;
  const because = other ?? own ?? all.find(each => each.because !== undefined)?.because;
  if (because === undefined) return 'apt prefers the installed version';
  const whose = because === other ? wanted : installed;
  return `${whose} is ${because.what} (${because.path}${because.line === undefined ? '' : `:${because.line}`}), so apt keeps the installed version`;
};
