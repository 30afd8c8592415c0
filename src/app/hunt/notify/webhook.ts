import { createHmac } from 'node:crypto';
import { messageOf } from '../../../core/errors.ts';
import type { WebhookChannel } from '../../../core/watch-policy.ts';
import { ask } from '../../../intake/exchange.ts';
import { fetchLimits } from '../../../intake/limits.ts';
import { FetchTrouble } from '../../../intake/trouble.ts';
import { slackBody, teamsBody } from './chats.ts';
import type { LetterContent } from './letter.ts';
import { alertsJson } from './letter-json.ts';
import { readAuthorities, readSecret } from './secrets.ts';
import { notSent, type SendSetting, type Sent } from './sent.ts';

const answerBytesMax = 64 << 10;

const bodyOf = (kind: WebhookChannel['kind'], content: LetterContent): object => {
  switch (kind) {
    case 'webhook':
      return alertsJson(content);
    case 'slack':
      return slackBody(content);
    case 'teams':
      return teamsBody(content);
  }
};

const textOf = async (body: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** RFC 9110, 10.2.3: seconds, or a date. */
const pauseOf = (header: string | undefined, nowMs: number): number | undefined => {
  if (header === undefined) return undefined;
  const ms = /^\d{1,6}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, 86_400_000) : undefined;
};

const isPassing = (status: number): boolean =>
  status >= 500 || status === 408 || status === 425 || status === 429;

/** Posts a letter. What the other side answers is a stranger's: bounded, and told in our words. */
export const sendByWebhook = async (
  channel: WebhookChannel,
  content: LetterContent,
  setting: SendSetting,
): Promise<Sent> => {
  try {
    const { url, kind, header, signing, certificates } = channel;
    const address = typeof url === 'string' ? url : readSecret(url, setting).trim();
    let parsed: URL;
    try {
      parsed = new URL(address);
    } catch {
      return { ok: false, why: 'what stands in its place is no address', passing: false };
    }
    if (!/^https?:$/.test(parsed.protocol)) {
      return { ok: false, why: 'its address is not https: or http:', passing: false };
    }
    const body = Buffer.from(JSON.stringify(bodyOf(kind, content)));
    const signature =
      signing === undefined
        ? {}
        : {
            'x-postern-signature': `sha256=${createHmac('sha256', readSecret(signing, setting)).update(body).digest('hex')}`,
          };
    const { ca } = readAuthorities(certificates, setting);
    const answered = await ask({
      url: parsed,
      headers: {
        'user-agent': 'postern',
        'content-type': 'application/json; charset=utf-8',
        'content-length': String(body.length),
        'x-postern-letter': content.id,
        ...signature,
        ...(header === undefined ? {} : { [header.name]: readSecret(header.value, setting) }),
      },
      environment: setting.environment,
      ...(ca === undefined ? {} : { authorities: ca }),
      limits: {
        ...fetchLimits,
        connectMs: setting.timeoutMs,
        firstByteMs: setting.timeoutMs,
        idleMs: setting.timeoutMs,
      },
      signal: AbortSignal.timeout(setting.timeoutMs * 2),
      refuseLocal: false,
      body,
    });
    const { status, headers } = answered;
    const text = await textOf(answered.body());
    if (status >= 200 && status < 300) {
      // Connectors of Teams answer 200 and say in words that nothing was delivered.
      return kind === 'teams' && /delivery failed/i.test(text)
        ? { ok: false, why: 'it answers that the delivery failed', passing: true }
        : { ok: true };
    }
    const pauseMs = pauseOf(headers['retry-after'], content.madeMs);
    return {
      ok: false,
      why:
        status >= 300 && status < 400
          ? `it answers ${status}: what posts is not sent on to another address`
          : `it answers ${status}`,
      passing: isPassing(status),
      ...(pauseMs === undefined ? {} : { pauseMs }),
    };
  } catch (thrown) {
    if (thrown instanceof FetchTrouble) {
      const { passing, pauseMs, how } = thrown;
      return {
        ok: false,
        why: `${messageOf(thrown)}${how === undefined ? '' : `. ${how}`}`,
        passing,
        ...(pauseMs === undefined ? {} : { pauseMs }),
      };
    }
    return notSent(thrown, true);
  }
};
