import { jisX0212 } from './jis-tables.ts';
import type { WidePlane } from './jis-x-0213.ts';
import { jisX0213Plane1, jisX0213Plane2 } from './jis-x-0213.ts';
import { Units } from './units.ts';

const pushPlace = (out: Units, points: readonly number[] | undefined): void => {
  for (const point of points ?? [0xfffd]) out.pushPoint(point);
};

const place = (plane: WidePlane, row: number, cell: number): readonly number[] | undefined =>
  row >= 1 && row <= 94 && cell >= 1 && cell <= 94 ? plane[(row - 1) * 94 + cell - 1] : undefined;

/** EUC-JIS-2004: EUC-JP with JIS X 0213; its third set is plane 2, and JIS X 0212 where that has nothing. */
export const decodeEucJis2004 = (bytes: Uint8Array): string => {
  const out = new Units(bytes.length + 2);
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) out.push(lead);
    else if (lead === 0x8e) {
      const kana = bytes[++at] ?? 0;
      out.push(kana >= 0xa1 && kana <= 0xdf ? 0xff61 + kana - 0xa1 : 0xfffd);
    } else {
      const isSecond = lead === 0x8f;
      const row = (isSecond ? (bytes[++at] ?? 0) : lead) - 0xa0;
      const cell = (bytes[++at] ?? 0) - 0xa0;
      const older = isSecond ? jisX0212()[(row - 1) * 94 + cell - 1] : undefined;
      const found = place(isSecond ? jisX0213Plane2() : jisX0213Plane1(), row, cell);
      pushPlace(out, found ?? (older === undefined || older === 0 ? undefined : [older]));
    }
  }
  return out.text();
};

/** Rows of plane 2 behind lead bytes F0 to FC, two for each. */
const secondRows: readonly (readonly [number, number])[] = [
  [1, 8],
  [3, 4],
  [5, 12],
  [13, 14],
  [15, 78],
  [79, 80],
  [81, 82],
  [83, 84],
  [85, 86],
  [87, 88],
  [89, 90],
  [91, 92],
  [93, 94],
];

const shiftedPlace = (lead: number, trail: number): readonly number[] | undefined => {
  if (trail < 0x40 || trail === 0x7f || trail > 0xfc) return undefined;
  const isUpper = trail >= 0x9f;
  const cell = isUpper ? trail - 0x9e : trail - 0x3f - (trail > 0x7f ? 1 : 0);
  if (lead >= 0xf0) {
    const rows = secondRows[lead - 0xf0];
    return rows === undefined ? undefined : place(jisX0213Plane2(), rows[isUpper ? 1 : 0], cell);
  }
  const row = (lead - (lead < 0xa0 ? 0x81 : 0xc1)) * 2 + (isUpper ? 2 : 1);
  return place(jisX0213Plane1(), row, cell);
};

/** Shift_JIS-2004. */
export const decodeShiftJis2004 = (bytes: Uint8Array): string => {
  const out = new Units(bytes.length + 2);
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) out.push(lead);
    else if (lead >= 0xa1 && lead <= 0xdf) out.push(0xff61 + lead - 0xa1);
    else {
      const trail = bytes[at + 1] ?? 0;
      const points = lead === 0x80 || lead === 0xa0 ? undefined : shiftedPlace(lead, trail);
      pushPlace(out, points);
      if (points !== undefined || trail >= 0x80) at++;
    }
  }
  return out.text();
};
