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
  const match = /^(release|origin|version)\s+(\S.*)$/.exec(pin);
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
      const plain =
        !names.some(each => each.startsWith('/') || each.startsWith('src:')) &&
        // apt itself ignores a version that is pinned for every package.
        !(names.includes('*') && (fields.get('pin') ?? '').startsWith('version'));
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

type Rank = Pick<Choice, 'priority' | 'because'>;

const byPin = ({ path, line, priority }: Pin): Rank => ({
  priority,
  because: { path, line, what: `pinned to priority ${priority}` },
});

/** What one list gives to the versions in it: the preferred release goes before pins on everything. */
const listRank = (offer: AptListed, { pins, defaultReleases }: Preferences): Rank => {
  const { suite, codename } = offer.release;
  if (defaultReleases.some(each => each === suite || each === codename)) {
    return {
      priority: 990,
      because: {
        path: '/etc/apt/apt.conf.d',
        what: `preferred by APT::Default-Release "${defaultReleases.join(', ')}"`,
      },
    };
  }
  const pin = pins.find(({ packages, matches }) => packages.includes('*') && matches(offer));
  return pin === undefined ? { priority: ordinaryPriority(offer.release) } : byPin(pin);
};

/** What dpkg's status gives to the installed version. */
const installedRank: Rank = { priority: 100 };

const local: AptRelease = {
  path: '',
  origin: '',
  label: '',
  suite: 'now',
  codename: 'now',
  version: '',
  notAutomatic: false,
  butAutomatic: false,
  site: '',
};

/**
 * Every version, the installed one included, newest first, with apt's own order of preference applied:
 * the first pin on the package's name that fits any list of a version decides for it, else the best of
 * its lists does.
 */
const choices = (
  name: string,
  installed: string,
  offers: readonly AptListed[],
  preferences: Preferences,
): readonly Choice[] => {
  const byVersion = new Map<string, readonly AptListed[]>([[installed, []]]);
  for (const offer of offers) {
    byVersion.set(offer.version, [...(byVersion.get(offer.version) ?? []), offer]);
  }
  const named = preferences.pins.filter(({ packages }) =>
    packages.some(each => each !== '*' && idMatches(each, name)),
  );
  return [...byVersion]
    .map(([version, lists]): Choice => {
      const here: AptListed = {
        name,
        version,
        arch: '',
        section: '',
        component: '',
        release: local,
        path: '',
      };
      const places = version === installed ? [...lists, here] : lists;
      const own = named.find(({ matches }) => places.some(matches));
      const ranks = [
        ...lists.map(offer => listRank(offer, preferences)),
        ...(version === installed ? [installedRank] : []),
      ];
      const rank =
        own === undefined ? ranks.reduce((x, y) => (y.priority > x.priority ? y : x)) : byPin(own);
      return { version, offers: lists, ...rank };
    })
    .sort((x, y) => (deb.compare(x.version, y.version) === 1 ? -1 : 1));
};

const noPreferences: Preferences = { pins: [], defaultReleases: [] };

/**
 * What `apt upgrade` would install instead of `installed` (apt_preferences(5)): the highest priority
 * wins, then the highest version, and nothing is downgraded below priority 1000.
 */
export const candidateOf = (
  name: string,
  installed: string,
  offers: readonly AptListed[],
  preferences: Preferences = noPreferences,
): Choice | undefined => {
  let best: Choice | undefined;
  for (const choice of choices(name, installed, offers, preferences)) {
    const order = deb.compare(choice.version, installed);
    if (order === 'incomparable' && choice.version !== installed) continue;
    if (order === -1 && choice.priority < 1000) continue;
    if (choice.priority > (best?.priority ?? 0)) best = choice;
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
  const all = choices(name, installed, offers, preferences);
  const own = all.find(({ version }) => version === installed)?.because;
  const other = all.find(({ version }) => version === wanted)?.because;
  const because = other ?? own ?? all.find(each => each.because !== undefined)?.because;
  if (because === undefined) return 'apt prefers the installed version';
  const whose = because === other ? wanted : installed;
  return `${whose} is ${because.what} (${because.path}${because.line === undefined ? '' : `:${because.line}`}), so apt keeps the installed version`;
};
