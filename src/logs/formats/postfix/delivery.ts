/** One `to=<…>` line of a delivery agent or of the queue manager. */
export interface Delivery {
  readonly to: string;
  readonly originalTo?: string;
  /** `none`, `local`, `virtual`, `mx.example.jp[192.0.2.1]:25`, `mx.example.jp[private/dovecot-lmtp]`. */
  readonly relay: string;
  readonly status: string;
  readonly dsn?: string;
  readonly tls: boolean;
  /** From `orig_to=` or `relay=` on. */
  readonly words: string;
}

const stepsMax = 10;

interface Fields {
  readonly relay: string;
  readonly status: string;
  readonly dsn?: string;
  readonly tls: boolean;
}

/**
 * The fields behind the addresses, in the order that log_adhoc(3) writes them: `relay=…, conn_use=…, delay=…,
 * delays=…, tls=…, dsn=…, status=…`. Values hold no commas, but for the words behind the status.
 */
const fieldsAt = (text: string, from: number): Fields | undefined => {
  let at = from;
  let relay = '';
  let dsn: string | undefined;
  let tls = false;
  for (let step = 0; step < stepsMax; step += 1) {
    const equals = text.indexOf('=', at);
    if (equals < 0 || equals - at > 20) return undefined;
    const key = text.slice(at, equals);
    if (key === 'status') {
      let end = equals + 1;
      while (end < text.length && text.charCodeAt(end) !== 32) end += 1;
      const status = text.slice(equals + 1, end);
      if (status.length === 0 || status.length > 30) return undefined;
      return { relay, status, tls, ...(dsn === undefined ? {} : { dsn }) };
    }
    const comma = text.indexOf(', ', equals);
    if (comma < 0 || comma - equals > 300) return undefined;
    if (key === 'relay') relay = text.slice(equals + 1, comma);
    else if (key === 'dsn') dsn = text.slice(equals + 1, comma);
    else if (key === 'tls') tls = !text.startsWith('none', equals + 1);
    else if (key !== 'delay' && key !== 'delays' && key !== 'conn_use') return undefined;
    at = comma + 2;
  }
  return undefined;
};

const relayMark = '>, relay=';

/**
 * Takes the text behind the queue id apart. The sender of a message chooses the recipient's address, which
 * stands on the left; the words of the remote server are on the right. Each may hold the other's marks, so
 * that only a line with one `>, relay=` before its status is certain. `ambiguous` otherwise.
 */
export const deliveryOf = (text: string, from: number): Delivery | 'ambiguous' | undefined => {
  const addressAt = from + 4;
  const mark = text.indexOf(relayMark, addressAt);
  if (mark < 0) return undefined;
  const relayAt = mark + 3;
  const fields = fieldsAt(text, relayAt);
  // A whole set of fields that could stand in an address is followed by another: the true one.
  const next = text.indexOf(relayMark, relayAt);
  if (fields === undefined) return next < 0 ? undefined : 'ambiguous';
  if (next >= 0 && fieldsAt(text, next + 3) !== undefined) return 'ambiguous';
  const originalAt = text.indexOf('>, orig_to=<', addressAt);
  if (originalAt < 0 || originalAt > mark) {
    return { to: text.slice(addressAt, mark), ...fields, words: text.slice(relayAt) };
  }
  const second = text.indexOf('>, orig_to=<', originalAt + 1);
  if (second >= 0 && second < mark) return 'ambiguous';
  return {
    to: text.slice(addressAt, originalAt),
    originalTo: text.slice(originalAt + 12, mark),
    ...fields,
    words: text.slice(originalAt + 3),
  };
};
