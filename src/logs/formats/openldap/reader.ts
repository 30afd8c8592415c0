import type { AccessEvent, EventKind } from '../../../core/access-event.ts';
import { OpenThings } from '../../draft.ts';
import { endpointOf } from '../../endpoint.ts';
import type { Envelope, FormatContext, LogReader, Parsed } from '../../format.ts';
import { type EventParts, happened, quiet, timeless, unparsed } from '../../reading.ts';
import { Clean, whoOf } from '../../records/meaning.ts';
import { anyStamp } from '../../time/stamps.ts';

/** What an operation asked for; its result comes on a line of its own. */
interface Asked {
  readonly kind: EventKind;
  readonly word: string;
  readonly dn: string;
  readonly method?: string;
  readonly filter?: string;
}

interface Connection {
  from: AccessEvent['from'];
  /** Who is bound to it. */
  dn: string | undefined;
  tls: boolean;
  readonly asked: Map<string, Asked>;
}

/** Operations that a client has begun on one connection and that have not ended. */
const askedMax = 50;

/** Between the mark and the last quote: a client chose what is there, and slapd writes no quote behind it. */
const quoted = (text: string, mark: string): string | undefined => {
  const from = text.indexOf(mark);
  const end = text.lastIndexOf('"');
  return from < 0 || end < from + mark.length ? undefined : text.slice(from + mark.length, end);
};

const bindMethods: ReadonlyMap<string, string> = new Map([
  ['0', 'none'],
  ['128', 'simple'],
  ['163', 'sasl'],
]);

const changes: ReadonlyMap<string, EventKind> = new Map<string, EventKind>([
  ['MOD', 'account.changed'],
  ['ADD', 'account.changed'],
  ['DEL', 'account.changed'],
  ['MODRDN', 'account.changed'],
  ['PASSMOD', 'password.changed'],
]);

const askedBy = (word: string, rest: string): Asked | undefined => {
  if (word === 'BIND') {
    const dn = quoted(rest, 'dn="') ?? '';
    const method = / method=(\d{1,3})$/.exec(rest)?.[1];
    return method === undefined
      ? undefined
      : { kind: 'login', word, dn, method: bindMethods.get(method) ?? method };
  }
  if (word === 'SRCH' && rest.startsWith('base="')) {
    // The filter stands last; slapd writes it from what it understood, quotes escaped.
    const mark = rest.lastIndexOf(' filter="');
    const base = rest.slice('base="'.length, rest.lastIndexOf('" scope='));
    const filter = mark < 0 ? undefined : rest.slice(mark + ' filter="'.length).replace(/"$/, '');
    return { kind: 'search', word, dn: base, ...(filter === undefined ? {} : { filter }) };
  }
  const kind = changes.get(word);
  if (kind === undefined) return undefined;
  const dn = quoted(rest, word === 'PASSMOD' ? 'id="' : 'dn="');
  return dn === undefined && word !== 'PASSMOD' ? undefined : { kind, word, dn: dn ?? '' };
};

/** `uid=alice,ou=people,dc=example,dc=jp` as it is: which part of it is a name depends on the tree. */
const bound = (dn: string | undefined): AccessEvent['user'] => whoOf(dn);

class Reader implements LogReader {
  private readonly context: FormatContext;
  private readonly connections: OpenThings<Connection>;

  constructor(context: FormatContext) {
    this.context = context;
    this.connections = new OpenThings(context.openMax);
  }

  read(envelope: Envelope): Parsed {
    const { message, stamp } = envelope;
    const own = stamp === undefined ? anyStamp(message) : undefined;
    const text = own === undefined ? message : message.slice(own.end).trimStart();
    const match = /^conn=(-?\d{1,12}) (?:op=(\d{1,10})|fd=(\d{1,8})) /.exec(text);
    if (match === null) {
      return /^(?:slapd |daemon: |@\(#\)|slap_|connection_|bdb|mdb|hdb|syncprov|syncrepl|do_sync|<=|=>|config|TLS|shutdown)/i.test(
        text,
      ) || text === ''
        ? quiet('what slapd says of itself')
        : unparsed('no operation of a connection');
    }
    const [head, id = '', operation] = match;
    const rest = text.slice(head.length);
    const at = own?.stamp ?? stamp;
    const base = {
      time: at === undefined ? timeless : this.context.time(at),
      component: 'openldap',
      service: 'ldap',
      host: envelope.host,
      pid: envelope.pid,
      session: id,
    };
    return operation === undefined
      ? this.connection(id, rest, base)
      : this.operation(id, operation, rest, base);
  }

  private open(id: string): Connection {
    const known = this.connections.get(id);
    if (known !== undefined) return known;
    const made: Connection = { from: undefined, dn: undefined, tls: false, asked: new Map() };
    this.connections.set(id, made);
    return made;
  }

  private connection(
    id: string,
    rest: string,
    base: Pick<EventParts, 'time' | 'component'>,
  ): Parsed {
    const accepted = /^ACCEPT from (?:IP=(\S{1,100}) \(IP=(\S{1,100})\)|PATH=(.{1,200}))/.exec(
      rest,
    );
    if (accepted !== null) {
      this.connections.delete(id);
      const connection = this.open(id);
      connection.from = endpointOf(accepted[1] ?? '');
      return happened({
        ...base,
        kind: 'connection',
        outcome: 'success',
        from: connection.from,
        to: endpointOf(accepted[2] ?? ''),
      });
    }
    if (rest.startsWith('closed')) this.connections.delete(id);
    if (/^TLS established\b/.test(rest)) this.open(id).tls = true;
    return quiet('of a connection');
  }

  private operation(
    id: string,
    operation: string,
    rest: string,
    base: Pick<EventParts, 'time' | 'component'>,
  ): Parsed {
    const result =
      /^(?:SEARCH )?RESULT (?:oid=\S{0,60} )?tag=(\d{1,4}) err=(\d{1,6})\b(.{0,2000})/.exec(rest);
    if (result !== null) return this.result(id, operation, result, base);
    const space = rest.indexOf(' ');
    const word = space < 0 ? rest : rest.slice(0, space);
    const asked = askedBy(word, rest.slice(word.length + 1));
    if (asked !== undefined) {
      const { asked: all } = this.open(id);
      if (all.size >= askedMax) all.clear();
      all.set(operation, asked);
    }
    // A bind is written twice: how it was asked for, and as whom it was understood.
    if (word === 'BIND' && asked === undefined) {
      const dn = quoted(rest, 'dn="');
      const held = this.open(id).asked.get(operation);
      const mech = / mech=([\w-]{1,40})/.exec(rest.slice(rest.lastIndexOf('"')))?.[1];
      if (held !== undefined) {
        this.open(id).asked.set(operation, {
          ...held,
          dn: dn ?? held.dn,
          ...(mech === undefined ? {} : { method: mech.toLowerCase() }),
        });
      }
    }
    return quiet('its result comes on another line');
  }

  private result(
    id: string,
    operation: string,
    found: RegExpExecArray,
    base: Pick<EventParts, 'time' | 'component'>,
  ): Parsed {
    const [, , error = '', tail = ''] = found;
    const connection = this.open(id);
    const asked = connection.asked.get(operation);
    connection.asked.delete(operation);
    if (asked === undefined) return quiet('the result of what was not logged');
    // 14: one more step of SASL is to come.
    if (error === '14') {
      connection.asked.set(operation, asked);
      return quiet('a step of a bind');
    }
    const outcome = error === '0' ? 'success' : 'failure';
    const clean = new Clean();
    const entries = / nentries=(\d{1,12})/.exec(tail)?.[1];
    const said = / text=(.*)$/.exec(tail)?.[1];
    const isBind = asked.kind === 'login';
    const by = connection.dn;
    if (isBind) connection.dn = outcome === 'success' ? asked.dn : undefined;
    const isSearch = asked.kind === 'search';
    const about = whoOf(asked.dn);
    return happened({
      ...base,
      kind: asked.kind,
      outcome,
      user: isBind || !isSearch ? (about ?? bound(by)) : bound(by),
      actor: isBind || isSearch || by === asked.dn ? undefined : bound(by),
      from: connection.from,
      tls: connection.tls ? true : undefined,
      authMethod: isBind ? asked.method : undefined,
      change:
        isBind || isSearch
          ? undefined
          : clean.change([
              ['operation', asked.word],
              ['dn', asked.dn],
            ]),
      detail: clean.detail(
        isSearch ? `base ${asked.dn}` : undefined,
        asked.filter === undefined ? undefined : `filter ${asked.filter}`,
        entries === undefined ? undefined : `${entries} entries`,
        isBind && asked.dn === '' ? 'anonymous' : undefined,
        error === '0' ? undefined : `error ${error}`,
        said,
      ),
      flags: clean.flags(),
    });
  }
}

export const openLdap = (context: FormatContext): LogReader => new Reader(context);
