import { createConnection, createServer } from 'node:net';

/** Ports of loopback that nobody listens on, each another one. */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    ports.push(typeof address === 'object' && address !== null ? address.port : 0);
  }
  for (const server of servers) await new Promise(done => server.close(done));
  return ports;
};

/** What is sent, or how it is come by once it is its turn. */
type Piece = string | (() => Promise<string>);

/** Sends each piece once the answer to the one before has ended as `done` says; gives all answers. */
export const talk = (
  port: number,
  pieces: readonly Piece[],
  done: RegExp,
  localAddress: string = '127.0.0.1',
): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = createConnection({ host: '127.0.0.1', port, localAddress });
    const waiting = [...pieces];
    let all = '';
    let answer = '';
    socket.setTimeout(20_000, () => socket.destroy(new Error(`no answer after: ${all}`)));
    socket.on('error', reject);
    socket.on('close', () => resolve(all));
    socket.on('data', (chunk: Buffer) => {
      answer += chunk.toString();
      if (!done.test(answer)) return;
      all += answer;
      answer = '';
      const next = waiting.shift();
      if (typeof next === 'string') socket.write(next);
      else if (next !== undefined) next().then(piece => socket.write(piece), reject);
    });
  });

/** How an answer of each protocol ends. */
export const answered: Readonly<Record<'imap' | 'pop3' | 'sieve' | 'smtp', RegExp>> = {
  imap: /^(?:\* OK|\+|a\d+ (?:OK|NO|BAD)) ?.*\r\n$/m,
  pop3: /^(?:\+OK|-ERR).*\r\n(?:[^]*\r\n\.\r\n)?$/,
  sieve: /^(?:OK|NO|BYE)\b.*\r\n$/m,
  smtp: /^\d{3} .*\r\n$/m,
};
