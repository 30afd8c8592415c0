export interface ListenerCounts {
  readonly messages: number;
  readonly peers: number;
  /** Datagrams that are known to be lost. */
  readonly lost: number;
  /** Connections that were turned away or broken off (too many, too slow, no TLS), and all of who is not heard. */
  readonly refused: number;
  /** That are open. */
  readonly connections: number;
}

/** Something that listens for syslog. */
export interface SyslogListener {
  readonly port: number;
  readonly counts: ListenerCounts;
  /** Takes what has come, and no more; it is on the disk when this is done, or the store has failed. */
  readonly close: () => Promise<void>;
}
