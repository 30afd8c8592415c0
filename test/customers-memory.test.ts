import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeCustomerList } from '../bench/customer-list.ts';
import { once } from '../bench/measure.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-memory-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a customer list that is five times as long takes little more memory', async () => {
  const read = async (rows: number): Promise<number> => {
    const list = join(folder, `${rows}.csv`);
    await writeCustomerList(list, rows);
    const { stdout, peakMiB } = once('read-customers.ts', [list, join(folder, `store-${rows}`)]);
    expect(JSON.parse(stdout)).toEqual({ persons: rows, identifiers: 3 * rows });
    return peakMiB;
  };
  const [few, many] = [await read(30_000), await read(150_000)];
  // All strings of the longer one would take some hundred.
  expect(many - few).toBeLessThan(150);
  expect(many).toBeLessThan(500);
}, 60_000);
