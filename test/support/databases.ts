import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A database of its own, on this machine alone, gone with the test. */
export interface RunningDatabase {
  readonly port: number;
  readonly folder: string;
  stop(): Promise<void>;
}

const find = (...paths: readonly string[]): string | undefined =>
  paths.find(path => existsSync(path));

const postgresFolder = (): string | undefined => {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  return find(...versions.map(version => join('/usr/lib/postgresql', version, 'bin')));
};

export const mariadbHere: string | undefined = find('/usr/sbin/mariadbd');
export const postgresHere: string | undefined = postgresFolder();

/** Neither program runs as root where it can help it. */
const nobody = 65_534;
const isRoot = process.geteuid?.() === 0;
const asNobody = isRoot ? { uid: nobody, gid: nobody } : {};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address !== null ? address.port : 0),
      );
    });
  });

const answers = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

const untilItAnswers = async (server: ChildProcess, port: number): Promise<void> => {
  for (let tries = 0; tries < 300; tries += 1) {
    if (server.exitCode !== null) throw new Error(`the database ended with ${server.exitCode}`);
    if (await answers(port)) return;
    await new Promise(resolve => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error('the database does not answer');
};

const scratch = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-database-'));
  if (isRoot) chownSync(folder, nobody, nobody);
  chmodSync(folder, 0o755);
  return folder;
};

const running = async (
  server: ChildProcess,
  port: number,
  folder: string,
): Promise<RunningDatabase> => {
  await untilItAnswers(server, port);
  return {
    port,
    folder,
    stop: async () => {
      const ended = new Promise(resolve => {
        server.once('exit', resolve);
      });
      server.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A certificate of its own for `localhost`, in `folder`. */
const certificate = (folder: string): { readonly key: string; readonly certificate: string } => {
  const key = join(folder, 'server.key');
  const path = join(folder, 'server.crt');
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      key,
      '-out',
      path,
    ],
    { stdio: 'ignore' },
  );
  if (isRoot) for (const each of [key, path]) chownSync(each, nobody, nobody);
  chmodSync(key, 0o600);
  return { key, certificate: path };
};

const systemTables = (): string => {
  const tables =
    find(
      ...['mariadb', 'mysql'].flatMap(name =>
        ['mariadb', 'mysql'].map(prefix => `/usr/share/${name}/${prefix}_system_tables.sql`),
      ),
    ) ?? '';
  const names = readdirSync(dirname(tables)).filter(name =>
    /^(?:mysql|mariadb)_(?:system_tables|performance_tables|system_tables_data)\.sql$/.test(name),
  );
  const rank = (name: string): number =>
    name.endsWith('_data.sql') ? 2 : name.includes('performance') ? 1 : 0;
  return names
    .toSorted((a, b) => rank(a) - rank(b))
    .map(name => readFileSync(join(dirname(tables), name), 'utf8'))
    .join('\n');
};

/** MariaDB with the statements run in it, which may make users. */
export const startMariadb = async (statements: string): Promise<RunningDatabase> => {
  const folder = scratch();
  const data = join(folder, 'data');
  mkdirSync(data);
  if (isRoot) chownSync(data, nobody, nobody);
  const options = ['--no-defaults', `--datadir=${data}`, '--innodb-buffer-pool-size=16M'];
  // What mariadb-install-db would do, which needs the client's package.
  execFileSync(
    mariadbHere ?? '',
    [...options, '--bootstrap', '--innodb-flush-log-at-trx-commit=0'],
    {
      ...asNobody,
      input: `CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n${systemTables()}`,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  const sql = join(folder, 'init.sql');
  writeFileSync(sql, `SET NAMES utf8mb4;\n${statements}`);
  const tls = certificate(folder);
  const port = await freePort();
  const server = spawn(
    mariadbHere ?? '',
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(folder, 'socket')}`,
      `--pid-file=${join(folder, 'pid')}`,
      `--init-file=${sql}`,
      `--ssl-cert=${tls.certificate}`,
      `--ssl-key=${tls.key}`,
      '--innodb-buffer-pool-size=16M',
      '--innodb-flush-log-at-trx-commit=0',
    ],
    { ...asNobody, stdio: 'ignore' },
  );
  return running(server, port, folder);
};

/** PostgreSQL, with the statements run in its database `postgres`. */
export const startPostgres = async (statements: string): Promise<RunningDatabase> => {
  const folder = scratch();
  const data = join(folder, 'data');
  const bin = postgresHere ?? '';
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
    { ...asNobody, stdio: 'ignore' },
  );
  const tls = certificate(folder);
  writeFileSync(
    join(data, 'pg_hba.conf'),
    'host all reader 127.0.0.1/32 scram-sha-256\nhost all postgres 127.0.0.1/32 trust\nlocal all postgres trust\n',
  );
  execFileSync(join(bin, 'postgres'), ['--single', '-D', data, '-j', 'postgres'], {
    ...asNobody,
    input: statements,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const port = await freePort();
  const server = spawn(
    join(bin, 'postgres'),
    [
      '-D',
      data,
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-k',
      folder,
      '-c',
      'fsync=off',
      '-c',
      'ssl=on',
      '-c',
      `ssl_cert_file=${tls.certificate}`,
      '-c',
      `ssl_key_file=${tls.key}`,
      '-c',
      'shared_buffers=16MB',
    ],
    { ...asNobody, stdio: 'ignore' },
  );
  return running(server, port, folder);
};
