import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { openCheckpoint } from '../../src/evidence/verify/checkpoint.ts';
import { cosignedText, witnessIdOf } from '../../src/evidence/verify/cosignature.ts';
import { verifyConsistency } from '../../src/evidence/verify/merkle.ts';
import { type NoteKey, parseNote } from '../../src/evidence/verify/note.ts';

interface Known {
  readonly size: number;
  readonly root: Buffer;
}

/** A witness as C2SP tlog-witness describes it, on this machine. */
export class WitnessServer {
  readonly name: string;
  readonly url: string;
  /** `NAME+HASH+KEY`. */
  readonly verifierKey: string;
  /** Keys of logs that it knows, by their names. */
  readonly logs: Map<string, readonly NoteKey[]> = new Map();
  readonly known: Map<string, Known> = new Map();
  /** Old sizes that it was told, and how it answered. */
  readonly asked: { readonly old: number; readonly status: number }[] = [];
  /** Signs with another key than the one that it is known by. */
  forges = false;
  readonly close: () => Promise<void>;
  private readonly key: KeyObject;
  private readonly id: number;
  private readonly seconds: number;

  private constructor(name: string, url: string, seconds: number, close: () => Promise<void>) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    this.name = name;
    this.url = url;
    this.seconds = seconds;
    this.close = close;
    this.key = privateKey;
    this.id = witnessIdOf(name, raw);
    const hex = this.id.toString(16).padStart(8, '0');
    this.verifierKey = `${name}+${hex}+${Buffer.concat([Buffer.of(4), raw]).toString('base64')}`;
  }

  static async start(name: string, at: string): Promise<WitnessServer> {
    let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
    const server = createServer((request, response) => answer(request, response));
    await new Promise<void>(done => {
      server.listen(0, '127.0.0.1', () => done());
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const close = (): Promise<void> =>
      new Promise(done => {
        server.closeAllConnections();
        server.close(() => done());
      });
    const url = `http://127.0.0.1:${port}/witness`;
    const witness = new WitnessServer(name, url, Math.floor(Date.parse(at) / 1_000), close);
    answer = (request, response) => witness.take(request, response);
    return witness;
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const isIt = request.method === 'POST' && request.url === '/witness/add-checkpoint';
      const {
        status,
        type = 'text/plain',
        body = '',
      } = isIt ? this.answer(Buffer.concat(chunks).toString('utf8')) : { status: 404 };
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  }

  private answer(text: string): {
    readonly status: number;
    readonly type?: string;
    readonly body?: string;
  } {
    const split = text.indexOf('\n\n');
    const [first = '', ...hashes] = text.slice(0, split).split('\n');
    const old = Number(/^old (0|[1-9]\d*)$/.exec(first)?.[1] ?? Number.NaN);
    const say = (status: number, more: { type?: string; body?: string } = {}) => {
      this.asked.push({ old, status });
      return { status, ...more };
    };
    const checkpoint = text.slice(split + 2);
    const parsed = parseNote(Buffer.from(checkpoint));
    if (Number.isNaN(old) || !parsed.ok || hashes.length > 63) return say(400);
    const keys = this.logs.get(parsed.note.text.split('\n')[0] ?? '');
    if (keys === undefined) return say(404);
    const opened = openCheckpoint(Buffer.from(checkpoint), keys);
    if (!opened.ok) return say(403);
    const { origin, size, root } = opened.checkpoint;
    if (old > size) return say(400);
    const known = this.known.get(origin);
    if (old !== (known?.size ?? 0)) {
      return say(409, { type: 'text/x.tlog.size', body: `${known?.size ?? 0}\n` });
    }
    const proof = hashes.map(each => Buffer.from(each, 'base64'));
    if (known !== undefined && old === size) {
      if (Buffer.compare(known.root, root) !== 0) return say(409);
    } else if (known !== undefined) {
      const both = { size1: old, root1: known.root, size2: size, root2: root, proof };
      if (!verifyConsistency(both)) return say(422);
    } else if (proof.length > 0) return say(422);
    this.known.set(origin, { size, root });
    return say(200, { body: this.line(parsed.note.text) });
  }

  private line(text: string): string {
    const message = Buffer.from(cosignedText(this.seconds, text));
    const key = this.forges ? generateKeyPairSync('ed25519').privateKey : this.key;
    const head = Buffer.alloc(12);
    head.writeUInt32BE(this.id);
    head.writeBigUInt64BE(BigInt(this.seconds), 4);
    const signed = Buffer.concat([head, sign(null, message, key)]).toString('base64');
    // What somebody else says beside it is passed over.
    return `— other.example/w9 ${Buffer.alloc(76).toString('base64')}\n— ${this.name} ${signed}\n`;
  }
}
