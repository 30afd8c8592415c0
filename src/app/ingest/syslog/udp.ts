import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf, UsageError } from '../../../core/errors.ts';
import { lineOfMessage } from '../../../logs/sources/message-line.ts';
import { withoutEnd } from '../../../logs/sources/syslog-frames.ts';
import { addressText } from './address.ts';
import { kernelDrops } from './kernel-drops.ts';
import type { ListenerCounts, SyslogListener } from './listener.ts';
import { Losses } from './losses.ts';
import type { InHand } from './outbox.ts';
import { type Peers, peerText } from './peers.ts';

/** The kernel gives as much of it as net.core.rmem_max allows. */
const receiveBytes = 8 << 20;
const lookEveryMs = 5_000;

/** RFC 5426: a datagram is a message. */
export class UdpListener implements SyslogListener {
  private readonly peers: Peers;
  private readonly inHand: InHand;
  private readonly socket: Socket;
  private readonly losses: Losses;
  private timer: NodeJS.Timeout | undefined;
  private messages = 0;
  private dropped = 0;
  private refused = 0;
  private kernelDropped = 0;
  private lastMs = 0;

  private constructor(peers: Peers, inHand: InHand) {
    this.peers = peers;
    this.inHand = inHand;
    const type = isIPv6(peers.address.host) ? 'udp6' : 'udp4';
    this.socket = createSocket({ type, ipv6Only: type === 'udp6' && peers.address.host !== '::' });
    this.losses = new Losses((from, to, why) => peers.gap(from, to, why), Date.now);
  }

  /** @throws UsageError where nothing can listen there. */
  static async open(peers: Peers, inHand: InHand): Promise<UdpListener> {
    const listener = new UdpListener(peers, inHand);
    const { socket } = listener;
    try {
      socket.bind(peers.address.port, peers.address.host);
      await once(socket, 'listening');
    } catch (thrown) {
      socket.close();
      throw new UsageError(`${addressText(peers.address)}: ${messageOf(thrown)}`);
    }
    try {
      socket.setRecvBufferSize(receiveBytes);
    } catch {
      // A smaller one: what the kernel drops is counted.
    }
    socket.on('message', (bytes, from) => listener.take(bytes, from.address));
    // Such as ECONNREFUSED for something that was never sent: the next datagram comes all the same.
    socket.on('error', () => {});
    listener.timer = setInterval(() => void listener.look(), lookEveryMs);
    listener.timer.unref();
    return listener;
  }

  get port(): number {
    return this.socket.address().port;
  }

  get counts(): ListenerCounts {
    return {
      messages: this.messages,
      peers: this.peers.count,
      lost: this.losses.total,
      refused: this.refused,
      connections: 0,
    };
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    // What lies in the kernel's buffer came while somebody listened.
    const untilMs = Date.now() + 1_000;
    do await pause(30);
    while (Date.now() - this.lastMs < 30 && Date.now() < untilMs);
    await this.look(true);
    this.socket.close();
    await this.peers.empty();
  }

  private take(bytes: Buffer, from: string): void {
    const peer = peerText(from);
    if (!this.peers.address.isHeard(peer)) {
      this.refused += 1;
      return;
    }
    this.lastMs = Date.now();
    if (this.inHand.isFull) {
      this.dropped += 1;
      return;
    }
    const message = withoutEnd(bytes);
    if (message.length === 0) return;
    this.messages += 1;
    const box = this.peers.boxOf(peer);
    const { pieceBytesMax } = this.peers.address;
    for (let at = 0; at < message.length; at += pieceBytesMax) {
      const isCut = at + pieceBytesMax < message.length;
      const piece = { bytes: message.subarray(at, at + pieceBytesMax), isContinued: at > 0, isCut };
      box.add(lineOfMessage(piece));
    }
  }

  /** Whether datagrams were lost since it was last asked. */
  private async look(isLast = false): Promise<void> {
    const kernel = kernelDrops(this.peers.address.host, this.port) ?? this.kernelDropped;
    this.losses.add(
      kernel - this.kernelDropped,
      'were dropped by the kernel, whose buffer was full',
    );
    this.losses.add(this.dropped, 'were dropped because the store was slower than they came');
    this.kernelDropped = kernel;
    this.dropped = 0;
    try {
      await this.losses.pass(isLast);
    } catch {
      // The store has failed, and whoever runs it knows.
    }
  }
}
