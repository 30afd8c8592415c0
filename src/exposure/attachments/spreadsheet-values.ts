/** Number formats that Excel has without saying so, and that show a date (ECMA-376 18.8.30). */
export const isBuiltInDate = (id: number): boolean =>
  (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58);

/** A format with year, month or day in it, outside of its quoted text and conditions. */
export const isDateFormat = (code: string): boolean => {
  const bare = code.replaceAll(/"[^"]*"|\[[^\]]*\]|\\./g, '').toLowerCase();
  return /[ye]/.test(bare) && /[md]/.test(bare) && !/[0#]/.test(bare);
};

const dayMs = 86_400_000;
const daysMax = 2_958_465; // 9999-12-31

/** `1980-03-04` of a day as Excel counts it, with its 29 February 1900 that never was. */
export const dateOfSerial = (serial: number, from1904: boolean): string | undefined => {
  if (!(serial >= 1 && serial <= daysMax)) return undefined;
  const days = from1904 ? serial + 1_462 : serial < 60 ? serial + 1 : serial;
  return new Date(Date.UTC(1899, 11, 30) + Math.floor(days) * dayMs).toISOString().slice(0, 10);
};

/** A whole number in full: long ones are stored as `1.2345678901E11`. */
export const numberText = (value: string): string => {
  if (!/[eE]/.test(value)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? String(number) : value;
};
