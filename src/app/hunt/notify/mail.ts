import type { MailChannel } from '../../../core/watch-policy.ts';
import { type LetterContent, letterText, subjectOf } from './letter.ts';
import { readAuthorities, readSecret } from './secrets.ts';
import { notSent, type SendSetting, type Sent } from './sent.ts';

const fieldOf = (thrown: unknown, name: string): unknown =>
  typeof thrown === 'object' && thrown !== null && name in thrown
    ? (thrown as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** RFC 5321, 4.2.1: a 5 at the beginning means "never". */
const refusal = (thrown: unknown): Sent => {
  const reply = fieldOf(thrown, 'responseCode');
  const code = fieldOf(thrown, 'code');
  const said = notSent(thrown, !(typeof reply === 'number' && reply >= 500 && reply < 600));
  // A wrong password does not become right by itself.
  return code === 'EAUTH' && !said.ok ? { ...said, passing: false } : said;
};

/** Sends a letter through a mail server (RFC 5321, RFC 3207). */
export const sendByMail = async (
  channel: MailChannel,
  content: LetterContent,
  setting: SendSetting,
): Promise<Sent> => {
  try {
    const { server, password, certificates, tls, sender, to } = channel;
    const url = new URL(server);
    const isSecure = url.protocol === 'smtps:';
    const user = decodeURIComponent(url.username);
    const pass = password === undefined ? undefined : readSecret(password, setting);
    const authorities = readAuthorities(certificates, setting);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    // Loaded only where mail is sent.
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      host,
      port: url.port === '' ? (isSecure ? 465 : user === '' ? 25 : 587) : Number(url.port),
      secure: isSecure,
      requireTLS: tls === 'required',
      ignoreTLS: tls === 'none',
      ...(user === '' || pass === undefined ? {} : { auth: { user, pass } }),
      tls: { ...authorities, minVersion: 'TLSv1.2' },
      connectionTimeout: setting.timeoutMs,
      greetingTimeout: setting.timeoutMs,
      socketTimeout: setting.timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      const info = await transport.sendMail({
        from: { name: 'Postern', address: sender },
        to: [...to],
        subject: subjectOf(content),
        text: letterText(content),
        date: new Date(content.madeMs),
        messageId: `<${content.id}@${sender.split('@')[1] ?? 'postern'}>`,
        // RFC 3834: nobody's holiday answers it.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Postern-Letter': content.id },
      });
      const refused = info.rejected?.length ?? 0;
      return refused === 0
        ? { ok: true }
        : { ok: true, remark: `${refused} of ${to.length} recipients were refused` };
    } finally {
      transport.close();
    }
  } catch (thrown) {
    return refusal(thrown);
  }
};
