/** Works out both bounds of a breach of the webmail, as `postern scope` does. See `scope.ts`. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { zonesOf } from '../src/app/ingest/zones.ts';
import { bothBounds } from '../src/app/scope/both-bounds.ts';
import { openLinked } from '../src/app/scope/linked.ts';
import { PeopleTeller } from '../src/app/scope/listed-people.ts';
import { PeopleParquet } from '../src/app/scope/people-file.ts';
import { folderPseudonym, mailboxPseudonym } from '../src/exposure/index/names.ts';
import { Pseudonyms } from '../src/exposure/people/pseudonyms.ts';

const [store = '', from = '0', to = '0', memory = '0', list = ''] = process.argv.slice(2);
const linked = openLinked(store);
if (linked === undefined) throw new Error('nothing linked');
const namer = new Pseudonyms(new Uint8Array(32).fill(7));
const started = performance.now();
/** Everybody within reach, with his rules and data types, as Parquet. */
const file = list === '' ? undefined : openSync(join(store, list), 'w');
const table =
  file === undefined ? undefined : new PeopleParquet(bytes => writeSync(file, bytes), false);
let teller: PeopleTeller | undefined;
let listMs = 0;
const answer = await bothBounds({
  store,
  linked,
  breaches: [
    {
      component: { id: 'roundcube', hosts: ['192.0.2.20'], behind: ['dovecot'] },
      window: { fromMs: Number(from), toMs: Number(to) },
      reach: { mailboxes: 'all' },
      gaps: [],
    },
  ],
  names: {
    mailbox: name => mailboxPseudonym(namer, name),
    folder: name => folderPseudonym(namer, name),
    messageId: id => namer.of('message-id', id),
    forThread: () => namer.forThread(),
    identifiers: text => [namer.of('email', text)],
  },
  zoneOf: zonesOf('UTC', '', 'UTC'),
  note: unseen => process.stderr.write(`${JSON.stringify(unseen)}\n`),
  memoryBytesMax: Number(memory),
  threads: 2,
  ...(table === undefined
    ? {}
    : {
        take: (slice, types) => {
          const began = performance.now();
          teller ??= new PeopleTeller(store, linked, types);
          const told = teller;
          slice.each(each => table.add(told.tell(each, false)));
          listMs += performance.now() - began;
        },
      }),
});
const ending = performance.now();
table?.end();
if (file !== undefined) closeSync(file);
listMs += performance.now() - ending;
const masks = ['own', 'shared', 'weak'] as const;
process.stdout.write(
  JSON.stringify({
    ms: performance.now() - started,
    readMs: answer.readMs,
    listMs,
    read: answer.read,
    row: {
      reach: answer.withinReach.people,
      evidenced: answer.evidenced.people,
      ...Object.fromEntries(
        (['withinReach', 'evidenced'] as const).flatMap(bound =>
          answer[bound].byType.flatMap(each =>
            masks.map(mask => [
              `${bound === 'evidenced' ? bound : 'reach'}_${mask}_${each.type.slice(5)}`,
              each[mask],
            ]),
          ),
        ),
      ),
    },
    messages: [answer.evidenced.messages, answer.withinReach.messages],
    mailboxes: [answer.evidenced.mailboxes, answer.withinReach.mailboxes],
    bases: answer.bases.map(({ basis, people, evidence }) => [basis, people, evidence]),
  }),
);
