/** Lines of a mixed Postfix and Dovecot log, made up, and the same in every run. */
export const mailLog = (lines: number): Buffer => {
  let state = 42;
  const below = (max: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * max);
  };
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => below(16).toString(16)).join('');
  const user = (): string =>
    `${['suzuki', 'sato', 'tanaka', 'ito', 'kato'][below(5)]}${below(4_000)}@example.jp`;
  const ip = (): string => `203.0.113.${below(256)}`;
  const kinds: readonly (() => string)[] = [
    () =>
      `postfix/smtpd[${2_000 + below(60)}]: ${hex(10).toUpperCase()}: client=unknown[${ip()}], sasl_method=PLAIN, sasl_username=${user()}`,
    () =>
      `postfix/cleanup[${2_100 + below(60)}]: ${hex(10).toUpperCase()}: message-id=<${hex(24)}@mail.example.jp>`,
    () =>
      `postfix/qmgr[901]: ${hex(10).toUpperCase()}: from=<${user()}>, size=${below(90_000)}, nrcpt=1 (queue active)`,
    () =>
      `postfix/smtp[${2_200 + below(60)}]: ${hex(10).toUpperCase()}: to=<${user()}>, relay=mx.example.test[${ip()}]:25, delay=${below(90) / 10}, delays=0.1/0/0.4/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ${hex(12)})`,
    () =>
      `dovecot: imap-login: Login: user=<${user()}>, method=PLAIN, rip=${ip()}, lip=192.0.2.10, mpid=${below(60_000)}, TLS, session=<${hex(16)}>`,
    () =>
      `dovecot: imap(${user()})<${below(60_000)}><${hex(16)}>: Disconnected: Logged out in=${below(9_000)} out=${below(900_000)} deleted=0 expunged=0 trashed=0 hdr_count=${below(40)} hdr_bytes=${below(40_000)} body_count=${below(9)} body_bytes=${below(800_000)}`,
  ];
  const out: string[] = [];
  for (let n = 0; n < lines; n += 1) {
    const second = Math.floor(n / 40);
    const two = (value: number): string => String(value % 60).padStart(2, '0');
    const stamp = `Jun 29 ${String(Math.floor(second / 3_600) % 24).padStart(2, '0')}:${two(Math.floor(second / 60))}:${two(second)}`;
    out.push(`${stamp} mail01 ${kinds[below(kinds.length)]?.() ?? ''}\n`);
  }
  return Buffer.from(out.join(''));
};
