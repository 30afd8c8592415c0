import type { FileView } from '../../core/files.ts';
import { cronJobs } from '../../core/formats/crontab.ts';
import { readUnit, startsAtBoot, unitValues } from '../../core/formats/systemd.ts';
import { pathMatches, segmentPattern } from '../../core/glob.ts';
import { baseOf, dirOf, joinPath } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import {
  parseLogrotate,
  type RotateItem,
  type RotateOptions,
  rotateDefaults,
  type Stanza,
} from './logrotate-syntax.ts';
import { hasProgram } from './started.ts';

/** Whether anything starts logrotate, and what its own state file says. */
export interface RotateRuns {
  /** Null: it cannot be told. */
  readonly started: boolean | null;
  readonly why: string;
  readonly because?: Place;
  /** Day of the newest rotation of any log, `yyyy-mm-dd`. */
  readonly lastDay?: string;
  readonly stateFile?: string;
}

export interface Logrotate {
  /** Whether there is any configuration of it on this host. */
  readonly configured: boolean;
  readonly runs: RotateRuns;
  /** The stanza that rotates this file: the first that names it. */
  stanzaOf(path: string): Stanza | undefined;
  /** A stanza that names it and that logrotate drops, with the reason. */
  droppedFor(path: string): { readonly stanza: Stanza; readonly why: string } | undefined;
}

const taboo = [
  ',v',
  '.bak',
  '.cfsaved',
  '.disabled',
  '.dpkg-bak',
  '.dpkg-del',
  '.dpkg-dist',
  '.dpkg-new',
  '.dpkg-old',
  '.rhn-cfg-tmp-*',
  '.rpmnew',
  '.rpmorig',
  '.rpmsave',
  '.swp',
  '.ucf-dist',
  '.ucf-new',
  '.ucf-old',
  '~',
].map(ending => `*${ending}`);

const mainFile = '/etc/logrotate.conf';
const includesMax = 2_000;
const depthMax = 8;
const how = 'Run: logrotate -d /etc/logrotate.conf';

/** Configuration files on the command lines that start it. */
const startedFiles = (files: FileView): readonly string[] => {
  const unit = readUnit(files, 'logrotate.service');
  const commands = [
    ...(unit === undefined ? [] : unitValues(unit, 'Service', 'ExecStart').map(each => each.value)),
    ...cronJobs(files).map(job => job.command),
  ].filter(command => /\blogrotate\b/.test(command));
  const named = commands.flatMap(command =>
    command
      .slice(command.search(/\blogrotate\b/) + 'logrotate'.length)
      .replace(/(?:-s|--state|-l|--log|-m|--mail)[ =]\S+/g, ' ')
      .split(/[\s;&|<>"']+/)
      .filter(word => /^\/[\w./@+-]{1,250}$/.test(word) && !word.startsWith('/dev/')),
  );
  return [...new Set([mainFile, ...named.filter(path => files.stat(path) !== undefined)])];
};

/** Only a tree of root's own is judged by its owners: a copied one has the copier's. */
const passedOver = (files: FileView, path: string): string | undefined => {
  const stat = files.stat(path);
  if (stat === undefined || files.stat('/etc')?.uid !== 0) return undefined;
  if ((stat.mode & 0o022) !== 0) return 'group or others may write it';
  return stat.uid === 0 ? undefined : 'it does not belong to root';
};

const readAll = (files: FileView): readonly Stanza[] => {
  const stanzas: Stanza[] = [];
  let read = 0;
  let tabooNow: readonly string[] = taboo;
  const readFile = (path: string, start: RotateOptions, depth: number): RotateOptions => {
    const stat = files.stat(path);
    if (stat === undefined || depth > depthMax || read >= includesMax) return start;
    if (stat.kind === 'folder') {
      let options = start;
      for (const { name, kind } of files.list(path)) {
        const each = joinPath(path, name);
        if (kind !== 'file' && files.stat(each)?.kind !== 'file') continue;
        if (tabooNow.some(pattern => segmentPattern(pattern).test(name))) continue;
        options = readFile(each, options, depth + 1);
      }
      return options;
    }
    read += 1;
    const text = stat.kind === 'file' ? files.text(path) : undefined;
    if (text === undefined) return start;
    const ignored = passedOver(files, path);
    if (ignored !== undefined) {
      files.note({ what: path, why: `logrotate passes over it: ${ignored}`, how });
      return start;
    }
    return take(path, text, start, depth);
  };
  const take = (path: string, text: string, start: RotateOptions, depth: number): RotateOptions => {
    const keep = (items: readonly RotateItem[]): void => {
      for (const item of items) {
        if (item.is === 'stanza') stanzas.push(item.stanza);
        else tabooNow = item.adds ? [...tabooNow, ...item.patterns] : item.patterns;
      }
    };
    const { items, options, faults } = parseLogrotate(text, path, start, (named, now, before) => {
      keep(before);
      return readFile(joinPath(named), now, depth + 1);
    });
    keep(items);
    for (const { line, why } of faults.slice(0, 20)) {
      files.note({ what: `${path}:${line}`, why: `logrotate does not take it: ${why}`, how });
    }
    return options;
  };
  for (const path of startedFiles(files)) readFile(path, rotateDefaults, 0);
  return stanzas;
};

interface Owners {
  readonly byPath: ReadonlyMap<string, Stanza>;
  readonly dropped: ReadonlyMap<string, { readonly stanza: Stanza; readonly why: string }>;
}

const ownedMax = 100_000;

const placeOf = ({ because }: Stanza): string => `${because.path}:${because.line ?? 1}`;

/** Which existing file each stanza gets, in logrotate's order. */
const ownersOf = (files: FileView, stanzas: readonly Stanza[]): Owners => {
  const byPath = new Map<string, Stanza>();
  const dropped = new Map<string, { stanza: Stanza; why: string }>();
  for (const stanza of stanzas) {
    for (const pattern of stanza.patterns) {
      // A file named twice ends what the pattern gives, and only that.
      let fault: string | undefined;
      for (const path of files.glob(pattern)) {
        if (byPath.size > ownedMax) return { byPath, dropped };
        const other = byPath.get(path);
        if (fault !== undefined) {
          if (other === undefined) dropped.set(path, { stanza, why: fault });
        } else if (other === undefined) byPath.set(path, stanza);
        else if (!other.options.ignoreDuplicates) {
          fault = `${path} is already rotated by ${placeOf(other)}, so logrotate drops what else ${pattern} names`;
          files.note({
            what: placeOf(stanza),
            why: fault,
            how: 'Name each log in one stanza only.',
          });
        }
      }
    }
  }
  for (const path of byPath.keys()) dropped.delete(path);
  return { byPath, dropped };
};

const stateFiles = [
  '/var/lib/logrotate/status',
  '/var/lib/logrotate/logrotate.status',
  '/var/lib/logrotate.status',
  '/var/lib/misc/logrotate.status',
];

/** Newest date in the state file: `"/var/log/syslog" 2026-11-22-0:0:0`. */
const lastRotation = (files: FileView): Pick<RotateRuns, 'lastDay' | 'stateFile'> => {
  const stateFile = stateFiles.find(path => files.stat(path)?.kind === 'file');
  const text = stateFile === undefined ? undefined : files.text(stateFile);
  if (stateFile === undefined || text === undefined) return {};
  const days = [...text.matchAll(/ (\d{4})-(\d{1,2})-(\d{1,2})(?:-[\d:]{1,10})?$/gm)].map(
    ([, year = '', month = '', day = '']) =>
      `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`,
  );
  const lastDay = days.toSorted().at(-1);
  return { stateFile, ...(lastDay === undefined ? {} : { lastDay }) };
};

const startOf = (files: FileView): Omit<RotateRuns, 'lastDay' | 'stateFile'> => {
  if (!hasProgram(files, 'logrotate')) {
    return { started: false, why: 'the program is not installed' };
  }
  const jobs = cronJobs(files);
  // Debian's job leaves it to the timer where systemd runs.
  const job = jobs.find(
    ({ command }) =>
      /(?:^|[\s/])logrotate\s/.test(`${command} `) && !/^(?:if|\[|test)\b/.test(command),
  );
  const timer = readUnit(files, 'logrotate.timer');
  if (timer !== undefined && startsAtBoot(files, ['logrotate']) === true) {
    return { started: true, why: 'logrotate.timer starts it', because: { path: timer.path } };
  }
  const periodic = files.glob('/etc/periodic/{hourly,daily,weekly}/logrotate')[0];
  if (periodic !== undefined) {
    return { started: true, why: 'cron starts it', because: { path: periodic } };
  }
  const leavesToTimer =
    job !== undefined &&
    files.stat('/usr/lib/systemd/systemd') !== undefined &&
    /\/run\/systemd\/system/.test(files.text(job.because.path) ?? '');
  if (job !== undefined && !leavesToTimer) {
    return { started: true, why: 'cron starts it', because: job.because };
  }
  if (timer === undefined && job === undefined && files.stat('/usr/sbin') === undefined) {
    return { started: null, why: 'what starts it was not collected' };
  }
  const seen = timer !== undefined || job !== undefined;
  return {
    started: seen ? null : false,
    why: seen ? 'nothing that was seen starts it' : 'neither a timer nor cron starts it',
    ...(timer === undefined ? {} : { because: { path: timer.path } }),
  };
};

/** Reads how logrotate is set up on this host (logrotate(8), logrotate.conf(5)). */
export const openLogrotate = (files: FileView): Logrotate => {
  const stanzas = readAll(files);
  let owners: Owners | undefined;
  const known = (): Owners => (owners ??= ownersOf(files, stanzas));
  // `/etc/httpd/logs` is a link on Red Hat: a file that is still to come lies where its folder leads.
  const real = (path: string): string => {
    if (files.stat(path) !== undefined) return files.real(path) ?? path;
    const folder = dirOf(path);
    if (files.stat(folder)?.kind !== 'folder') return path;
    return joinPath(files.real(folder) ?? folder, baseOf(path));
  };
  const names = (path: string): readonly string[] => [...new Set([path, real(path)])];
  return {
    configured: stanzas.length > 0,
    runs: { ...startOf(files), ...lastRotation(files) },
    stanzaOf: path => {
      for (const each of names(path)) {
        const found = known().byPath.get(each);
        if (found !== undefined) return found;
      }
      if (files.stat(path) !== undefined) return undefined;
      return stanzas.find(({ patterns }) =>
        patterns.some(pattern => names(path).some(each => pathMatches(joinPath(pattern), each))),
      );
    },
    droppedFor: path =>
      names(path)
        .map(each => known().dropped.get(each))
        .find(each => each !== undefined),
  };
};
