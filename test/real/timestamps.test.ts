import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEvidenceStore } from '../../src/app/evidence/open.ts';
import { askAuthority, certificatesOf } from '../../src/app/evidence/stamp.ts';
import { shownLog } from '../../src/app/evidence/witness.ts';
import { verifyStore } from '../../src/evidence/verify/verify-store.ts';

/** Time stamps of an authority that openssl plays, as openssl and Postern read them. */
const missing = spawnSync('openssl', ['version']).status !== 0;
const base = mkdtempSync(join(tmpdir(), 'postern-tsa-'));
const at = (name: string): string => join(base, name);
const store = at('store');

const openssl = (...args: readonly string[]): string => {
  const { status, stdout, stderr } = spawnSync('openssl', args, { cwd: base, encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  return stdout;
};

const configuration = `
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[tsa]
default_tsa = it
[it]
serial = ${at('serial')}
signer_cert = ${at('tsa.pem')}
certs = ${at('ca.pem')}
signer_key = ${at('tsa.key')}
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
[leaf]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
`;

/** A certificate of the authority, signed by the one above it. */
const issue = (name: string, key: readonly string[], extensions = 'leaf'): void => {
  openssl(
    'req',
    '-newkey',
    ...key,
    '-nodes',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.csr`,
    '-subj',
    `/CN=${name} of example.jp`,
  );
  openssl(
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-days',
    '30',
    '-extfile',
    'tsa.cnf',
    '-extensions',
    extensions,
    '-out',
    `${name}.pem`,
  );
};

let server: Server;
let authority = { url: '', certificates: at('ca.pem') };
/** What the authority makes of an answer before it sends it. */
let alter: (answer: Buffer) => Buffer = answer => answer;

const keep = async (line: string): Promise<void> => {
  const { evidence, close } = await openEvidenceStore(store, {
    now: () => new Date('2026-06-29T10:00:00Z'),
  });
  await (await evidence.source('mail')).append(Buffer.from(line), line);
  await close();
};

describe.skipIf(missing)(
  `openssl ts${missing ? ' (skipped: openssl is not installed)' : ''}`,
  () => {
    beforeAll(async () => {
      writeFileSync(at('tsa.cnf'), configuration);
      writeFileSync(at('serial'), '01\n');
      openssl(
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        'ca.key',
        '-out',
        'ca.pem',
        '-days',
        '30',
        '-subj',
        '/CN=ca of example.jp',
      );
      issue('tsa', ['rsa:2048']);
      server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          writeFileSync(at('query.tsq'), Buffer.concat(chunks));
          openssl(
            'ts',
            '-reply',
            '-config',
            'tsa.cnf',
            '-section',
            'it',
            '-queryfile',
            'query.tsq',
            '-out',
            'reply.tsr',
          );
          response.writeHead(200, { 'content-type': 'application/timestamp-reply' });
          response.end(alter(readFileSync(at('reply.tsr'))));
        });
      });
      await new Promise<void>(done => {
        server.listen(0, '127.0.0.1', () => done());
      });
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      authority = { ...authority, url: `http://127.0.0.1:${port}/tsa` };
      await keep('one\n');
    });
    afterAll(() => {
      server.close();
      rmSync(base, { recursive: true, force: true });
    });

    const certificates = () => certificatesOf(authority);

    test('believes what was stamped, and so does verify', async () => {
      expect((await askAuthority(shownLog(store), authority)).state).toBe('signed');
      expect((await askAuthority(shownLog(store), authority)).state).toBe('already');
      const files = [
        '-data',
        join(store, 'log/stamps/3.checkpoint'),
        '-in',
        join(store, 'log/stamps/3.tsr'),
      ];
      const asked = spawnSync('openssl', ['ts', '-verify', ...files, '-CAfile', at('ca.pem')], {
        encoding: 'utf8',
      });
      expect(`${asked.stdout}${asked.stderr}`).toContain('Verification: OK');
      const { ok, stamped } = verifyStore(store, { certificates: certificates() });
      expect([ok, stamped]).toMatchObject([
        true,
        [{ size: 3, by: 'CN=tsa of example.jp', trusted: true }],
      ]);
      expect(Math.abs(Date.parse(stamped[0]?.at ?? '') - Date.now())).toBeLessThan(120_000);
      expect(verifyStore(store).stamped[0]?.trusted).toBe(false);
    });

    test('and verify find a byte that is another, and another checkpoint', () => {
      const path = join(store, 'log/stamps/3.tsr');
      const good = readFileSync(path);
      const [stated] = verifyStore(store).stamped;
      for (let i = 0; i < good.length; i += 13) {
        const hurt = Buffer.from(good);
        hurt[i] = (hurt[i] ?? 0) ^ 1;
        writeFileSync(path, hurt);
        const found = verifyStore(store, { certificates: certificates() });
        // Certificates come along, and not all that stands in them is signed for by this stamp.
        const [stamp] = found.stamped;
        const isSame = stamp?.at === stated?.at && stamp?.by === stated?.by && stamp?.size === 3;
        expect([i, !found.ok || !(stamp?.trusted ?? false) || isSame]).toEqual([i, true]);
      }
      writeFileSync(path, good);
      const checkpoint = join(store, 'log/stamps/3.checkpoint');
      const text = readFileSync(checkpoint);
      copyFileSync(join(store, 'log/keys'), checkpoint);
      expect(verifyStore(store).broken[0]?.path).toBe('log/stamps/3.checkpoint');
      writeFileSync(checkpoint, text);
      expect(verifyStore(store).ok).toBe(true);
    });

    test('an answer that is altered, old, or of another authority is not kept', async () => {
      await keep('two\n');
      const old = readFileSync(join(store, 'log/stamps/3.tsr'));
      alter = () => old;
      expect(await askAuthority(shownLog(store), authority)).toMatchObject({
        state: 'failed',
        why: 'it stamped something else than it was sent',
      });
      alter = answer => answer.fill(0, answer.length - 8);
      expect(await askAuthority(shownLog(store), authority)).toMatchObject({
        state: 'failed',
        why: 'no certificate that came along signed it',
      });
      alter = answer => answer;
      openssl(
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        'other.key',
        '-out',
        'other.pem',
        '-days',
        '30',
        '-subj',
        '/CN=other',
      );
      const other = { ...authority, certificates: at('other.pem') };
      expect(await askAuthority(shownLog(store), other)).toMatchObject({
        state: 'failed',
        why: expect.stringContaining('none of those that are trusted'),
      });
      expect(verifyStore(store).stamped).toHaveLength(1);
    });

    test('stamps of keys on a curve are read as well', async () => {
      issue('tsa', ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']);
      expect((await askAuthority(shownLog(store), authority)).state).toBe('signed');
      expect(verifyStore(store, { certificates: certificates() })).toMatchObject({
        ok: true,
        stamped: [{ size: 3 }, { size: 4, trusted: true }],
      });
    });
  },
);
