import type { LogTrail } from '../../core/access-log.ts';
import type { FileView } from '../../core/files.ts';
import { parseUnit, switchedOn, type UnitSetting } from '../../core/formats/systemd.ts';
import { baseOf } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { withoutAccounts } from '../../core/url-text.ts';
import type { Edges } from './edges.ts';
import { severities, severityOf } from './severities.ts';

/** How the systemd journal of this host keeps and passes on what it gets (journald.conf(5)). */
export interface Journal {
  readonly present: boolean;
  /** Null: it hands lines to a syslog daemon by a default that differs between distributions. */
  readonly forwards: boolean | null;
  readonly forwardsBecause?: Place;
  /** Number of the mildest severity that it hands on (MaxLevelSyslog). */
  readonly forwardsLevel: number;
  readonly trail: LogTrail;
}

const folders = [
  '/etc/systemd',
  '/run/systemd',
  '/usr/local/lib/systemd',
  '/usr/lib/systemd',
] as const;

/** Settings of a systemd configuration file with its drop-ins, later ones over earlier ones. */
const systemdSettings = (
  files: FileView,
  name: string,
  section: string,
): ReadonlyMap<string, UnitSetting> => {
  const main = folders
    .map(folder => `${folder}/${name}`)
    .find(path => files.stat(path)?.kind === 'file');
  const byName = new Map(
    folders
      .toReversed()
      .flatMap(folder => files.glob(`${folder}/${name}.d/*.conf`))
      .map(path => [baseOf(path), path]),
  );
  const dropIns = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  const settings = [...(main === undefined ? [] : [main]), ...dropIns]
    .flatMap(path => parseUnit(files.text(path) ?? '', path))
    .filter(each => each.section === section);
  return new Map(settings.map(each => [each.key, each]));
};

const unitSeconds: Readonly<Record<string, number>> = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  m: 60,
  min: 60,
  minute: 60,
  minutes: 60,
  h: 3_600,
  hr: 3_600,
  hour: 3_600,
  hours: 3_600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
  w: 604_800,
  week: 604_800,
  weeks: 604_800,
  M: 2_629_800,
  month: 2_629_800,
  months: 2_629_800,
  y: 31_557_600,
  year: 31_557_600,
  years: 31_557_600,
};

/** systemd.time(7): `2week`, `1y 3month`, bare seconds; undefined when it is not a time. */
export const spanSeconds = (text: string): number | undefined => {
  let sum = 0;
  let rest = text.trim();
  for (let i = 0; i < 20 && rest !== ''; i++) {
    const match = /^(\d{1,12}(?:\.\d{1,6})?)\s*([A-Za-z]{0,10})\s*/.exec(rest);
    if (match === null) return undefined;
    const [whole, number = '0', unit = ''] = match;
    const factor = Object.hasOwn(unitSeconds, unit) ? unitSeconds[unit] : undefined;
    if (unit !== '' && factor === undefined) return undefined;
    sum += Number(number) * (factor ?? 1);
    rest = rest.slice(whole.length);
  }
  return rest === '' && text.trim() !== '' ? sum : undefined;
};

const yes = (text: string): boolean => /^(?:1|yes|y|true|t|on)$/i.test(text);

const exists = (files: FileView, ...paths: readonly string[]): boolean =>
  paths.some(path => files.stat(path) !== undefined);

/** Microseconds since 1970 in the header of a journal file, as its format puts them. */
const instantAt = (bytes: Buffer, offset: number): string | undefined => {
  const micros = bytes.readBigUInt64LE(offset);
  const ms = Number(micros / 1_000n);
  return ms > 0 && ms < 8e15 ? new Date(ms).toISOString() : undefined;
};

const journalsMax = 2_000;

/** First and last entry by the headers of the journal's files: systemd.io/JOURNAL_FILE_FORMAT. */
const journalEdges = (files: FileView, folder: string): Edges => {
  const paths = files.glob(`${folder}/*/*.journal`).slice(0, journalsMax);
  const oldest: string[] = [];
  const newest: string[] = [];
  for (const path of paths) {
    const bytes = Buffer.from(files.slice(path, 0, 200) ?? []);
    if (bytes.length < 200 || bytes.toString('latin1', 0, 8) !== 'LPKSHHRH') continue;
    const head = instantAt(bytes, 184);
    const tail = instantAt(bytes, 192);
    if (head !== undefined) oldest.push(head);
    if (tail !== undefined) newest.push(tail);
  }
  const first = oldest.toSorted()[0];
  const last = newest.toSorted().at(-1);
  return {
    ...(first === undefined ? {} : { oldest: first }),
    ...(last === undefined ? {} : { newest: last }),
  };
};

const upload = (files: FileView): Pick<LogTrail, 'shippedTo' | 'shippedBecause'> => {
  const url = systemdSettings(files, 'journal-upload.conf', 'Upload').get('URL');
  if (url === undefined || url.value === '') return {};
  if (switchedOn(files, ['systemd-journal-upload']) !== true) return {};
  return {
    shippedTo: withoutAccounts(url.value).slice(0, 300),
    shippedBecause: url.because,
  };
};

type Settings = ReadonlyMap<string, UnitSetting>;

const size = (settings: Settings, volatile: boolean): string => {
  const key = volatile ? 'RuntimeMaxUse' : 'SystemMaxUse';
  const set = settings.get(key)?.value ?? '';
  return set === ''
    ? `${key} at its default: 10 % of the file system, at most 4 GB`
    : `${key}=${set}`;
};

const trailIn = (files: FileView, settings: Settings): LogTrail => {
  const storage = settings.get('Storage');
  const mode = (storage?.value ?? 'auto').toLowerCase() || 'auto';
  const because = storage?.because;
  const levelWord = settings.get('MaxLevelStore')?.value ?? 'debug';
  const level = severities[severityOf(levelWord)];
  const withLevel = level === undefined ? {} : { level };
  if (mode === 'none') {
    return {
      rotation: {
        keepsDays: 0,
        why: 'the journal keeps nothing (Storage=none)',
        ...(because === undefined ? {} : { because }),
      },
      retainedDays: 0,
    };
  }
  const persistentFolder = exists(files, '/var/log/journal');
  if (mode !== 'persistent' && mode !== 'auto' && mode !== 'volatile') {
    return { unknown: `Storage=${mode.slice(0, 40)} is not a setting of the journal` };
  }
  if (mode === 'auto' && !exists(files, '/var/log')) {
    return {
      unknown:
        'whether /var/log/journal exists was not collected, and with Storage=auto that decides',
      ...withLevel,
    };
  }
  const volatile = mode === 'volatile' || (mode === 'auto' && !persistentFolder);
  const bound = size(settings, volatile);
  const retention = settings.get('MaxRetentionSec');
  const seconds = retention === undefined ? undefined : spanSeconds(retention.value);
  const days = seconds === undefined || seconds === 0 ? undefined : Math.ceil(seconds / 86_400);
  if (volatile) {
    return {
      path: '/run/log/journal',
      ...journalEdges(files, '/run/log/journal'),
      rotation: {
        ...(days === undefined ? {} : { keepsDays: days }),
        why: `the journal is held in memory and lost at every restart (${mode === 'auto' ? 'Storage=auto, and there is no /var/log/journal' : 'Storage=volatile'}; ${bound})`,
        ...(because === undefined ? {} : { because }),
      },
      retainedDays: 0,
      ...withLevel,
    };
  }
  const rotationBecause =
    days === undefined ? (settings.get('SystemMaxUse')?.because ?? because) : retention?.because;
  return {
    path: '/var/log/journal',
    ...journalEdges(files, '/var/log/journal'),
    rotation: {
      ...(days === undefined ? {} : { keepsDays: days }),
      why:
        days === undefined
          ? `the journal removes its oldest entries by size (${bound})`
          : `the journal removes what is older than ${days} days (MaxRetentionSec=${retention?.value ?? ''}), and earlier by size (${bound})`,
      ...(rotationBecause === undefined ? {} : { because: rotationBecause }),
    },
    unknown: `the journal is bounded by size (${bound}) and shared by all programs: how many days it holds depends on how much is written`,
    ...withLevel,
  };
};

/** Reads the journal's settings. */
export const openJournal = (files: FileView): Journal => {
  const present = exists(
    files,
    '/usr/lib/systemd/systemd-journald',
    '/lib/systemd/systemd-journald',
    '/etc/systemd/journald.conf',
    '/usr/lib/systemd/journald.conf',
    '/var/log/journal',
    '/run/log/journal',
    '/run/systemd/system',
  );
  const settings = systemdSettings(files, 'journald.conf', 'Journal');
  const forward = settings.get('ForwardToSyslog');
  // Debian and its kin build it with yes, upstream with no.
  const byDefault = exists(files, '/etc/debian_version', '/var/lib/dpkg') ? true : null;
  const handedOn = severityOf(settings.get('MaxLevelSyslog')?.value ?? 'debug');
  return {
    present,
    forwardsLevel: handedOn < 0 ? 7 : handedOn,
    forwards: forward === undefined || forward.value === '' ? byDefault : yes(forward.value),
    ...(forward === undefined ? {} : { forwardsBecause: forward.because }),
    trail: present ? { ...trailIn(files, settings), ...upload(files) } : {},
  };
};
