/** Writes the table of docs/data-types.md anew: what is found of the labelled texts. `--mistakes` prints what was not right. */
import { readFileSync, writeFileSync } from 'node:fs';
import { measuredMarks, measuredPage, measurement } from '../test/support/measured-page.ts';

const page = 'docs/data-types.md';
const { mistakes, table } = measurement();
if (process.argv.includes('--mistakes')) {
  for (const { place, type, what, text } of mistakes)
    process.stdout.write(`${place}\t${what}\t${type}\t${JSON.stringify(text)}\n`);
}
const have = readFileSync(page, 'utf8');
if (!have.includes(measuredMarks.begin)) throw new Error(`${page} has no ${measuredMarks.begin}`);
writeFileSync(page, measuredPage(have, table));
