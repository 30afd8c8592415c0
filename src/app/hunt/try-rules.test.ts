import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emptyWatch } from '../../core/watch-policy.ts';
import { matchLine, triedJson, triedText } from './tried-output.ts';
import { type TriedMatch, type TriedReport, tryRules } from './try-rules.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-try-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const forwarding = `
title: A mailbox forwards
id: 5b2b7b2e-0000-4000-8000-000000000001
name: forwards
logsource: { product: m365 }
detection:
  selection:
    Operation: Set-Mailbox
    Parameters.ForwardingSmtpAddress|contains: '@'
  condition: selection
level: high
tags: [attack.t1114.003]
---
title: Many do
id: 5b2b7b2e-0000-4000-8000-000000000002
correlation:
  type: value_count
  rules: [forwards]
  group-by: [Parameters.ForwardingSmtpAddress]
  timespan: 1h
  condition: { field: UserId, gte: 2 }
  generate: true
level: critical
---
title: Words
id: 5b2b7b2e-0000-4000-8000-000000000003
logsource: { product: linux }
detection:
  keywords: [segfault]
  condition: keywords
`;

const forward = (user: string, time: string | undefined): string =>
  JSON.stringify({
    ...(time === undefined ? {} : { CreationTime: time }),
    Operation: 'Set-Mailbox',
    UserId: user,
    Parameters: [{ Name: 'ForwardingSmtpAddress', Value: 'smtp:x@example.test' }],
  });

interface Tried {
  readonly report: TriedReport;
  readonly matches: readonly TriedMatch[];
}

const run = async (files: Readonly<Record<string, string | Uint8Array>>): Promise<Tried> => {
  writeFileSync(join(folder, 'rules.yml'), forwarding);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const matches: TriedMatch[] = [];
  const report = await tryRules({
    folders: [join(folder, 'rules.yml')],
    said: '--rules',
    policy: emptyWatch,
    only: [],
    words: Object.keys(files).map(name => join(folder, name)),
    take: match => matches.push(match),
  });
  return { report, matches };
};

const shown = ({ matches }: Tried): readonly string[] =>
  matches.map(({ rule, log, line }) => `${rule.title} ${log.slice(folder.length + 1)}:${line}`);

describe('rules over events of a file', () => {
  const events = [
    forward('hanako@example.jp', '2026-06-29T01:00:00'),
    '',
    '{"Operation":"MailItemsAccessed","UserId":"taro@example.jp"}',
    forward('taro@example.jp', '2026-06-29T01:30:00'),
    'Jun 29 01:31:00 mail kernel: imap[77]: segfault at 0',
    '{"Operation":"Set-Mailbox"',
  ].join('\n');

  test('match where they stand, and correlations where they hold', async () => {
    const tried = await run({ 'events.ndjson': events });
    expect(shown(tried)).toEqual([
      'A mailbox forwards events.ndjson:1',
      'A mailbox forwards events.ndjson:4',
      'Words events.ndjson:5',
      'Many do events.ndjson:4',
    ]);
    expect(tried.report).toMatchObject({ events: 5, matched: 3, texts: 2, untimed: 0, unseen: [] });
    const [last] = tried.matches.slice(-1);
    expect(last?.correlation).toMatchObject({ value: 2, group: ['smtp:x@example.test'] });
  });

  test('are the same in an array, packed, in an export and written over several lines', async () => {
    const objects = events
      .split('\n')
      .filter(line => line.endsWith('}'))
      .map(line => JSON.parse(line) as unknown);
    const tried = await run({
      'array.json': JSON.stringify(objects),
      'export.json.gz': gzipSync(JSON.stringify({ value: objects }, undefined, 1)),
      'pretty.json': objects.map(each => JSON.stringify(each, undefined, 2)).join('\n'),
    });
    expect(tried.report).toMatchObject({ events: 9, texts: 0 });
    expect(shown(tried).filter(each => each.startsWith('A mailbox'))).toEqual([
      'A mailbox forwards array.json:1',
      'A mailbox forwards array.json:3',
      'A mailbox forwards export.json.gz:1',
      'A mailbox forwards export.json.gz:3',
      'A mailbox forwards pretty.json:1',
      'A mailbox forwards pretty.json:16',
    ]);
  });

  test('are the same as hits of a search, and in a list of Windows events', async () => {
    const object = JSON.parse(forward('a', '2026-06-29T01:00:00')) as unknown;
    const tried = await run({
      'search.json': JSON.stringify({ hits: { total: 2, hits: [{ _source: object }, object] } }),
      'windows.json': JSON.stringify({ Events: { Event: [{ EventData: object }, {}] } }),
      'other.json': JSON.stringify({ hits: { hits: [1, object] } }),
    });
    expect(tried.report).toMatchObject({ events: 5, untimed: 1 });
    expect(shown(tried).filter(each => each.startsWith('A mailbox'))).toEqual([
      'A mailbox forwards search.json:1',
      'A mailbox forwards search.json:1',
      'A mailbox forwards windows.json:1',
    ]);
  });

  test('place events without a time by those before them, and say so', async () => {
    const { report, matches } = await run({
      'events.ndjson': [forward('a', '2026-06-29T01:00:00'), forward('b', undefined)].join('\n'),
    });
    expect(report.untimed).toBe(1);
    expect(matches.filter(({ correlation }) => correlation !== undefined)).not.toHaveLength(0);
  });

  test('need no log source, and are named where they are not asked', async () => {
    const bare = `
detection:
  words: [segfault]
  condition: words
---
title: Old
status: deprecated
logsource: { product: linux }
detection:
  words: [segfault]
  condition: words
`;
    const path = join(folder, 'other.yml');
    writeFileSync(path, bare);
    writeFileSync(join(folder, 'events.ndjson'), events);
    const matches: TriedMatch[] = [];
    const report = await tryRules({
      folders: [path],
      said: '--rules',
      policy: emptyWatch,
      only: [],
      words: [join(folder, 'events.ndjson')],
      take: match => matches.push(match),
    });
    expect(shown({ report, matches })).toEqual(['other events.ndjson:5']);
    expect(report.problems.map(({ why }) => why)).toEqual([
      'the rule has no title; it is run all the same',
      'the rule has no logsource; it is run all the same',
    ]);
    expect(report.limits).toEqual(['Deprecated or unsupported, and not asked: Old.']);
  });

  test('are told in words, and to programs', async () => {
    const { report, matches } = await run({ 'events.ndjson': events });
    expect(
      triedText(report).replaceAll(folder, 'DIR'),
    ).toBe(`3 of 3 rules matched, in 3 of 5 events.

high          A mailbox forwards                                             2 events
              DIR/events.ndjson:1, :4
medium        Words                                                          1 event
              DIR/events.ndjson:5
critical      Many do                                                        1 time
              DIR/events.ndjson:4

No JSON, and taken as the field "message": 2 lines.
`);
    expect(JSON.parse(triedJson(report))).toMatchObject({
      schema: 'postern.hunt-events/1',
      summary: { events: 5 },
    });
    const [first, , , last] = matches.map(match => JSON.parse(matchLine(match)) as unknown);
    expect(first).toMatchObject({
      rule: { title: 'A mailbox forwards', level: 'high', tags: ['attack.t1114.003'] },
      line: 1,
      time: '2026-06-29T01:00:00.000Z',
      event: { UserId: 'hanako@example.jp' },
    });
    expect(last).toMatchObject({
      correlation: {
        type: 'value_count',
        value: 2,
        group: { 'Parameters.ForwardingSmtpAddress': 'smtp:x@example.test' },
      },
    });
  });

  test('need rules, and files that are there', async () => {
    const request = {
      said: '--rules',
      policy: emptyWatch,
      only: [],
      words: [join(folder, 'absent.json')],
      take: () => undefined,
    };
    await expect(tryRules({ ...request, folders: [] })).rejects.toThrow('--events needs --rules');
    writeFileSync(join(folder, 'rules.yml'), forwarding);
    await expect(tryRules({ ...request, folders: [join(folder, 'rules.yml')] })).rejects.toThrow(
      'absent.json: no such file or folder',
    );
  });
});
