import { readCustomers } from '../src/app/people/read-customers.ts';
import { Pseudonyms } from '../src/exposure/people/pseudonyms.ts';

/** Reads a list into a store, for a process that is measured: `read-customers.ts LIST STORE`. */
const [file = '', store = ''] = process.argv.slice(2);
const { persons, identifiers } = await readCustomers({
  store,
  sources: [{ file }],
  folder: '/',
  environment: {},
  pseudonyms: new Pseudonyms(Buffer.alloc(32, 1)),
  regions: ['JP'],
  now: new Date('2026-11-26T00:00:00Z'),
});
process.stdout.write(JSON.stringify({ persons, identifiers }));
