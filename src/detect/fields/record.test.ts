import { expect, test } from 'vitest';
import { mayHaveRecords, recordIn } from './record.ts';

const plain = 'Jun 29 08:00:00 mail01 dovecot: {"a": 1} "{ "" } {""a"":1}';

test.each(['{"a":1}', '2026-06-29,"{""a"":1}",x', '"{""a"":1}"'])(
  'lines with %s in one of them may have records',
  line => {
    expect(recordIn(line)).toEqual({ a: 1 });
    for (const text of [
      line,
      `${plain}\n${line}`,
      `${plain}\r\n${line}\n${plain}`,
      `\u{feff}${line}`,
    ]) {
      expect(mayHaveRecords(Buffer.from(text))).toBe(true);
    }
    expect(recordIn(plain)).toBeUndefined();
    expect(mayHaveRecords(Buffer.from(`${plain}\n${plain}`))).toBe(false);
  },
);
