import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openCustomers } from '../app/people/customer-files.ts';
import { sourcesOf } from '../app/people/customer-sources.ts';
import { readCase } from '../app/scope/cases.ts';
import type { ListedPerson } from '../app/scope/listed-people.ts';
import { PeopleCsv, type PeopleFile, PeopleParquet } from '../app/scope/people-file.ts';
import { listPeople } from '../app/scope/people-list.ts';
import { exitCodes, UsageError } from '../core/errors.ts';
import { spellingOf } from './arguments.ts';
import { type OutStream, openOut } from './out.ts';
import type { Outcome } from './outcome.ts';
import { requestFor } from './run-scope.ts';
import type { Prepared } from './target.ts';

const bounds = ['evidenced', 'within-reach'] as const;
type BoundName = (typeof bounds)[number];

const boundOf = ({ invocation }: Prepared): BoundName => {
  const given = invocation.values.get('bound') ?? 'evidenced';
  const bound = bounds.find(each => each === given);
  if (bound !== undefined) return bound;
  throw new UsageError(
    `scope: ${spellingOf(invocation, 'bound')} "${given.slice(0, 60)}": expected one of ${bounds.join(', ')}`,
  );
};

interface OpenList {
  readonly out: OutStream;
  readonly file: PeopleFile;
  people: number;
}

const openList = (path: string, withNames: boolean): OpenList => {
  const out = openOut(path);
  const write = (bytes: Uint8Array): void => out.write(bytes);
  const file = path.endsWith('.parquet')
    ? new PeopleParquet(write, withNames)
    : new PeopleCsv(write, withNames);
  return { out, file, people: 0 };
};

/** A tenant's name as the name of a file. */
const fileNameOf = (tenant: string): string => {
  const name = tenant
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 100);
  return name === '' ? 'no-tenant' : name;
};

/** Lists that are written at the same time; each gets its name only when all of it is there. */
class Lists {
  private readonly lists = new Map<string, OpenList>();
  private readonly pathOf: (tenant: string) => string;
  private readonly isFanOut: boolean;
  private readonly withNames: boolean;

  constructor(out: string, isFanOut: boolean, withNames: boolean) {
    this.isFanOut = isFanOut;
    this.withNames = withNames;
    if (isFanOut) mkdirSync(out, { recursive: true, mode: 0o700 });
    this.pathOf = isFanOut ? tenant => join(out, `${fileNameOf(tenant)}.csv`) : () => out;
    if (!isFanOut) this.listAt(out);
  }

  of({ tenants }: ListedPerson): readonly PeopleFile[] {
    const names = this.isFanOut ? tenants.split(';') : [''];
    return [...new Set(names.map(this.pathOf))].map(path => {
      const list = this.listAt(path);
      list.people += 1;
      return list.file;
    });
  }

  finish(): string {
    const said: string[] = [];
    for (const [path, { file, out, people }] of this.lists) {
      file.end();
      out.finish();
      said.push(`${path}: ${people.toLocaleString('en')} ${people === 1 ? 'person' : 'people'}`);
    }
    return `${said.toSorted().join('\n')}\n`;
  }

  abandon(): void {
    for (const { out } of this.lists.values()) out.abandon();
  }

  private listAt(path: string): OpenList {
    let list = this.lists.get(path);
    if (list === undefined) {
      if (this.lists.size >= 2_000) {
        throw new UsageError(
          'scope tenants: more than 2,000 tenants: list all people, and part them by the column tenants',
        );
      }
      list = openList(path, this.withNames);
      this.lists.set(path, list);
    }
    return list;
  }
}

export interface ExportRequest {
  readonly prepared: Prepared;
  /** Of the case. */
  readonly name: string;
  /** A list for each tenant. */
  readonly isFanOut: boolean;
  readonly say: (stage: string) => void;
}

/** `postern scope people CASE`, `postern scope tenants CASE`: who is to be told. */
export const exportPeople = async ({
  prepared,
  name,
  isFanOut,
  say,
}: ExportRequest): Promise<Outcome> => {
  const { invocation } = prepared;
  const action = isFanOut ? 'tenants' : 'people';
  const out = invocation.values.get('out');
  if (out === undefined) {
    throw new UsageError(
      `scope ${action}: --out ${isFanOut ? 'FOLDER' : 'FILE'} is missing: a list of people is not for a terminal`,
    );
  }
  const bound = boundOf(prepared);
  const aim = await prepared.aim();
  const scope = requestFor(invocation, aim, say);
  const { asked, report: before } = readCase(scope.store, name);
  const withNames = invocation.switches.has('names');
  const { folder = '.' } = aim.configuration;
  const list = openCustomers(scope.store)?.list;
  const sources = list === undefined ? undefined : sourcesOf(list, aim.configuration);
  if (withNames && sources === undefined) {
    throw new UsageError(
      `scope ${action}: --names: names are read from the list of customers again, and ${list === undefined ? 'none was read into the store' : 'postern.yaml (exposure.customers) does not say how'}`,
    );
  }
  const lists = new Lists(out, isFanOut, withNames);
  try {
    const { report } = await listPeople({
      scope: { ...scope, asked },
      bound,
      fileOf: person => lists.of(person),
      ...(withNames && list !== undefined && sources !== undefined
        ? { names: { sources, folder, list, environment: process.env } }
        : {}),
    });
    const changed =
      before.evidenced.people !== report.evidenced.people ||
      before.withinReach.people !== report.withinReach.people;
    const text = lists.finish();
    const note = changed
      ? `not the numbers of version ${before.case?.version ?? 0}: what it rests on has changed since; postern scope --case ${name} makes the next version\n`
      : '';
    return {
      text: `${text}${note}`,
      exit: changed ? exitCodes.unseen : exitCodes.done,
      out: undefined,
    };
  } catch (thrown) {
    lists.abandon();
    throw thrown;
  }
};
