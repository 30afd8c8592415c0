import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type RequestListener,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';

/** Ends what a test started. */
export type Close = () => Promise<void>;

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const listen = async (server: Server): Promise<{ port: number; close: Close }> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

export interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Takes what is posted; `answers` says what to answer, the last of them for ever. */
export const hookServer = async (
  answers: { status: number; body?: string; headers?: Record<string, string> }[],
  tls?: Certified,
): Promise<{ url: string; posted: Posted[]; close: Close }> => {
  const posted: Posted[] = [];
  const take: RequestListener = (request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      posted.push({ headers: request.headers, body });
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 200 };
      response.writeHead(answer.status, answer.headers ?? {}).end(answer.body ?? '');
    });
  };
  const server = tls === undefined ? createHttpServer(take) : createHttpsServer(tls, take);
  const { port, close } = await listen(server);
  return { url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${port}/hook`, posted, close };
};

export interface Certified {
  readonly key: string;
  readonly cert: string;
  /** File of the certificate. */
  readonly path: string;
}

export const hasOpenssl: boolean = spawnSync('openssl', ['version']).status === 0;

/** A certificate of this machine, made by openssl(1). */
export const makeCertificate = (folder: string): Certified => {
  const key = join(folder, 'key.pem');
  const path = join(folder, 'cert.pem');
  const options =
    'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1';
  spawnSync('openssl', [...options.split(' '), '-keyout', key, '-out', path]);
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(path, 'utf8'), path };
};

export interface MailServerOptions {
  readonly tls?: Certified;
  /** `user:password` that it takes. */
  readonly login?: string;
  /** Its answer to RCPT, by the address. */
  readonly recipient?: (address: string) => string;
}

export interface TakenMail {
  readonly data: string;
  readonly recipients: readonly string[];
  readonly wasEncrypted: boolean;
}

/** As much of a mail server as a client needs (RFC 5321, RFC 3207, RFC 4954). */
export const mailServer = async (
  options: MailServerOptions = {},
): Promise<{ port: number; mails: TakenMail[]; heard: string[]; close: Close }> => {
  const mails: TakenMail[] = [];
  const heard: string[] = [];
  const talk = (socket: Socket, wasEncrypted: boolean): void => {
    let buffer = '';
    let data: string[] | undefined;
    let recipients: string[] = [];
    const say = (line: string): unknown => socket.write(`${line}\r\n`);
    const take = (line: string): void => {
      if (data !== undefined) {
        if (line !== '.') data.push(line);
        else {
          mails.push({ data: data.join('\n'), recipients, wasEncrypted });
          data = undefined;
          say('250 taken');
        }
        return;
      }
      heard.push(line);
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') {
        say('250-mx.example.jp');
        if (options.tls !== undefined && !wasEncrypted) say('250-STARTTLS');
        if (options.login !== undefined) say('250-AUTH PLAIN');
        say('250 8BITMIME');
      } else if (verb === 'STAR' && options.tls !== undefined) {
        say('220 go on');
        socket.removeAllListeners('data');
        const { key, cert } = options.tls;
        const secure = new TLSSocket(socket, { isServer: true, key, cert });
        secure.on('error', () => {});
        talk(secure, true);
      } else if (verb === 'STAR') say('502 no');
      else if (verb === 'AUTH') {
        const given = Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString()
          .split('\0');
        say(given.slice(1).join(':') === options.login ? '235 welcome' : '535 5.7.8 wrong');
      } else if (verb === 'RCPT') {
        const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
        const answer = options.recipient?.(address) ?? '250 ok';
        if (answer.startsWith('2')) recipients.push(address);
        say(answer);
      } else if (verb === 'DATA') {
        data = [];
        say('354 go on');
      } else if (verb === 'QUIT') {
        say('221 bye');
        socket.end();
      } else {
        if (verb === 'MAIL') recipients = [];
        say('250 ok');
      }
    };
    socket.on('data', (bytes: Buffer) => {
      buffer += bytes.toString('utf8');
      const lines = buffer.split('\r\n');
      buffer = lines.pop() ?? '';
      for (const line of lines) take(line);
    });
  };
  const server = createServer(socket => {
    socket.write('220 mx.example.jp ESMTP\r\n');
    talk(socket, false);
  });
  const { port, close } = await listen(server);
  return { port, mails, heard, close };
};

/** Whatever comes, in one text. */
export const streamServer = async (
  tls?: Certified,
): Promise<{ port: number; text: () => string; ended: Promise<void>; close: Close }> => {
  let text = '';
  let done: () => void = () => {};
  const ended = new Promise<void>(resolve => {
    done = resolve;
  });
  const take = (socket: Socket): void => {
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      text += part;
    });
    socket.on('end', done);
    socket.on('error', () => {});
  };
  const server =
    tls === undefined
      ? createServer(take)
      : createTlsServer({ key: tls.key, cert: tls.cert }, take);
  const { port, close } = await listen(server);
  return { port, text: () => text, ended, close };
};

export const datagramServer = async (): Promise<{
  port: number;
  messages: string[];
  close: Close;
}> => {
  const messages: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', bytes => messages.push(bytes.toString('utf8')));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    messages,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
};
