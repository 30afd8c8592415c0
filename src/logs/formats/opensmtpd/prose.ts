/** A line of a release before 6.0, in the words of later ones. */
export interface ProseLine {
  readonly session?: string;
  readonly part: 'smtp' | 'mta' | 'mda';
  readonly action: string;
  readonly values: ReadonlyMap<string, string>;
  readonly words: string;
}

const connected = /^New session ([0-9a-f]{16}) from host (\S{1,255}) \[([^\][]{2,60})\]$/;
/** White space in a name is written in another way (vis(3)), so that the last ` on session ` is smtpd's. */
const authentication =
  /^(Accepted authentication|Authentication failed|Authentication temporarily failed) for user (\S{0,320}) on session ([0-9a-f]{16})$/;
/** An address within its brackets: a quoted local part may hold them, too. */
const accepted =
  /^Accepted message ([0-9a-f]{8}) on session ([0-9a-f]{16}): from=<((?:"[^"]{0,255}")?[^<>]{0,320})>, (?:to=<((?:"[^"]{0,255}")?[^<>]{0,320})>, )?size=(\d{1,12}), (?:ndest|nrcpts)=(\d{1,9}), proto=\w{1,20}$/;
const failed = /^(Failed command|Bad input) on session ([0-9a-f]{16}): /;
const ended =
  /^(Closing|Received disconnect from|Disconnecting) session ([0-9a-f]{16})(?:: (.{0,300}))?$/;
const secured = /^Started TLS on session ([0-9a-f]{16})/;

const incoming = (text: string): ProseLine | undefined => {
  const line = (
    session: string | undefined,
    action: string,
    values: Readonly<Record<string, string>>,
    words = '',
  ): ProseLine => ({
    ...(session === undefined ? {} : { session }),
    part: 'smtp',
    action,
    values: new Map(Object.entries(values)),
    words,
  });
  const opened = connected.exec(text);
  if (opened !== null) {
    const [, session, host = '', address = ''] = opened;
    return line(session, 'connected', { host, address });
  }
  const login = authentication.exec(text);
  if (login !== null) {
    const [, what = '', user = '', session] = login;
    const result = what.startsWith('Accepted')
      ? 'ok'
      : what.includes('temporarily')
        ? 'tempfail'
        : 'permfail';
    return line(session, 'authentication', { user, result });
  }
  const message = accepted.exec(text);
  if (message !== null) {
    const [, msgid = '', session, from = '', to, size = '', nrcpt = ''] = message;
    return line(session, 'message', {
      msgid,
      from,
      size,
      nrcpt,
      ...(to === undefined ? {} : { to }),
    });
  }
  const refused = failed.exec(text);
  if (refused !== null) {
    const rest = text.slice(refused[0].length);
    // The command is the client's; what it was answered stands behind the last of these marks.
    const at = rest.lastIndexOf('" => ');
    const command = at > 0 && rest.startsWith('"') ? rest.slice(1, at) : '';
    const bad = refused[1] === 'Bad input';
    return line(refused[2], bad ? 'bad-input' : 'failed-command', bad ? {} : { command }, rest);
  }
  const over = ended.exec(text);
  if (over !== null) {
    const [, how, session, why] = over;
    return line(session, 'disconnected', {
      reason: how === 'Closing' ? 'quit' : (why ?? 'disconnected'),
    });
  }
  const tls = secured.exec(text);
  return tls === null ? undefined : line(tls[1], 'tls', {});
};

const outgoing =
  /^(Ok|TempFail|PermFail) for ([0-9a-f]{16}): (?:session=([0-9a-f]{16}), )?from=<((?:"[^"]{0,255}")?[^<>]{0,320})>, to=<((?:"[^"]{0,255}")?[^<>]{0,320})>, (.{0,2000})$/;
const relayed = /(?:^|, )relay=(.{1,320}?)(?:, |$)/;

const delivered = (part: 'mta' | 'mda', text: string): ProseLine | undefined => {
  const match = outgoing.exec(text);
  if (match === null) return undefined;
  const [, result = '', evpid = '', session, from = '', to = '', words = ''] = match;
  // What another server answered stands behind.
  const stat = words.indexOf('stat=');
  const relay = relayed.exec(stat < 0 ? words : words.slice(0, stat))?.[1];
  return {
    ...(session === undefined ? {} : { session }),
    part,
    action: 'delivery',
    values: new Map(
      Object.entries({ result, evpid, from, to, ...(relay === undefined ? {} : { relay }) }),
    ),
    words: `result=${result}, ${words}`,
  };
};

/**
 * `smtp-in: New session …`, `smtp-in: Accepted message …`, `delivery: Ok for …`, `relay: TempFail for …`: smtpd(8) of
 * OpenSMTPD 5.
 */
export const proseOf = (message: string): ProseLine | undefined => {
  if (message.startsWith('smtp-in: ')) return incoming(message.slice('smtp-in: '.length));
  if (message.startsWith('delivery: ')) return delivered('mda', message.slice('delivery: '.length));
  if (message.startsWith('relay: ')) return delivered('mta', message.slice('relay: '.length));
  return undefined;
};
