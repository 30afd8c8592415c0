/** The known limit: lists every folder below a root, once, and does nothing else. */
import { readdirSync } from 'node:fs';

const [root = '/'] = process.argv.slice(2);
const folders = [root];
let entries = 0;
for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
  let found: import('node:fs').Dirent[];
  try {
    found = readdirSync(folder, { withFileTypes: true });
  } catch {
    continue;
  }
  entries += found.length;
  for (const entry of found) if (entry.isDirectory()) folders.push(`${folder}/${entry.name}`);
}
process.stdout.write(`${entries} entries\n`);
