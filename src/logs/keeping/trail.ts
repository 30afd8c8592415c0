import type { LogSink, LogTrail, OwnRotation } from '../../core/access-log.ts';
import type { FileView } from '../../core/files.ts';
import { pathMatches } from '../../core/glob.ts';
import { joinPath } from '../../core/paths.ts';
import { ownRotationOf } from './appending.ts';
import { type Journal, openJournal } from './journal.ts';
import { unitMessage } from './journal-unit.ts';
import { type KeptFiles, keptFiles } from './kept-file.ts';
import { openLogrotate } from './logrotate.ts';
import { joinUnknown, leavesHost, type Onward, onwardOf, takesInfo } from './onward.ts';
import { allSeverities, atLeast, both, exactly, type Message } from './severities.ts';
import type { Shipper } from './shipper-agents.ts';
import { shippersOf } from './shippers.ts';
import { type SyslogDaemon, syslogDaemonOf } from './syslog-daemon.ts';
import { unitOutput } from './unit-output.ts';

/** Follows log lines to where they end. */
export interface Keeping {
  /** @param writer id of the platform whose log it is. */
  trailOf(sink: LogSink, writer?: string): LogTrail;
}

interface Host {
  readonly files: FileView;
  readonly journal: Journal;
  readonly daemon: SyslogDaemon | undefined;
  readonly shippers: readonly Shipper[];
  readonly kept: KeptFiles;
}

/** What is missing from a trail is filled from the next. */
const withShipping = (
  trail: LogTrail,
  other: Pick<LogTrail, 'shippedTo' | 'shippedBecause'>,
): LogTrail =>
  trail.shippedTo !== undefined || other.shippedTo === undefined
    ? trail
    : {
        ...trail,
        shippedTo: other.shippedTo,
        ...(other.shippedBecause === undefined ? {} : { shippedBecause: other.shippedBecause }),
      };

const withUnknown = (trail: LogTrail, ...more: readonly (string | undefined)[]): LogTrail => {
  const unknown = joinUnknown(trail.unknown, ...more);
  return unknown === undefined ? trail : { ...trail, unknown };
};

/** The shipper that reads a file, and rsyslog where it reads that file itself (imfile). */
const shippingOf = (
  { shippers, daemon }: Host,
  path: string,
): Pick<LogTrail, 'shippedTo' | 'shippedBecause' | 'unknown'> => {
  const reads = ({ patterns }: Shipper): boolean =>
    patterns.some(pattern => pattern === path || pathMatches(pattern, path));
  const shipper = shippers.find(
    each => reads(each) && each.to !== undefined && leavesHost(each.to),
  );
  if (shipper?.to !== undefined) {
    return { shippedTo: shipper.to, shippedBecause: shipper.toBecause ?? shipper.because };
  }
  const input = daemon?.inputs.find(
    ({ pattern }) => pattern === path || pathMatches(pattern, path),
  );
  if (input !== undefined && daemon !== undefined && daemon.started === true) {
    const { shipped } = onwardOf(daemon.destinationsOf(input.message, input.ruleset));
    if (shipped !== undefined) return { shippedTo: shipped.name, shippedBecause: shipped.because };
  }
  const silent = shippers.find(reads);
  return silent === undefined
    ? {}
    : {
        unknown: `${silent.name} reads it (${silent.because.path}); ${silent.to === undefined ? 'where it sends it was not found' : `it goes to ${silent.to} on this host, and where from there is not known`}`,
      };
};

const fileTrail = (host: Host, path: string, own?: OwnRotation): LogTrail => {
  const { unknown, ...shipped } = shippingOf(host, path);
  return withUnknown(withShipping(host.kept.trailOf(path, own), shipped), unknown);
};

const journalTrail = ({ journal, shippers }: Host): LogTrail => {
  if (!journal.present) return { unknown: 'there is no systemd journal on this host' };
  const shipper = shippers.find(
    ({ readsJournal, to }) => readsJournal && to !== undefined && leavesHost(to),
  );
  return shipper?.to === undefined
    ? journal.trail
    : withShipping(journal.trail, {
        shippedTo: shipper.to,
        shippedBecause: shipper.toBecause ?? shipper.because,
      });
};

/** Why the daemon would not get a line that a program hands to syslog; undefined when it does. */
const cutOff = ({ journal, daemon }: Host): string | undefined => {
  if (daemon === undefined) return 'no syslog daemon was found whose settings Postern reads';
  if (daemon.takes === 'neither') {
    return `${daemon.name} takes no lines of local programs (${daemon.config})`;
  }
  if (daemon.takes === 'socket' && journal.present && journal.forwards === false) {
    const place = journal.forwardsBecause;
    return `the journal does not hand lines on to ${daemon.name} (ForwardToSyslog=no${place === undefined ? '' : `, ${place.path}:${place.line ?? 1}`})`;
  }
  return undefined;
};

const doubtOf = ({ journal, daemon }: Host): string | undefined => {
  if (daemon?.started === null) {
    return `${daemon.name} is installed, but nothing that was seen starts it: whether its lines reach a file is not known`;
  }
  if (daemon?.takes === 'socket' && journal.present && journal.forwards === null) {
    return `whether the journal hands lines on to ${daemon.name} depends on how it was built: ForwardToSyslog is set nowhere`;
  }
  return undefined;
};

const retention = ({ retainedDays, rotation }: LogTrail): number =>
  retainedDays ?? (rotation?.keepsDays === null ? 0.5 : -1);

const bitCount = (set: number): number => set.toString(2).replaceAll('0', '').length;

/** The lines of one message, through the daemon, to the file that keeps most of them longest. */
const throughDaemon = (host: Host, daemon: SyslogDaemon, message: Message): LogTrail => {
  const { journal } = host;
  const through = exactly(
    journal.present && daemon.takes === 'socket' ? atLeast(journal.forwardsLevel) : allSeverities,
  );
  const onward: Onward = onwardOf(
    daemon.destinationsOf(message).map(each => ({ ...each, ...both(each, through) })),
  );
  const others = new Set(
    daemon.destinationsOf({ facility: 'news', program: 'postern' }).map(({ name }) => name),
  );
  const [best] = onward.files
    .map(each => ({ each, trail: fileTrail(host, each.name) }))
    .sort(
      (a, b) =>
        bitCount(b.each.sure) - bitCount(a.each.sure) ||
        retention(b.trail) - retention(a.trail) ||
        Number(others.has(a.each.name)) - Number(others.has(b.each.name)),
    );
  const shipped =
    onward.shipped === undefined
      ? {}
      : { shippedTo: onward.shipped.name, shippedBecause: onward.shipped.because };
  if (best === undefined) {
    const to = onward.shipped;
    const own = journal.present ? journalTrail(host) : {};
    const why =
      onward.unknown ??
      (to === undefined
        ? `no rule of ${daemon.name} writes its lines (${daemon.config})`
        : `no file of ${daemon.name} gets its lines; they are only sent on`);
    return withUnknown({ ...own, ...shipped }, why);
  }
  const { each, trail } = best;
  if (!takesInfo(each) && host.journal.present && host.journal.trail.path === '/var/log/journal') {
    return withUnknown(
      { ...journalTrail(host), ...shipped },
      `${daemon.name} writes only lines of ${onward.levelOf(each) ?? 'some levels'} and worse to ${each.name}`,
    );
  }
  const cut = each.cutBySize;
  // What is sent on from a file that lacks the access lines is no copy of them.
  const { retainedDays, shippedTo, shippedBecause, ...rest } = trail;
  const settled: LogTrail = {
    ...rest,
    ...(cut === undefined && retainedDays !== undefined ? { retainedDays } : {}),
    ...(takesInfo(each) && shippedTo !== undefined ? { shippedTo } : {}),
    ...(takesInfo(each) && shippedBecause !== undefined ? { shippedBecause } : {}),
  };
  const inner = withUnknown(
    {
      ...settled,
      ...(onward.levelOf(each) === undefined ? {} : { level: onward.levelOf(each) ?? '' }),
    },
    onward.unknown,
    cut === undefined
      ? undefined
      : `${daemon.name} cuts it at ${cut} bytes ($outchannel), so how many days it holds is not known`,
  );
  return shipped.shippedTo === undefined ? inner : { ...inner, ...shipped };
};

const syslogTrail = (host: Host, message: Message): LogTrail => {
  const { daemon } = host;
  const cut = cutOff(host);
  if (daemon === undefined || cut !== undefined) {
    const trail = journalTrail(host);
    return host.journal.present ? trail : { unknown: cut ?? 'where syslog lines end is not known' };
  }
  const doubt = doubtOf(host);
  if (doubt === undefined) return throughDaemon(host, daemon, message);
  return host.journal.present ? withUnknown(journalTrail(host), doubt) : { unknown: doubt };
};

/** What a unit prints goes to the journal, and from there to the syslog daemon where one takes it. */
const unitTrail = (host: Host, unit: string): LogTrail => {
  const { daemon, journal } = host;
  const output = unitOutput(host.files, unit);
  if (output?.is === 'file') return fileTrail(host, joinPath(output.path), output.rotation);
  if (output?.is === 'unknown') return { unknown: output.why };
  if (output?.is === 'nowhere') {
    const why = `what ${unit} prints is thrown away (StandardOutput=null)`;
    return { rotation: { keepsDays: 0, why, because: output.because }, retainedDays: 0 };
  }
  const own = journalTrail(host);
  if (daemon === undefined || cutOff(host) !== undefined || doubtOf(host) !== undefined) return own;
  if (!journal.present) return own;
  const through = throughDaemon(host, daemon, unitMessage(host.files, unit));
  const better =
    through.path !== undefined && through.path !== own.path && retention(through) > retention(own);
  if (better) return withShipping(through, own);
  return withShipping(own, through);
};

const settle = (host: Host, sink: LogSink, writer: string): LogTrail => {
  switch (sink.to) {
    case 'file':
      return fileTrail(host, joinPath(sink.path), sink.rotation ?? ownRotationOf(writer));
    case 'syslog':
      return syslogTrail(host, {
        facility: sink.facility.toLowerCase(),
        ...(sink.program === '' ? {} : { program: sink.program }),
      });
    case 'journal':
      return unitTrail(host, sink.unit);
    case 'network':
      return leavesHost(sink.address)
        ? { shippedTo: sink.address }
        : {
            unknown: `its lines go to ${sink.address} on this host; what becomes of them there is not known`,
          };
    case 'nowhere':
      return {
        rotation: { keepsDays: 0, why: 'its settings send its lines nowhere' },
        retainedDays: 0,
      };
  }
};

/** Reads how this host keeps its logs, once; each sink is then followed to its end. */
export const openKeeping = (files: FileView, now: Date): Keeping => {
  const host: Host = {
    files,
    journal: openJournal(files),
    daemon: syslogDaemonOf(files),
    shippers: shippersOf(files),
    kept: keptFiles(files, openLogrotate(files), now),
  };
  const known = new Map<string, LogTrail>();
  return {
    trailOf: (sink, writer = '') => {
      const key = JSON.stringify([sink, writer]);
      const trail = known.get(key) ?? settle(host, sink, writer);
      known.set(key, trail);
      return trail;
    },
  };
};
