import { ipOf } from '../endpoint.ts';
import type { Envelope, FormatContext, LogFormat, Parsed } from '../format.ts';
import {
  freeText,
  happened,
  onHost,
  personOf,
  quiet,
  timedWithin,
  timeless,
  unparsed,
} from '../reading.ts';
import { printable } from '../text.ts';
import { isoStamp } from '../time/stamps.ts';

/**
 * Keycloak's event listener: `2026-11-22 12:00:00,123 WARN  [org.keycloak.events] (executor-thread-1) type=LOGIN_ERROR, …`;
 * on WildFly's console, before Keycloak 17, without the day.
 */
const keycloakHead =
  /^(?:\d{2}:\d{2}:\d{2},\d{3} )?(?:TRACE|DEBUG|INFO|WARN|ERROR) {1,2}\[org\.key(?:cloak)?\.events\] \([^)]{1,80}\) (?=type=)/;

/** What else Keycloak and the server that it runs in say. */
const serverHead =
  /^(?:\d{2}:\d{2}:\d{2},\d{3} )?(?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL) {1,2}\[[\w.-]{1,120}\] \([^)]{1,80}\) /;

/** `key=value, key=value` or quoted; what a client chose stands behind his address, so of a key the first counts. */
const keycloakFields = (text: string): ReadonlyMap<string, string> => {
  const held = new Map<string, string>();
  for (const part of text.split(', ', 60)) {
    const equals = part.indexOf('=');
    const key = part.slice(0, equals);
    if (equals > 0 && !held.has(key))
      held.set(key, part.slice(equals + 1).replace(/^"(.*)"$/, '$1'));
  }
  return held;
};

const given = (value: string | undefined): string | undefined =>
  value === undefined || value === 'null' || value === '' ? undefined : value;

const keycloak = (text: string, time: ReturnType<FormatContext['time']>): Parsed => {
  const fields = keycloakFields(text);
  const type = fields.get('type') ?? '';
  const base = type.replace(/_ERROR$/, '');
  const kind =
    base === 'LOGIN'
      ? 'login'
      : base === 'LOGOUT'
        ? 'logout'
        : base === 'IMPERSONATE'
          ? 'login.impersonated'
          : base === 'UPDATE_PASSWORD' || base === 'RESET_PASSWORD'
            ? 'password.changed'
            : /^(?:REGISTER|UPDATE_|REMOVE_|DELETE_ACCOUNT)/.test(base)
              ? 'account.changed'
              : base.startsWith('GRANT_CONSENT')
                ? 'app.consent'
                : undefined;
  if (kind === undefined) return quiet(`Keycloak: ${printable(type, 60)}`);
  const ip = ipOf(fields.get('ipAddress') ?? '');
  const client = given(fields.get('clientId'));
  const user = given(fields.get('username')) ?? given(fields.get('userId'));
  return happened({
    kind,
    time,
    outcome: type.endsWith('_ERROR') ? 'failure' : 'success',
    component: 'keycloak',
    service: 'sso',
    user: personOf(user),
    actor: personOf(given(fields.get('impersonator'))),
    app: client === undefined ? undefined : { name: printable(client) },
    from: ip === undefined ? undefined : { ip },
    ...freeText(fields.get('error') ?? ''),
  });
};

/** Authelia, by logrus: `time="…" level=error msg="…" remote_ip=192.0.2.1`, quotes escaped, or the same as JSON. */
const autheliaText = (text: string): ReadonlyMap<string, string> => {
  const held = new Map<string, string>();
  let count = 0;
  for (const match of text
    .slice(0, 16_000)
    .matchAll(/([a-z_]{2,30})=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g)) {
    count += 1;
    if (count > 40) break;
    const key = match[1] ?? '';
    if (!held.has(key)) held.set(key, match[2] ?? match[3] ?? '');
  }
  return held;
};

const autheliaJson = (text: string): ReadonlyMap<string, string> => {
  const held = new Map<string, string>();
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return held;
    for (const [key, each] of Object.entries(value))
      if (typeof each === 'string') held.set(key, each);
  } catch {
    // Cut off: what it says stays unknown.
  }
  return held;
};

/** The name that was tried stands in quotes, and Authelia's own words behind it. */
const tried =
  /(?:attempt (?:made )?by user|username input|for user|user) '(.{1,320}?)'(?=$|:| which| \(|,| is | on )/;

const authelia = (fields: ReadonlyMap<string, string>, context: FormatContext): Parsed => {
  const message = fields.get('msg') ?? '';
  const stamp = isoStamp(fields.get('time') ?? '')?.stamp;
  const good = /^Successful (\w+) authentication attempt/.test(message);
  const bad =
    /^Unsuccessful |^Error occurred getting details for user|^User .{1,320} is banned|authentication attempt .{0,400} failed/.test(
      message,
    );
  if (!good && !bad) return quiet('Authelia itself');
  const ip = ipOf(fields.get('remote_ip') ?? '');
  const method = /^(?:Uns|S)uccessful (\w{2,20}) authentication/.exec(message)?.[1];
  return happened({
    kind: 'login',
    time: stamp === undefined ? timeless : context.time(stamp),
    outcome: good ? 'success' : 'failure',
    component: 'authelia',
    service: 'sso',
    user: personOf(tried.exec(message)?.[1]),
    from: ip === undefined ? undefined : { ip },
    authMethod: method,
    ...freeText(good ? '' : message),
  });
};

const isAuthelia = (text: string): boolean =>
  text.startsWith('time="')
    ? / level=\w+ msg="/.test(text.slice(0, 200))
    : text.startsWith('{') &&
      text.includes('"msg":"') &&
      text.includes('"remote_ip":"') &&
      text.includes('"level":"');

const read = (envelope: Envelope, context: FormatContext): Parsed => {
  const { message } = envelope;
  if (isAuthelia(message))
    return authelia(
      message.startsWith('{') ? autheliaJson(message) : autheliaText(message),
      context,
    );
  const { time, text } = timedWithin(envelope, context, isoStamp);
  const head = keycloakHead.exec(text);
  if (head !== null) return keycloak(text.slice(head[0].length), time);
  return serverHead.test(text)
    ? quiet('Keycloak itself')
    : unparsed('no line of an identity provider');
};

/** Keycloak and Authelia, which stand before webmail and ask who it is. */
export const identityProvider: LogFormat = {
  id: 'identity-provider',
  title: 'Keycloak and Authelia: logins before webmail',
  sniff: ({ program, message }) => {
    if (program !== undefined && !/^(?:keycloak|authelia)$/.test(program)) return 0;
    if (isAuthelia(message)) return message.includes('remote_ip') ? 0.85 : 0.3;
    const end = isoStamp(message)?.end ?? 0;
    return keycloakHead.test(message.slice(end).trimStart().slice(0, 200)) ? 0.95 : 0;
  },
  open: context => ({ read: envelope => onHost(read(envelope, context), envelope) }),
};
