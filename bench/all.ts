/** `npm run bench`: what a run costs, then what the advisory database costs. */
await import('./confirm.ts');
process.stdout.write('\n');
await import('./advisories.ts');
