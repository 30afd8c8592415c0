import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const digits = (value: number, width: number): string => String(value).padStart(width, '0');

/** A list of so many invented customers, the same each time: an address, a telephone and a number each. */
export const writeCustomerList = async (path: string, rows: number): Promise<void> => {
  const file = createWriteStream(path);
  file.write('customer_no,email,tel,status,left,tenant\n');
  let text = '';
  for (let row = 0; row < rows; row += 1) {
    const tel = `0${7 + (row % 3)}0-${digits(Math.floor(row / 10_000) % 10_000, 4)}-${digits(row % 10_000, 4)}`;
    const gone = row % 5 === 0;
    text += `C${digits(row, 8)},user${row}@tenant${row % 6}.example.jp,${tel},${gone ? '退会,2020-01-01' : '契約中,'},tenant${row % 6}\n`;
    if (text.length < 1 << 20) continue;
    if (!file.write(text)) await once(file, 'drain');
    text = '';
  }
  file.end(text);
  await once(file, 'finish');
};
