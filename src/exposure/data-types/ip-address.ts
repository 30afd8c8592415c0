import { ipv6Around, isSpecial } from '../checks/ip.ts';
import type { Around, Candidate, DataType, Judged } from '../data-type.ts';

const sets = ['ip-address'];

const quad = [1, 2, 3].flatMap(a =>
  [1, 2, 3].flatMap(b => [1, 2, 3].flatMap(c => [1, 2, 3].map(d => [a, b, c, d] as const))),
);

/** IPv4 (dotted) and IPv6 (RFC 4291) addresses; numbers of versions and sections look like the former. */
export const ipAddress: DataType = {
  id: 'ip-address',
  title: 'IP address',
  sensitivity: 'ordinary',
  rank: 2,
  anchors: { numbers: quad, literals: ['::'], tokens: [2, 4] },
  judge(candidate: Candidate, around: Around): Judged | undefined {
    if (candidate.kind !== 'number') {
      const { text } = around;
      if (candidate.kind === 'token' && !isBesideColon(text, candidate)) return undefined;
      const found = ipv6Around(text, candidate.from);
      return found === undefined ? undefined : graded(found, around);
    }
    return fourth(candidate, around);
  },
};

const isBesideColon = (text: string, { from, to }: Candidate): boolean =>
  text.charCodeAt(to) === 0x3a || (from > 0 && text.charCodeAt(from - 1) === 0x3a);

const fourth = ({ from, to, separators }: Candidate, around: Around): Judged | undefined => {
  const { text } = around;
  const value = text.slice(from, to);
  if (separators !== '...' || !/^(?:(?:0|[1-9]\d{0,2})(?:\.|$)){4}$/.test(value)) return undefined;
  const octets = value.split('.').map(Number);
  if (octets.some(octet => octet > 255) || isOfMore(text, from, to)) return undefined;
  // 1.2.3.4 is a section or a version, unless something says otherwise.
  const isSmall = octets.every(octet => octet < 20) && octets[0] !== 10;
  const judged = graded({ from, to, value }, around);
  if (judged === undefined || !isSmall) return judged;
  if (judged.confidence !== 'high' && /[A-Za-z] $/.test(text.slice(Math.max(0, from - 2), from)))
    return undefined;
  return judged.confidence === 'high' ? judged : { ...judged, confidence: 'low' };
};

const graded = (
  { from, to, value }: { readonly from: number; readonly to: number; readonly value: string },
  around: Around,
): Judged | undefined => {
  const leaning = around.leaning(sets, from, to);
  if (leaning === 'against') return undefined;
  const found = { from, to, value };
  // Of a machine itself, of a house's own network, of a server: it tells of nobody outside.
  if (isSpecial(value) || around.inUrl(from)) return { ...found, confidence: 'low' };
  if (around.text.charAt(to) === '/' && /^\/\d{1,3}(?!\d)/.test(around.text.slice(to, to + 5)))
    return { ...found, confidence: 'low' };
  return { ...found, confidence: leaning === 'field' || leaning === 'near' ? 'high' : 'medium' };
};

/** A fifth number, a letter or a name goes on; a port, a prefix length, a path does not matter. */
const isOfMore = (text: string, from: number, to: number): boolean => {
  const before = text.slice(Math.max(0, from - 2), from);
  if (/[\w%]$/.test(before) || /[\w)][.-]$/.test(before)) return true;
  return /^(?:[A-Za-z0-9_]|[.-][A-Za-z0-9])/.test(text.slice(to, to + 2));
};
