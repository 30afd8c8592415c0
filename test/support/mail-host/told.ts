import { spawnSync } from 'node:child_process';

/** What an event says, on a line that can be compared; of OCSF, as `postern` writes it. */
export interface ToldEvent {
  /** Path of the log that it was read in. */
  readonly log: string;
  readonly kind: string;
  readonly text: string;
  readonly from: string | undefined;
  readonly timeMs: number;
  readonly flags: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const inside = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Json)[key] : undefined),
    value,
  );

const textAt = (value: unknown, ...path: readonly (string | number)[]): string | undefined => {
  const found = inside(value, ...path);
  return typeof found === 'string' ? found : undefined;
};

/** Ids that Postfix and Sieve make up for messages of their own. */
const named = (id: string): string =>
  id
    .replace(/^<\d{14}\.[0-9A-F]+@mx\.example\.test>$/, '<a bounce>')
    .replace(/^<dovecot-sieve-.*>$/, '<an answer>');

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const messagesOf = (event: Json): readonly string[] => {
  const resources = list(event['resources'])
    .filter(each => inside(each, 'type') === 'message')
    .map(each => textAt(each, 'uid') ?? '');
  if (resources.length > 0) return resources;
  const mail = textAt(event, 'email', 'message_uid');
  return mail === undefined
    ? list(inside(event, 'unmapped', 'postern', 'messages')).flatMap(
        each => textAt(each, 'messageId') ?? [],
      )
    : [mail];
};

const recipientsOf = (event: Json): readonly string[] =>
  [
    ...list(inside(event, 'email', 'smtp_to')),
    ...list(inside(event, 'unmapped', 'postern', 'messages', 0, 'to')),
  ].map(String);

const toldBy = (event: Json): ToldEvent => {
  const own = inside(event, 'unmapped', 'postern');
  const kind = textAt(own, 'kind') ?? '';
  const acting = textAt(event, 'actor', 'user', 'name') ?? textAt(own, 'actor', 'name');
  const user =
    textAt(event, 'user', 'name') ??
    textAt(event, 'resources', 0, 'owner', 'name') ??
    textAt(event, 'entity', 'user', 'name') ??
    textAt(own, 'user', 'name') ??
    acting;
  const from = textAt(event, 'src_endpoint', 'ip') ?? textAt(own, 'from', 'ip');
  const count = inside(own, 'count');
  const to = recipientsOf(event);
  const parts = [
    kind,
    event['status_id'] === 2 ? 'FAILED' : undefined,
    textAt(own, 'service'),
    user,
    acting === undefined || acting === user ? undefined : `by ${acting}`,
    from === undefined ? undefined : `from ${from}`,
    textAt(own, 'folder'),
    ...messagesOf(event).map(named),
    to.length === 0 ? undefined : `to ${to.join(' ')}`,
    typeof count === 'number' && kind !== 'message.submitted' && kind !== 'message.received'
      ? `x${count}`
      : undefined,
  ];
  return {
    log: textAt(event, 'metadata', 'log_name') ?? '',
    kind,
    text: parts.filter(part => part !== undefined).join(' '),
    from,
    timeMs: Number(event['time']),
    flags: list(inside(own, 'flags')).map(String),
  };
};

/** What `postern` prints. @throws with what it says on standard error */
export const postern = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/postern.js', ...args], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (status !== 0)
    throw new Error(`postern ${args.join(' ')}: exit ${status}\n${stdout}${stderr}`);
  return stdout;
};

/** Kept events that `postern events` answers with. */
export const toldIn = (store: string, ...question: readonly string[]): readonly ToldEvent[] =>
  postern('events', '--store', store, '--format', 'ndjson', '--quiet', ...question)
    .split('\n')
    .filter(line => line !== '')
    .map(line => toldBy(JSON.parse(line) as Json));
