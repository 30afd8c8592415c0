import type { TlsOptions } from 'node:tls';
import { addressText, type SyslogAddress } from '../syslog/address.ts';
import type { ListenerCounts, SyslogListener } from '../syslog/listener.ts';
import type { InHand } from '../syslog/outbox.ts';
import { Peers } from '../syslog/peers.ts';
import { TcpListener } from '../syslog/tcp.ts';
import { UdpListener } from '../syslog/udp.ts';
import { KeptStream, type LiveContext } from './kept-stream.ts';

/** Less is no loss: a listener takes a moment to stop and start. */
const silenceMs = 1_000;

const at = (ms: number): string => new Date(ms).toISOString();

/** One listener and the sources of those who send to it. */
export class SyslogSources {
  readonly address: SyslogAddress;
  private readonly context: LiveContext;
  private readonly streams = new Map<string, Promise<KeptStream>>();
  private readonly opened: KeptStream[] = [];
  private readonly peers: Peers;
  private listener: SyslogListener | undefined;

  private constructor(
    address: SyslogAddress,
    context: LiveContext,
    inHand: InHand,
    failed: (thrown: unknown) => void,
  ) {
    this.address = address;
    this.context = context;
    const known = context.evidence
      .known()
      .filter(({ retired }) => retired !== true)
      .map(({ id }) => id);
    const open = (id: string, meta: Readonly<Record<string, string>>): Promise<KeptStream> =>
      this.open(id, meta);
    this.peers = new Peers(address, { known, open }, inHand, failed);
  }

  /** @param failed hears that the store takes no more. @throws UsageError where nothing can listen there. */
  static async open(
    address: SyslogAddress,
    context: LiveContext,
    inHand: InHand,
    failed: (thrown: unknown) => void,
    tls?: TlsOptions,
  ): Promise<SyslogSources> {
    const before = context.evidence.known().find(({ id }) => id === `${address.name}-others`);
    const sources = new SyslogSources(address, context, inHand, failed);
    await sources.peers.begin();
    const { peers } = sources;
    sources.listener =
      address.transport === 'udp'
        ? await UdpListener.open(peers, inHand)
        : await TcpListener.open(peers, inHand, address.transport === 'tls' ? tls : undefined);
    await sources.tellSilence(before?.readToEndMs);
    return sources;
  }

  get port(): number {
    return this.listener?.port ?? 0;
  }

  get counts(): ListenerCounts {
    return this.listener?.counts ?? { messages: 0, peers: 0, lost: 0, refused: 0, connections: 0 };
  }

  /** Those that are open. */
  get sources(): readonly KeptStream[] {
    return this.opened;
  }

  async close(): Promise<void> {
    await this.listener?.close();
  }

  private open(id: string, meta: Readonly<Record<string, string>>): Promise<KeptStream> {
    const known = this.streams.get(id);
    if (known !== undefined) return known;
    const name = `${addressText(this.address)}/${id.slice(this.address.name.length + 1)}`;
    const opening = KeptStream.open(this.context, id, name, meta).then(stream => {
      this.opened.push(stream);
      return stream;
    });
    this.streams.set(id, opening);
    return opening;
  }

  /** While nobody listened, messages may have been sent: nobody can know. */
  private async tellSilence(listenedUntilMs: number | undefined): Promise<void> {
    const nowMs = this.context.now();
    if (listenedUntilMs === undefined || nowMs - listenedUntilMs < silenceMs) return;
    const [from, to] = [at(listenedUntilMs), at(nowMs)];
    await this.peers.gap(
      from.slice(0, 10),
      to.slice(0, 10),
      `nobody is known to have listened at ${addressText(this.address)} from ${from} to ${to}`,
    );
  }
}
