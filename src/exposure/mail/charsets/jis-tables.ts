/** A table of 94 × 94: index `(row - 1) * 94 + cell - 1`, UTF-16 unit, 0 where nothing is. */
export type Plane = Uint16Array;

const cells = 94;

const planeOf = (
  label: string,
  bytesOf: (row: number, cell: number) => readonly number[],
): Plane => {
  const plane = new Uint16Array(cells * cells);
  const bytes: number[] = [];
  for (let row = 1; row <= cells; row++) {
    for (let cell = 1; cell <= cells; cell++) bytes.push(...bytesOf(row, cell), 10);
  }
  // All places in one text, a line each: to decode them one by one takes a hundred times as long.
  const lines = new TextDecoder(label).decode(Uint8Array.from(bytes)).split('\n');
  for (const [at, text] of lines.entries()) {
    if (text.length === 1 && text !== '\ufffd') plane[at] = text.charCodeAt(0);
  }
  return plane;
};

const once = (make: () => Plane): (() => Plane) => {
  let made: Plane | undefined;
  return () => (made ??= make());
};

/** JIS X 0208 with what NEC and IBM put into its free rows, as Windows reads it. */
export const jisX0208: () => Plane = once(() =>
  planeOf('euc-jp', (row, cell) => [0xa0 + row, 0xa0 + cell]),
);

/** JIS X 0212, the supplementary kanji. */
export const jisX0212: () => Plane = once(() =>
  planeOf('euc-jp', (row, cell) => [0x8f, 0xa0 + row, 0xa0 + cell]),
);

/** GB 2312. */
export const gb2312: () => Plane = once(() =>
  planeOf('gbk', (row, cell) => [0xa0 + row, 0xa0 + cell]),
);

/** KS X 1001. */
export const ksX1001: () => Plane = once(() =>
  planeOf('euc-kr', (row, cell) => [0xa0 + row, 0xa0 + cell]),
);
