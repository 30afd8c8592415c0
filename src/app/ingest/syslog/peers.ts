import { addressText, namePart, type SyslogAddress } from './address.ts';
import { type InHand, type LineStore, Outbox } from './outbox.ts';

/** What is kept of one sender, or of those that have no source of their own. */
export interface PeerStore extends LineStore {
  /** Something is missing of these days, and why. */
  readonly gap: (fromDay: string, toDay: string, why: string) => Promise<void>;
}

/** The source of those that have none of their own, and of what concerns the listener itself. */
export const othersOf = ({ name }: SyslogAddress): string => `${name}-others`;

/** What the log says of a sender's source. */
export const peerMeta = (
  address: SyslogAddress,
  peer: string,
): Readonly<Record<string, string>> => ({
  kind: 'syslog',
  listener: addressText(address),
  peer,
  positions: 'bytes and lines that were kept of it',
});

/** Opens the sources of a listener. */
export interface PeerStores {
  /** Sources of its senders from earlier runs, and who they are. */
  readonly known: ReadonlyMap<string, string>;
  /** Sources that somebody ended: their senders are among the others. */
  readonly retired: ReadonlySet<string>;
  /** @param meta what the log says of a source that is new. */
  readonly open: (id: string, meta: Readonly<Record<string, string>>) => Promise<PeerStore>;
}

/** An address as one writes it: of a mapped one the IPv4 address, without zone. */
export const peerText = (address: string): string =>
  address.replace(/%.*$/, '').replace(/^::ffff:(?=\d{1,3}\.)/i, '');

/** The sources of one listener: one for each sender, as many as are allowed, and one for all others. */
export class Peers {
  readonly address: SyslogAddress;
  private readonly stores: PeerStores;
  private readonly inHand: InHand;
  private readonly failed: (thrown: unknown) => void;
  private readonly boxes = new Map<string, Outbox>();
  private readonly others: Promise<PeerStore>;
  private readonly othersBox: Outbox;
  /** Senders that have a source of their own by now; whoever forges addresses makes no more than these. */
  private readonly own: Set<string>;

  constructor(
    address: SyslogAddress,
    stores: PeerStores,
    inHand: InHand,
    failed: (thrown: unknown) => void,
  ) {
    this.address = address;
    this.stores = stores;
    this.inHand = inHand;
    this.failed = failed;
    this.own = new Set(stores.known.keys());
    this.others = stores.open(othersOf(address), {});
    this.others.catch(failed);
    this.othersBox = new Outbox(this.others, inHand, failed);
  }

  get count(): number {
    return this.boxes.size;
  }

  /** Opens the sources that are known: that a sender was silent is to be known as well. */
  async begin(): Promise<void> {
    await this.others;
    for (const [id, peer] of this.stores.known) {
      await this.stores.open(id, peerMeta(this.address, peer));
    }
  }

  boxOf(peer: string): Outbox {
    const known = this.boxes.get(peer);
    if (known !== undefined) return known;
    const id = `${this.address.name}-${namePart(peer)}`;
    if (!this.own.has(id)) {
      const isFull = this.own.size >= this.address.peersMax;
      const isOver = this.stores.retired.has(id) || id === othersOf(this.address);
      if (isFull || isOver) return this.othersBox;
      this.own.add(id);
    }
    const store = this.stores.open(id, peerMeta(this.address, peer));
    const box = new Outbox(store, this.inHand, this.failed);
    store.catch(this.failed);
    this.boxes.set(peer, box);
    return box;
  }

  async gap(fromDay: string, toDay: string, why: string): Promise<void> {
    await (await this.others).gap(fromDay, toDay, why);
  }

  /** All that came is on the disk when this is done, or the store has failed. */
  async empty(): Promise<void> {
    for (const box of [...this.boxes.values(), this.othersBox]) await box.empty();
  }
}
