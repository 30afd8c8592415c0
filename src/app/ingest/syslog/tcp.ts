import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { messageOf, UsageError } from '../../../core/errors.ts';
import { lineOfMessage } from '../../../logs/sources/message-line.ts';
import { SyslogFramer } from '../../../logs/sources/syslog-frames.ts';
import { addressText } from './address.ts';
import type { ListenerCounts, SyslogListener } from './listener.ts';
import type { InHand, Outbox } from './outbox.ts';
import { type Peers, peerText } from './peers.ts';

/** Where certificate and key of a `tls://` listener lie. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** Authorities of client certificates; with it, a client without one is turned away. */
  readonly authorities?: string;
}

const readGiven = (path: string, what: string): Buffer => {
  try {
    return readFileSync(path);
  } catch (thrown) {
    throw new UsageError(`${what}: ${path} cannot be read: ${messageOf(thrown)}`);
  }
};

/** A group may read it, such as Debian's ssl-cert; nobody else. */
const readKey = (path: string): Buffer => {
  const key = readGiven(path, '--tls-key');
  if ((statSync(path).mode & 0o027) !== 0) {
    throw new UsageError(
      `--tls-key: ${path}: others may read or change this key; chmod 640 ${path}`,
    );
  }
  return key;
};

/** @throws UsageError */
export const tlsOptions = ({ certificate, key, authorities }: TlsFiles): TlsOptions => ({
  cert: readGiven(certificate, '--tls-cert'),
  key: readKey(key),
  minVersion: 'TLSv1.2',
  handshakeTimeout: handshakeMs,
  ...(authorities === undefined
    ? {}
    : { ca: readGiven(authorities, '--tls-ca'), requestCert: true, rejectUnauthorized: true }),
});

export interface TcpLimits {
  readonly connectionsMax: number;
  readonly connectionsOfPeerMax: number;
  /** So long a message, or a piece of one, may take from its first byte to its last. */
  readonly messageMs: number;
  /** So long a connection may say nothing. */
  readonly idleMs: number;
}

const handshakeMs = 20_000;
/** So long a sender that goes on sending is listened to after it was said to end. */
const closeMs = 3_000;
const limitsDefault: TcpLimits = {
  connectionsMax: 1_000,
  connectionsOfPeerMax: 200,
  messageMs: 60_000,
  // A sender that is silent loses the message with which it notices that the connection is gone: a day is long.
  idleMs: 86_400_000,
};

class Connection {
  readonly peer: string;
  readonly socket: Socket;
  readonly framer: SyslogFramer;
  readonly openedMs: number;
  messages = 0;
  lastMs: number;
  /** When the message began that is not at its end. */
  withinMs: number | undefined;
  isOver = false;

  constructor(socket: Socket, peer: string, framer: SyslogFramer, nowMs: number) {
    this.socket = socket;
    this.peer = peer;
    this.framer = framer;
    this.openedMs = nowMs;
    this.lastMs = nowMs;
  }
}

/** RFC 6587, and RFC 5425 over TLS. Nothing is acknowledged: the protocol has no word for it. */
export class TcpListener implements SyslogListener {
  private readonly peers: Peers;
  private readonly inHand: InHand;
  private readonly limits: TcpLimits;
  private readonly server: Server;
  private readonly connections = new Set<Connection>();
  private readonly ofPeer = new Map<string, number>();
  private readonly paused = new Set<Connection>();
  private timer: NodeJS.Timeout | undefined;
  private messages = 0;
  private refused = 0;

  private constructor(
    peers: Peers,
    inHand: InHand,
    tls: TlsOptions | undefined,
    limits: TcpLimits,
  ) {
    this.peers = peers;
    this.inHand = inHand;
    this.limits = limits;
    const take = (socket: Socket): void => this.accept(socket);
    this.server = tls === undefined ? createServer(take) : createTlsServer(tls, take);
    // Those that are yet to show a certificate count here alone.
    this.server.maxConnections = limits.connectionsMax * 2;
    this.server.on('drop', () => this.refuse());
    this.server.on('tlsClientError', () => this.refuse());
    // Out of descriptors: those that are open go on.
    this.server.on('error', () => {});
    inHand.onRelief(() => this.resume());
  }

  /** @throws UsageError where nothing can listen there. */
  static async open(
    peers: Peers,
    inHand: InHand,
    tls?: TlsOptions,
    limits: Partial<TcpLimits> = {},
  ): Promise<TcpListener> {
    const listener = new TcpListener(peers, inHand, tls, { ...limitsDefault, ...limits });
    const { host, port } = peers.address;
    try {
      const listening = once(listener.server, 'listening');
      listener.server.listen({ host, port, ipv6Only: host !== '::' });
      await listening;
    } catch (thrown) {
      throw new UsageError(`${addressText(peers.address)}: ${messageOf(thrown)}`);
    }
    listener.timer = setInterval(
      () => listener.sweep(),
      Math.min(1_000, limits.messageMs ?? 1_000),
    );
    listener.timer.unref();
    return listener;
  }

  get port(): number {
    const at = this.server.address();
    return typeof at === 'object' && at !== null ? at.port : 0;
  }

  get counts(): ListenerCounts {
    return {
      messages: this.messages,
      peers: this.peers.count,
      lost: 0,
      refused: this.refused,
      connections: this.connections.size,
    };
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    const closed = new Promise<void>(done => this.server.close(() => done()));
    // What lies in the kernel's buffers was sent to somebody who listened.
    const untilMs = Date.now() + closeMs;
    const isBusy = (each: Connection): boolean =>
      this.paused.has(each) || Date.now() - each.lastMs < 50;
    do await pause(50);
    while ([...this.connections].some(isBusy) && Date.now() < untilMs);
    for (const connection of this.connections) this.over(connection, false);
    await closed;
    await this.peers.empty();
  }

  private refuse(): void {
    this.refused += 1;
  }

  private accept(socket: Socket): void {
    const peer = peerText(socket.remoteAddress ?? 'unknown');
    const ofPeer = this.ofPeer.get(peer) ?? 0;
    const isTooMany = ofPeer >= this.limits.connectionsOfPeerMax;
    if (!this.peers.address.isHeard(peer) || isTooMany || !this.hasRoom()) {
      this.refuse();
      socket.on('error', () => {});
      socket.destroy();
      return;
    }
    this.ofPeer.set(peer, ofPeer + 1);
    const { pieceBytesMax, trailer } = this.peers.address;
    let box: Outbox | undefined;
    const framer = new SyslogFramer({
      pieceBytesMax,
      trailer,
      take: piece => {
        if (piece.isContinued !== true) this.messages += 1;
        connection.messages += 1;
        connection.withinMs = undefined;
        // Who connects and says nothing gets no source.
        (box ??= this.peers.boxOf(peer)).add(lineOfMessage(piece));
      },
    });
    const connection = new Connection(socket, peer, framer, Date.now());
    this.connections.add(connection);
    socket.setKeepAlive(true, 60_000);
    socket.on('data', (bytes: Buffer) => this.take(connection, bytes));
    socket.on('end', () => this.over(connection, false));
    socket.on('error', () => this.over(connection, true));
    socket.on('close', () => this.over(connection, true));
  }

  /** One more may come; where there are too many, one goes that has never said anything. */
  private hasRoom(): boolean {
    if (this.connections.size < this.limits.connectionsMax) return true;
    for (const connection of this.connections) {
      if (connection.messages > 0) continue;
      this.refuse();
      this.over(connection, true);
      return true;
    }
    return false;
  }

  private take(connection: Connection, bytes: Buffer): void {
    const { framer, socket } = connection;
    connection.lastMs = Date.now();
    framer.push(bytes);
    connection.withinMs = framer.isWithin ? (connection.withinMs ?? connection.lastMs) : undefined;
    if (!this.inHand.isFull) return;
    socket.pause();
    this.paused.add(connection);
  }

  private resume(): void {
    for (const connection of this.paused) {
      // It could say nothing meanwhile.
      connection.lastMs = Date.now();
      if (connection.withinMs !== undefined) connection.withinMs = connection.lastMs;
      connection.socket.resume();
    }
    this.paused.clear();
  }

  /** Turns away who holds a connection and does not use it. */
  private sweep(): void {
    const nowMs = Date.now();
    const { messageMs, idleMs } = this.limits;
    for (const connection of this.connections) {
      if (this.paused.has(connection)) continue;
      const { withinMs, lastMs } = connection;
      const isSlow = withinMs !== undefined && nowMs - withinMs > messageMs;
      if (!isSlow && nowMs - lastMs <= idleMs) continue;
      this.refuse();
      this.over(connection, true);
    }
  }

  private over(connection: Connection, isBroken: boolean): void {
    if (connection.isOver) return;
    connection.isOver = true;
    connection.framer.end(isBroken);
    connection.socket.destroy();
    this.connections.delete(connection);
    this.paused.delete(connection);
    const left = (this.ofPeer.get(connection.peer) ?? 1) - 1;
    if (left > 0) this.ofPeer.set(connection.peer, left);
    else this.ofPeer.delete(connection.peer);
  }
}
