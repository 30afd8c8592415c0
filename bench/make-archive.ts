/** Makes the archive in a process of its own: what it needs must not count as what is measured. */
import { makeArchive } from './osv-archive.ts';

const [path = ''] = process.argv.slice(2);
process.stdout.write(String(makeArchive(path)));
