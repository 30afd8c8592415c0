import type { TlsOptions } from 'node:tls';
import { UsageError } from '../../../core/errors.ts';
import type { EvidenceSource } from '../../../evidence/options.ts';
import { addressText, type SyslogAddress } from '../syslog/address.ts';
import type { ListenerCounts, SyslogListener } from '../syslog/listener.ts';
import type { InHand } from '../syslog/outbox.ts';
import { othersOf, Peers, peerMeta } from '../syslog/peers.ts';
import { TcpListener } from '../syslog/tcp.ts';
import { UdpListener } from '../syslog/udp.ts';
import { KeptStream, type LiveContext } from './kept-stream.ts';

/** Less is no loss: a listener takes a moment to stop and start. */
const silenceMs = 1_000;

/** Notes of the listener's own source: its name, and its senders' sources. */
const listenerKey = 'listener';
const peerKey = 'peer/';

const at = (ms: number): string => new Date(ms).toISOString();

/** One listener and the sources of those who send to it. */
export class SyslogSources {
  readonly address: SyslogAddress;
  private readonly context: LiveContext;
  /** Notes which sources are this listener's. */
  private readonly register: EvidenceSource;
  private readonly streams = new Map<string, Promise<KeptStream>>();
  private readonly opened: KeptStream[] = [];
  private readonly peers: Peers;
  private listener: SyslogListener | undefined;

  private constructor(
    address: SyslogAddress,
    context: LiveContext,
    register: EvidenceSource,
    inHand: InHand,
    failed: (thrown: unknown) => void,
  ) {
    this.address = address;
    this.context = context;
    this.register = register;
    const retired = new Set(
      context.evidence.known().flatMap(({ id, retired: isOver }) => (isOver === true ? [id] : [])),
    );
    const known = new Map(
      [...register.notes()].flatMap(([key, peer]) => {
        const id = key.startsWith(peerKey) ? key.slice(peerKey.length) : undefined;
        return id === undefined || retired.has(id) ? [] : [[id, peer] as const];
      }),
    );
    const open = (id: string, meta: Readonly<Record<string, string>>): Promise<KeptStream> =>
      this.open(id, meta);
    this.peers = new Peers(address, { known, retired, open }, inHand, failed);
  }

  /** @param failed hears that the store takes no more. @throws UsageError where nothing can listen there. */
  static async open(
    address: SyslogAddress,
    context: LiveContext,
    inHand: InHand,
    failed: (thrown: unknown) => void,
    tls?: TlsOptions,
  ): Promise<SyslogSources> {
    const id = othersOf(address);
    const before = context.evidence.known().find(each => each.id === id);
    const register = await context.evidence.source(
      id,
      peerMeta(address, 'others, and what concerns all'),
    );
    if (before === undefined) await register.note(listenerKey, address.name);
    else if (register.notes().get(listenerKey) !== address.name) {
      throw new UsageError(
        `${addressText(address)}: another source is called ${id}; give it a name: ?name=edge`,
      );
    }
    const sources = new SyslogSources(address, context, register, inHand, failed);
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
    const opening = this.openStream(id, name, meta);
    this.streams.set(id, opening);
    return opening;
  }

  private async openStream(
    id: string,
    name: string,
    meta: Readonly<Record<string, string>>,
  ): Promise<KeptStream> {
    // First: whoever starts next counts it, and hears that it was silent.
    const key = `${peerKey}${id}`;
    const isOthers = id === this.register.id;
    if (!isOthers && !this.register.notes().has(key)) {
      await this.register.note(key, meta['peer'] ?? '');
    }
    const stream = await KeptStream.open(this.context, id, name, meta);
    this.opened.push(stream);
    return stream;
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
