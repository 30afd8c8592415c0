/**
 * How many events one core holds against how many rules, as they come: lines of a provider's host (`mixed-log.ts`),
 * of a webmail's server and of Microsoft 365 against the rules that ship with Postern and made ones, 300 together;
 * then with 3,000 more rules for logs that are not there, and with each rule by itself, which is what an engine does
 * that has no index. Processor time of this process; reading the lines is told apart.
 *
 *   npm run bench -- hunt-stream [lines] [folder of rules]
 */

import { findRules, ownRulesFolder, sourceMapsFolder } from '../src/app/hunt/rule-files.ts';
import { loadSourceMaps } from '../src/app/hunt/source-maps.ts';
import type { WatchedEvent } from '../src/core/watched-event.ts';
import { mapsOf } from '../src/detect/fields/source-map.ts';
import {
  recordTest,
  scopeKeyOf,
  scopesOf,
  sourceSpace,
} from '../src/detect/fields/source-space.ts';
import { compileMatcher } from '../src/detect/matching/compile.ts';
import { WatchedRules } from '../src/detect/matching/watched-rules.ts';
import type { DetectionRule } from '../src/detect/sigma/nodes.ts';
import { readRules } from '../src/detect/sigma/read-rules.ts';
import { logFormats } from '../src/logs/formats.generated.ts';
import { LogReading } from '../src/logs/read-log.ts';
import { LogClock } from '../src/logs/time/clock.ts';
import { utc } from '../src/logs/time/zone.ts';
import { madeRules, strangeRules } from './made-rules.ts';
import { median, print } from './measure.ts';
import { mixedLog } from './mixed-log.ts';

const lines = Number(process.argv.slice(2).find(word => /^\d+$/.test(word)) ?? 200_000);
const folder = process.argv.slice(2).find(word => !/^\d+$/.test(word));
const rulesCount = 300;
const strangeCount = 3_000;
const rounds = 5;

const maps = loadSourceMaps(sourceMapsFolder);

const detections = (files: Parameters<typeof readRules>[0]): readonly DetectionRule[] =>
  readRules(files).rules.filter(rule => rule.kind === 'detection');

const isOfSomeMap = (rule: DetectionRule): boolean =>
  mapsOf(rule.source, maps).some(map => map.events.length > 0);

/** Seconds of the processor. */
const cpuOf = (act: () => void): number => {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
};

const webLine = (n: number): string =>
  `203.0.113.${n % 250} - - [22/Nov/2026:12:${String(n % 60).padStart(2, '0')}:00 +0000] "GET /mail/?_task=mail&_action=show&_uid=${n}&_mbox=INBOX HTTP/1.1" 200 ${n % 9_000} "https://webmail.example.jp/mail/" "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0"`;

const cloudLine = (n: number): string =>
  JSON.stringify({
    CreationTime: '2026-06-12T08:15:09',
    Id: `5a7d2c1e-0f5b-4b7e-9d0e-${String(n).padStart(12, '0')}`,
    Operation: n % 20 === 0 ? 'Set-Mailbox' : 'MailItemsAccessed',
    RecordType: 50,
    ResultStatus: 'Succeeded',
    UserType: 0,
    Workload: 'Exchange',
    UserId: `user${n % 500}@example.jp`,
    ClientIPAddress: `203.0.113.${n % 250}`,
    ClientInfoString: 'Client=OWA;Action=ViaProxy',
    MailboxOwnerUPN: `user${n % 500}@example.jp`,
    Parameters: n % 20 === 0 ? [{ Name: 'Identity', Value: `user${n % 500}` }] : undefined,
    Folders: [{ FolderItems: [{ InternetMessageId: `<m${n}@partner.test>` }], Path: '\\Inbox' }],
    OperationCount: 1,
  });

const readEvents = (log: string, text: string): readonly WatchedEvent[] => {
  const events: WatchedEvent[] = [];
  const reading = new LogReading({
    formats: logFormats,
    clock: new LogClock({ zoneOf: () => utc, writtenByMs: Date.UTC(2026, 10, 26) }),
    take: ({ line, parsed, format }) => {
      if (!('event' in parsed)) return;
      const { event } = parsed;
      events.push({
        event,
        isUnparsed: false,
        format,
        log,
        timeMs: event.time.atMs ?? 0,
        text: line.text,
        source: log,
        seq: 0,
        line: line.number,
      });
    },
  });
  for (const [index, each] of text.trimEnd().split('\n').entries()) {
    reading.push({ text: each, number: index + 1 });
  }
  reading.end();
  return events;
};

const made = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => line(n)).join('\n');

const { log, mix } = mixedLog(lines);
let logs: readonly (readonly WatchedEvent[])[] = [];
const readingSeconds = cpuOf(() => {
  logs = [
    readEvents('/var/log/mail.log', log.toString()),
    readEvents('/var/log/nginx/access.log', made(lines / 10, webLine)),
    readEvents('m365.ndjson', made(lines / 10, cloudLine)),
  ];
});
const linesRead = lines * 1.2;
// As they would come: some of each log in turn.
const events: WatchedEvent[] = [];
const steps = 100;
for (let step = 0; step < steps; step += 1) {
  for (const of of logs) {
    events.push(...of.slice((of.length * step) / steps, (of.length * (step + 1)) / steps));
  }
}

const ours = detections(
  findRules([ownRulesFolder, ...(folder === undefined ? [] : [folder])], '').files,
).filter(isOfSomeMap);
const rules = [
  ...ours,
  ...detections([{ path: 'made.yml', text: madeRules(Math.max(0, rulesCount - ours.length)) }]),
];
const strange = detections([{ path: 'strange.yml', text: strangeRules(strangeCount) }]);

let hits = 0;
const secondsOf = (match: (event: WatchedEvent) => number): number => {
  // What is compiled on its first use is no part of a stream.
  for (const event of events) match(event);
  return median(
    Array.from({ length: rounds }, () =>
      cpuOf(() => {
        hits = 0;
        for (const event of events) hits += match(event);
      }),
    ),
  );
};

const indexed = (of: readonly DetectionRule[]): ((event: WatchedEvent) => number) => {
  const watched = new WatchedRules(of, maps);
  return event => watched.match(event).length;
};

/** Each rule of an event's source is asked by itself. */
const oneByOne = (of: readonly DetectionRule[]): ((event: WatchedEvent) => number) => {
  const all = of.flatMap(rule =>
    mapsOf(rule.source, maps).map(map => ({
      map,
      matches: compileMatcher(rule, sourceSpace(map)),
    })),
  );
  return event => {
    const key = scopeKeyOf(event);
    let count = 0;
    for (const { map, matches } of all) {
      const scopes = scopesOf(map, key);
      if (scopes.length > 0 && recordTest(scopes)?.(event) !== false && matches(event)) count += 1;
    }
    return count;
  };
};

const speed = (seconds: number): string =>
  `${Math.round(events.length / seconds / 1_000).toLocaleString('en')} k events/s`;

const own = secondsOf(indexed(rules));
const found = hits;
const withStrange = secondsOf(indexed([...rules, ...strange]));
print([
  ['events', `${events.length.toLocaleString('en')}, of ${mix}, web requests, Microsoft 365`],
  ['reading their lines', `${Math.round(linesRead / readingSeconds / 1_000)} k lines/s`],
  [`${rules.length} rules`, `${speed(own)} (aim: 100), ${found} hits`],
  [
    `and ${strange.length} of other logs`,
    `${speed(withStrange)}, ${(withStrange / own).toFixed(2)} × the time`,
  ],
]);
const sample = events.length;
const slow = secondsOf(oneByOne(rules));
print([
  [
    'each rule by itself',
    `${speed(slow)}, ${(slow / own).toFixed(1)} × the time, ${hits} hits of ${sample}`,
  ],
]);
