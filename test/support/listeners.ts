import { setTimeout as pause } from 'node:timers/promises';
import type { TlsOptions } from 'node:tls';
import { expect } from 'vitest';
import { syslogAddress } from '../../src/app/ingest/syslog/address.ts';
import type { SyslogListener } from '../../src/app/ingest/syslog/listener.ts';
import { InHand } from '../../src/app/ingest/syslog/outbox.ts';
import { type PeerStore, type PeerStores, Peers } from '../../src/app/ingest/syslog/peers.ts';
import { type TcpLimits, TcpListener } from '../../src/app/ingest/syslog/tcp.ts';
import { UdpListener } from '../../src/app/ingest/syslog/udp.ts';

const mebibyte: number = 1 << 20;

/** Stores that hold what they are given, and may be told to be slow. */
export class KeptMessages {
  private readonly texts = new Map<string, string>();
  readonly gaps: string[] = [];
  bytes = 0;
  /** Nothing is kept before it is done. */
  slow: Promise<void> | undefined;

  readonly stores: PeerStores = {
    known: new Map(),
    retired: new Set(),
    open: async (id: string): Promise<PeerStore> => ({
      keep: async lines => {
        await this.slow;
        this.bytes += lines.length;
        const before = this.texts.get(id) ?? '';
        if (before.length < mebibyte) this.texts.set(id, before + lines.toString());
      },
      gap: async (_from, _to, why) => {
        this.gaps.push(`${id}: ${why}`);
      },
    }),
  };

  /** Lines of a source; of the first mebibyte. */
  of(id: string): readonly string[] {
    return (this.texts.get(id) ?? '').split('\n').slice(0, -1);
  }
}

export interface ListenOptions {
  readonly limits?: Partial<TcpLimits>;
  /** That may be in hand. */
  readonly bytesMax?: number;
  readonly tls?: TlsOptions;
}

/** Listens at an address as `--syslog` names it. */
export const listenAt = (
  text: string,
  kept: KeptMessages,
  { limits = {}, bytesMax = mebibyte, tls }: ListenOptions = {},
): Promise<SyslogListener> => {
  const address = syslogAddress(text, '--syslog');
  const inHand = new InHand(bytesMax);
  const peers = new Peers(address, kept.stores, inHand, thrown => {
    throw thrown;
  });
  return address.transport === 'udp'
    ? UdpListener.open(peers, inHand)
    : TcpListener.open(peers, inHand, tls, limits);
};

/** Waits until something holds, five seconds at most. */
export const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await pause(10);
  expect(holds()).toBe(true);
};
