import { endpointOf } from '../endpoint.ts';
import { plainFormat, type Told } from '../filter-format.ts';
import type { LogFormat } from '../format.ts';
import { personOf } from '../reading.ts';
import { detailOf } from '../text.ts';

const endpoint = String.raw`(\[?[0-9A-Fa-f.:]{2,45}\]?:\d{1,5})`;

/** Names are the client's and stand in quotation marks; the address stands before them, what came of it last. */
const auth = new RegExp(`^Auth: ${endpoint}->\\S{2,60} (.{0,2000}) status="([^"]{1,300})"$`);
const connected = new RegExp(`^Connect: ${endpoint}->`);
const fatal = new RegExp(
  `^Fatal Error reading authentication information from client ${endpoint}->`,
);

const quoted = (text: string, name: string): string | undefined =>
  new RegExp(`(?:^| )${name}="([^"]{0,320})"`).exec(text)?.[1];

const serviceOf = (protocol: string | undefined): string =>
  protocol?.startsWith('POP') === true
    ? 'pop3'
    : protocol?.startsWith('MANAGESIEVE') === true
      ? 'managesieve'
      : 'imap';

const from = (text: string | undefined): Pick<Told, 'from'> => {
  const found = endpointOf(text ?? '');
  return found === undefined ? {} : { from: found };
};

const told = (text: string): Told | undefined => {
  const login = auth.exec(text);
  if (login !== null) {
    const [, client, words = '', status = ''] = login;
    const protocol = /(?:^| )protocol=([A-Z0-9]{1,20})(?: |$)/.exec(words)?.[1];
    const user = personOf(quoted(words, 'authorisation_id') || quoted(words, 'authentication_id'));
    const server = endpointOf(quoted(words, 'server') ?? '');
    const secure = /(?:^| )client-secure=(\w{1,20})/.exec(words)?.[1];
    return {
      kind: 'login',
      outcome: status === 'ok' ? 'success' : 'failure',
      service: serviceOf(protocol),
      ...(user === undefined ? {} : { user }),
      ...from(client),
      ...(server === undefined ? {} : { to: server }),
      ...(secure === 'ssl' || secure === 'tls' ? { tls: true } : {}),
      detail: detailOf(status),
    };
  }
  const opened = connected.exec(text);
  const broken = opened ?? fatal.exec(text);
  return broken === null
    ? undefined
    : {
        kind: 'connection',
        outcome: opened === null ? 'failure' : 'success',
        ...from(broken[1]),
        detail: detailOf(text),
      };
};

/** Perdition, a proxy before several IMAP and POP3 servers. */
export const perdition: LogFormat = plainFormat({
  id: 'perdition',
  title: 'Perdition: IMAP and POP3 proxy',
  program: /^perdition(?:\.\w{1,20})?$/,
  shape: /^(?:Auth|Connect|Close): \[?[0-9A-Fa-f.:]{2,52}->/,
  open: () => told,
});
