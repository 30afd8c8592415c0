#!/usr/bin/env node
// Starts Postern from its sources in a checkout and from the build in an installed package.
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

// A run is short and reads much: without this V8 lets young objects take 100 MB more, for nothing. Logs are
// endless, and their events short-lived: there it would cost a sixth of the time, and a tenth where many are asked for.
if (process.argv[2] !== 'ingest' && process.argv[2] !== 'events') {
  setFlagsFromString('--semi-space-growth-factor=1');
}

const source = new URL('../src/cli/main.ts', import.meta.url);
const build = new URL('../dist/cli/main.js', import.meta.url);
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 16)) {
  process.stderr.write(
    `postern: Node.js ${process.versions.node} is too old: 20.16 or newer is needed, 24 is best.\n`,
  );
  process.exitCode = 1;
} else if (!existsSync(source)) {
  const { main } = await import(build.href);
  await main(process.argv.slice(2));
} else if (major < 24) {
  process.stderr.write(
    `postern: a checkout runs on Node.js 24, this is ${process.versions.node}: run \`npm ci\`, which brings it, and then \`npx postern\`.\n`,
  );
  process.exitCode = 1;
} else {
  const { main } = await import(source.href);
  await main(process.argv.slice(2));
}
