import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepLogs, openKept } from '../../../test/support/hunt-run.ts';
import { emptyWatch } from '../../core/watch-policy.ts';
import { mapsOf } from '../../detect/fields/source-map.ts';
import { sourceSpace, sourceTest } from '../../detect/fields/source-space.ts';
import { HitBatch } from '../../detect/hit-batch.ts';
import { compileMatcher } from '../../detect/matching/compile.ts';
import type { DetectionRule } from '../../detect/sigma/nodes.ts';
import { readRules } from '../../detect/sigma/read-rules.ts';
import { RowDecoder } from '../../logs/rows/decode.ts';
import { KeptLines } from '../events/kept-lines.ts';
import { openSegment } from '../events/open-segment.ts';
import { storeSegments } from '../events/store-segments.ts';
import { zonesOf } from '../ingest/zones.ts';
import { HuntWork } from './hunt-work.ts';
import { loadRules } from './load-rules.ts';
import { Rows } from './segment-hunt.ts';

/** What some lines fulfil and others do not, of everything that a rule can ask for. */
const selections = [
  'kind: login',
  'kind|endswith: ".changed"',
  'outcome: failure',
  'user.name|contains: "@"',
  'user.name: null',
  'user.name|exists: true',
  'actor.name|cased: alice@example.jp',
  'actor.user.name|startswith: a',
  'app.name|contains: a',
  'app.uid|re: "[0-9]{3}"',
  'from.ip|cidr: [203.0.113.0/24, 2001:db8::/32]',
  'from.ip|exists: false',
  'from.port|gt: 1024',
  'component: [dovecot, postfix, exchange-online]',
  'service|startswith: i',
  'host|contains: mail',
  'folder|contains: inbox',
  'tls: true',
  'count|gte: 2',
  'detail|contains|all: [e, " "]',
  'detail|re: "(?i)fail|denied"',
  'messages.messageId|endswith: ".test>"',
  'messages.to|contains: example',
  'request.status|gte: 400',
  'request.stem|contains: /',
  'request.query|exists: true',
  'change.Name|exists: true',
  'flags|exists: true',
  'record.Operation|contains: Set',
  'record.Workload|endswith: ComplianceCenter',
  'record.Parameters.Name|contains: e',
  'format|startswith: m365',
  'unparsed: true',
  'time|hour: 8',
  'user.name|fieldref: messages.from',
  'log|contains: dovecot',
];

const rulesText = [
  ...selections.map(
    (selection, n) =>
      `title: Selection ${n}\nlogsource: { category: mail }\ndetection: { s: { ${selection} }, condition: s }\n`,
  ),
  ...selections.map((selection, n) => {
    const other = selections[(n * 7 + 3) % selections.length] ?? '';
    return `title: Selection ${n} without another\nlogsource: { category: mail }\ndetection: { s: { ${selection} }, o: { ${other} }, k: [failed, "login*user"], condition: (s and not o) or (not s and k) }\n`;
  }),
].join('---\n');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-columns-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Of programs that write in different ways: words, JSON, tables. */
const formatsTried = [
  'cyrus',
  'dovecot',
  'entra-signin',
  'exchange-tracking',
  'exim',
  'iis',
  'm365-ual',
  'postfix',
  'roundcube',
  'rspamd',
  'slack-audit',
  'web-access',
  'zimbra',
];

const copyLogs = (): void => {
  const formats = 'test/fixtures/formats';
  for (const format of formatsTried) {
    const first = readdirSync(join(formats, format))
      .map(name => join(formats, format, name, 'input.log'))
      .find(path => !path.includes('of-others') && existsSync(path));
    if (first !== undefined) copyFileSync(first, join(folder, `${format}.log`));
  }
  // The same, as JSON may write it as well: what is looked for is hidden from whoever looks at bytes.
  const plain = readFileSync(join(folder, 'm365-ual.log'), 'utf8');
  const hidden = plain.replaceAll('ComplianceCenter', String.raw`\u0043omplianceCenter`);
  writeFileSync(join(folder, 'm365-hidden.log'), hidden);
};

test('columns tell of every line what the whole event does', async () => {
  copyLogs();
  const store = join(folder, 'store');
  const kept = await openKept(store);
  await keepLogs(kept, folder);
  await kept.close();
  const { maps, rules: own } = loadRules({ folders: [], said: '', policy: emptyWatch });
  const { rules: made, problems } = readRules([{ path: 'made.yml', text: rulesText }]);
  expect(problems).toEqual([]);
  const rules = [...own, ...made].filter(rule => rule.kind === 'detection');
  const plain = rules.flatMap((rule: DetectionRule) =>
    mapsOf(rule.source, maps).map(map => ({
      id: rule.id,
      isOfSource: sourceTest(map),
      matches: compileMatcher(rule, sourceSpace(map)),
    })),
  );
  const window = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
  const run = { rules, maps, fields: new Map<string, readonly string[]>() };
  const work = new HuntWork({ run, window, zone: 'UTC', here: 'UTC' });
  const zoneOf = zonesOf('UTC', 'zone', 'UTC');
  const decoder = new RowDecoder();
  const unseen: unknown[] = [];
  const fulfilled = new Set<string>();
  const { segments } = storeSegments(store, each => unseen.push(each));
  expect(segments.length).toBeGreaterThanOrEqual(formatsTried.length);
  for (const segment of segments) {
    const { found } = await work.hunt({ segment, from: 0 });
    unseen.push(...found.unseen);
    const note = (each: unknown): void => void unseen.push(each);
    const open = await openSegment(segment, { lines: new KeptLines(), zoneOf, note });
    if (open === undefined) continue;
    const rows = new Rows(open, decoder);
    const expected = new Set<string>();
    for (let row = 0; row < open.rows.rows; row += 1) {
      const event = rows.event(row);
      for (const { id, isOfSource, matches } of plain) {
        if (!isOfSource(event) || !matches(event)) continue;
        expected.add(`${event.line} ${id}`);
        fulfilled.add(id);
      }
    }
    const told = Array.from(
      new HitBatch(found.hits).of(() => true),
      hit => `${hit.line} ${hit.rule}`,
    );
    expect([segment.source, told.sort()]).toEqual([segment.source, [...expected].sort()]);
  }
  expect(unseen).toEqual([]);
  // Each of the selections is something that some line says.
  const unheard = made.flatMap(({ id, title }) => (fulfilled.has(id) ? [] : [title]));
  expect(unheard).toEqual([]);
});
