import { ksX1001 } from './jis-tables.ts';
import { Units } from './units.ts';

/** The syllables that KS X 1001 has no place for, in Unicode's order: so Windows put them into the free places. */
const makeExtension = (): Uint16Array => {
  const has = new Set(ksX1001());
  const rest: number[] = [];
  for (let unit = 0xac00; unit <= 0xd7a3; unit++) if (!has.has(unit)) rest.push(unit);
  return Uint16Array.from(rest);
};

let extension: Uint16Array | undefined;

/** Place of a trail byte among 41–5A, 61–7A, 81–FE; -1 for others. */
const trailPlace = (byte: number): number => {
  if (byte >= 0x41 && byte <= 0x5a) return byte - 0x41;
  if (byte >= 0x61 && byte <= 0x7a) return byte - 0x61 + 26;
  if (byte >= 0x81 && byte <= 0xfe) return byte - 0x81 + 52;
  return -1;
};

const leadsWhole = 32; // 81–A0 take all 178 trails, A1–C6 only the 84 below A1.

const extended = (lead: number, trail: number): number => {
  const place = trailPlace(trail);
  if (place < 0) return 0;
  const index =
    lead <= 0xa0
      ? (lead - 0x81) * 178 + place
      : place < 84 && lead <= 0xc6
        ? leadsWhole * 178 + (lead - 0xa1) * 84 + place
        : -1;
  extension ??= makeExtension();
  return index < 0 ? 0 : (extension[index] ?? 0);
};

/** EUC-KR as Windows has it (CP949, UHC); TextDecoder of Node.js knows KS X 1001 only. */
export const decodeEucKr = (bytes: Uint8Array): string => {
  const out = new Units(bytes.length + 1);
  const plane = ksX1001();
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) {
      out.push(lead);
      continue;
    }
    const trail = bytes[at + 1] ?? 0;
    const isPlain = lead >= 0xa1 && trail >= 0xa1;
    const unit =
      lead === 0x80 || lead === 0xff
        ? 0
        : isPlain
          ? (plane[(lead - 0xa1) * 94 + trail - 0xa1] ?? 0)
          : extended(lead, trail);
    out.push(unit || 0xfffd);
    // A wrong pair must not swallow the ASCII byte behind it.
    if (unit !== 0 || trail >= 0x80) at++;
  }
  return out.text();
};
