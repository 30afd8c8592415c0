import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, isIP, isIPv6, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SyslogChannel } from '../../../core/watch-policy.ts';
import type { LetterContent } from './letter.ts';
import { readAuthorities } from './secrets.ts';
import { notSent, type SendSetting, type Sent } from './sent.ts';
import { syslogMessages } from './syslog-message.ts';

interface Target {
  readonly host: string;
  readonly port: number;
}

const usualPorts: Readonly<Record<string, number>> = { 'udp:': 514, 'tcp:': 601, 'tls:': 6514 };

const byUdp = async (messages: readonly Buffer[], { host, port }: Target): Promise<Sent> => {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    for (const each of messages) {
      await new Promise<void>((done, fail) => {
        socket.send(each, port, host, error => (error === null ? done() : fail(error)));
      });
    }
    return { ok: true, unsure: 'it goes by UDP, which nobody acknowledges' };
  } finally {
    socket.close();
  }
};

/** Octet counting: RFC 6587, 3.4.1, and RFC 5425, 4.3. */
const framed = (messages: readonly Buffer[]): Buffer =>
  Buffer.concat(messages.flatMap(each => [Buffer.from(`${each.length} `), each]));

/**
 * Nobody acknowledges a message, but the other side's system acknowledges bytes: it is taken when all of them were
 * and the other side ended its part without a word of error after ours had ended, or left it open for a while.
 */
const byStream = async (
  socket: Socket,
  ready: string,
  messages: readonly Buffer[],
  timeoutMs: number,
): Promise<Sent> => {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    await once(socket, ready, { signal });
    const closed = new Promise<void>((done, fail) => {
      socket.once('close', () => done());
      socket.once('error', fail);
    });
    // What comes back is of no interest, but must be read for the end to be seen.
    socket.resume();
    await new Promise<void>((done, fail) => {
      socket.once('error', fail);
      socket.end(framed(messages), () => done());
    });
    const patience = new Promise<void>(done => {
      setTimeout(done, Math.min(timeoutMs, 2_000)).unref();
    });
    await Promise.race([closed, patience]);
    return { ok: true };
  } finally {
    socket.on('error', () => {});
    socket.destroy();
  }
};

/** Sends a message for each alert of a letter (RFC 5424 over RFC 5426, RFC 6587 or RFC 5425). */
export const sendBySyslog = async (
  channel: SyslogChannel,
  content: LetterContent,
  setting: SendSetting,
): Promise<Sent> => {
  try {
    const url = new URL(channel.server);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const target = {
      host,
      port: url.port === '' ? (usualPorts[url.protocol] ?? 514) : Number(url.port),
    };
    const messages = syslogMessages(content, channel.facility);
    const { timeoutMs } = setting;
    switch (url.protocol) {
      case 'udp:':
        return await byUdp(messages, target);
      case 'tcp:':
        return await byStream(connectTcp(target), 'connect', messages, timeoutMs);
      default: {
        const authorities = readAuthorities(channel.certificates, setting);
        const socket = connectTls({
          ...target,
          ...(isIP(host) === 0 ? { servername: host } : {}),
          ...authorities,
        });
        return await byStream(socket, 'secureConnect', messages, timeoutMs);
      }
    }
  } catch (thrown) {
    return thrown instanceof Error && thrown.name === 'AbortError'
      ? { ok: false, why: 'it does not answer', passing: true }
      : notSent(thrown, true);
  }
};
