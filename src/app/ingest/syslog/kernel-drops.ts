import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';

/** An address as /proc/net/udp and udp6 write it: words of 32 bits, each in the byte order of this machine. */
const words = (bytes: Buffer): string => {
  const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  const copy = Buffer.from(bytes);
  return (isLittle ? copy.swap32() : copy).toString('hex').toUpperCase();
};

const sixBytes = (address: string): Buffer => {
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const groups = (text: string): string[] =>
    text
      .split(':')
      .filter(each => each !== '')
      .flatMap(each => {
        if (!each.includes('.')) return [each.padStart(4, '0')];
        const hex = Buffer.from(each.split('.').map(Number)).toString('hex');
        return [hex.slice(0, 4), hex.slice(4)];
      });
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const hex = [...before, ...Array.from({ length: zeros }, () => '0000'), ...after].join('');
  return Buffer.from(hex.padEnd(32, '0').slice(0, 32), 'hex');
};

/** `0100007F:1588` for port 5512 of 127.0.0.1. */
export const kernelAddress = (address: string, port: number): string => {
  const bytes = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : sixBytes(address);
  return `${words(bytes)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
};

/** Datagrams that the kernel dropped, by the text of /proc/net/udp; undefined where it does not have the socket. */
export const dropsIn = (table: string, address: string, port: number): number | undefined => {
  const wanted = kernelAddress(address, port);
  let sum: number | undefined;
  for (const line of table.split('\n').slice(1)) {
    const columns = line.trim().split(/\s+/);
    const drops = Number(columns.at(-1));
    if (columns[1] === wanted && columns.length >= 13 && Number.isSafeInteger(drops)) {
      sum = (sum ?? 0) + drops;
    }
  }
  return sum;
};

/** What the kernel dropped at a socket since it was opened; undefined where that cannot be told (no /proc). */
export const kernelDrops = (address: string, port: number): number | undefined => {
  try {
    const table = readFileSync(isIPv4(address) ? '/proc/net/udp' : '/proc/net/udp6', 'latin1');
    return dropsIn(table, address, port);
  } catch {
    return undefined;
  }
};
