/**
 * `npm run bench`: what a run costs, then what the advisory database costs; with a name one of them, or one of those
 * that take longer: `npm run bench -- ingest`, `npm run bench -- evidence`.
 */
const [name = ''] = process.argv.slice(2);
if (
  [
    'confirm',
    'advisories',
    'evidence',
    'ingest',
    'scan',
    'scope',
    'customers',
    'hunt',
    'hunt-stream',
    'hunt-sql',
  ].includes(name)
) {
  process.argv.splice(2, 1);
  await import(`./${name}.ts`);
} else {
  await import('./confirm.ts');
  process.stdout.write('\n');
  await import('./advisories.ts');
}
