import { createServer, type Server, type Socket } from 'node:net';

/** What the world outside does with a recipient, by his local part. */
const answers: Readonly<Record<string, string>> = {
  later: '450 4.2.1 <later@remote.test> is busy, come again\r\n',
  nobody: '550 5.1.1 <nobody@remote.test> is not known here\r\n',
};

const answerTo = (line: string): string => {
  const word = line.slice(0, 4).toUpperCase();
  if (word === 'QUIT') return '221 2.0.0 bye\r\n';
  if (word === 'DATA') return '354 go on\r\n';
  if (word !== 'RCPT') return '250 2.0.0 mx.remote.test\r\n';
  return answers[/<([^@>]*)@/.exec(line)?.[1] ?? ''] ?? '250 2.1.5 known\r\n';
};

const serve = (socket: Socket): void => {
  let rest = '';
  let inData = false;
  socket.on('error', () => socket.destroy());
  socket.write('220 mx.remote.test ESMTP\r\n');
  socket.on('data', (chunk: Buffer) => {
    rest += chunk.toString('latin1');
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (inData) {
        if (line !== '.') continue;
        inData = false;
        socket.write('250 2.0.0 taken as R1\r\n');
        continue;
      }
      const answer = answerTo(line);
      inData = answer.startsWith('354');
      socket.write(answer);
      if (answer.startsWith('221')) socket.end();
    }
  });
};

/** A mail server of somebody else: takes mail, but for `later@` and `nobody@`. */
export const remoteServer = async (port: number): Promise<Server> => {
  const server = createServer(serve);
  await new Promise<void>(done => server.listen(port, '127.0.0.1', done));
  return server;
};
