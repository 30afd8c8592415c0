import { addressText, namePart, type SyslogAddress } from './address.ts';
import { type InHand, type LineStore, Outbox } from './outbox.ts';

/** What is kept of one sender, or of those that have no source of their own. */
export interface PeerStore extends LineStore {
  /** Something is missing of these days, and why. */
  readonly gap: (fromDay: string, toDay: string, why: string) => Promise<void>;
}

/** Opens the sources of a listener. */
export interface PeerStores {
  /** Names of sources that are in the store already. */
  readonly known: readonly string[];
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
    this.own = new Set(stores.known.filter(id => id.startsWith(`${address.name}-`)));
    this.own.delete(this.othersId);
    this.others = stores.open(this.othersId, this.meta('others, and what concerns all'));
    this.others.catch(failed);
    this.othersBox = new Outbox(this.others, inHand, failed);
  }

  get count(): number {
    return this.boxes.size;
  }

  /** Opens the sources that are known: that a sender was silent is to be known as well. */
  async begin(): Promise<void> {
    await this.others;
    for (const id of this.own) await this.stores.open(id, {});
  }

  boxOf(peer: string): Outbox {
    const known = this.boxes.get(peer);
    if (known !== undefined) return known;
    const id = `${this.address.name}-${namePart(peer)}`;
    if (!this.own.has(id)) {
      if (this.own.size >= this.address.peersMax || id === this.othersId) return this.othersBox;
      this.own.add(id);
    }
    const store = this.stores.open(id, this.meta(peer));
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

  private get othersId(): string {
    return `${this.address.name}-others`;
  }

  private meta(peer: string): Readonly<Record<string, string>> {
    return {
      kind: 'syslog',
      listener: addressText(this.address),
      peer,
      positions: 'bytes and lines that were kept of it',
    };
  }
}
