/** Matches 1,000 packages of a made host against a store, from the start of the process to the last answer. */
import { setFlagsFromString } from 'node:v8';
import { openMatching } from '../src/advisories/matching/match.ts';
import { openIndex } from '../src/app/advisories/open.ts';
import { type Component, componentId } from '../src/core/component.ts';
import { archiveSize, packageName } from './osv-archive.ts';

// As bin/postern.js starts.
setFlagsFromString('--semi-space-growth-factor=1');

const components = 1_000;
const worst = 20;

const componentOf = (i: number): Component => {
  // The packages with the most flaws of all, and a sample of the others.
  const name = packageName(i < worst ? i : Math.floor((i * archiveSize.packages) / components));
  const version = `${1 + (i % 4)}.${i % 30}.1+dfsg-1`;
  return {
    id: componentId(name),
    name,
    version: { value: version },
    purl: `pkg:deb/debian/${name}@${version}?distro=bookworm`,
    kind: 'library',
    origin: 'distribution',
    thirdParty: true,
    enabled: true,
    platform: name,
    foundAt: [],
    package: { ecosystem: 'deb', name, version },
    reach: [],
    logs: [],
  };
};

const [store = ''] = process.argv.slice(2);
const started = performance.now();
const index = openIndex(store, {
  note: ({ what, why }) => process.stderr.write(`${what}: ${why}\n`),
});
if (index === undefined) throw new Error(`${store} holds no advisories`);
const match = openMatching({
  index,
  distribution: {
    id: 'debian',
    idLike: [],
    versionId: '12',
    codename: 'bookworm',
    prettyName: 'Debian GNU/Linux 12 (bookworm)',
  },
  now: new Date(),
  maxAgeHours: () => 1e9,
});
let findings = 0;
let affected = 0;
for (let i = 0; i < components; i += 1) {
  const facts = match(componentOf(i), []);
  findings += facts.findings.length;
  affected += facts.findings.filter(({ outcome }) => outcome === 'affected').length;
}
index.close();
const ms = performance.now() - started;
process.stdout.write(JSON.stringify({ components, findings, affected, ms }));
