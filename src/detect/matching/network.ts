/** An address as a number of 32 or 128 bits. */
interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** First and last address of a network, as numbers of so many bits. */
export interface AddressRange {
  readonly bits: 32 | 128;
  readonly low: bigint;
  readonly high: bigint;
}

/** Undefined: it is none, and no address is in it. */
export const rangeOf = (network: string): AddressRange | undefined => {
  const slash = network.indexOf('/');
  const base = addressOf(slash < 0 ? network : network.slice(0, slash));
  if (base === undefined) return undefined;
  const { bits, value } = base;
  // `::ffff:192.0.2.0/120` counts its bits in IPv6.
  const isMapped = bits === 32 && network.includes(':');
  const written = slash < 0 ? (isMapped ? 128 : bits) : prefixLength(network.slice(slash + 1));
  const length = written === undefined ? undefined : isMapped ? written - 96 : written;
  if (length === undefined || length < 0 || length > bits) return undefined;
  const shift = BigInt(bits - length);
  const low = (value >> shift) << shift;
  return { bits, low, high: low + (1n << shift) - 1n };
};

/** Whether a text is an address within a network. An IPv4 address in IPv6 (`::ffff:192.0.2.1`) is that IPv4 address. */
export const networkTest = (network: string): ((text: string) => boolean) => {
  const range = rangeOf(network);
  if (range === undefined) return () => false;
  if (range.bits === 128) {
    return text => {
      const address = addressOf(text);
      return address?.bits === 128 && address.value >= range.low && address.value <= range.high;
    };
  }
  const low = Number(range.low);
  const high = Number(range.high);
  return text => {
    const address = text.includes(':') ? mappedOf(text) : ipv4Of(text);
    return address !== undefined && address >= low && address <= high;
  };
};

const prefixLength = (text: string): number | undefined =>
  /^\d{1,3}$/.test(text) ? Number(text) : undefined;

const mappedOf = (text: string): number | undefined => {
  const address = addressOf(text);
  return address?.bits === 32 ? Number(address.value) : undefined;
};

/** Four decimal numbers; one with a leading zero is octal for some and decimal for others, so it is none. */
const ipv4Of = (text: string): number | undefined => {
  if (text.length < 7 || text.length > 15) return undefined;
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 46) {
      if (octet < 0) return undefined;
      value = value * 256 + octet;
      octet = -1;
      dots++;
    } else if (unit >= 48 && unit <= 57) {
      if (octet === 0) return undefined;
      octet = (octet < 0 ? 0 : octet) * 10 + unit - 48;
      if (octet > 255) return undefined;
    } else return undefined;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : undefined;
};

/** Source of the text form: RFC 4291, 2.2. */
const addressOf = (text: string): Address | undefined => {
  if (text.length > 45) return undefined;
  if (!text.includes(':')) {
    const value = ipv4Of(text);
    return value === undefined ? undefined : { bits: 32, value: BigInt(value) };
  }
  const value = ipv6Of(text);
  if (value === undefined) return undefined;
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
};

const ipv6Of = (text: string): bigint | undefined => {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = groupsOf(halves[1] ?? '', true);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array<number>(missing).fill(0), ...tail].reduce(
    (value, group) => (value << 16n) | BigInt(group),
    0n,
  );
};

const groupsOf = (text: string, mayEndInIpv4: boolean): readonly number[] | undefined => {
  if (text === '') return [];
  const words = text.split(':');
  const groups: number[] = [];
  for (const [index, word] of words.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(word)) groups.push(Number.parseInt(word, 16));
    else {
      const ipv4 = mayEndInIpv4 && index === words.length - 1 ? ipv4Of(word) : undefined;
      if (ipv4 === undefined) return undefined;
      groups.push(Math.floor(ipv4 / 65_536), ipv4 % 65_536);
    }
  }
  return groups;
};
