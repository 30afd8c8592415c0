import { reachOf } from '../core/exposed.ts';
import type { Evidence, Verdict } from '../core/verdict.ts';
import { evidenceOf, pass, type Question, yamlMatch, yamlName } from './question.ts';

/** Is its name, version, supplier, origin and owner known, and what it can reach? */
export const inventoried: Question = (subject, setting): Verdict => {
  const { component } = subject;
  const missing: string[] = [];
  const lines: string[] = [];
  if ('unknown' in component.version) {
    missing.push(`version (${component.version.unknown})`);
    lines.push('version: "<its version>"');
  }
  if (component.supplier === undefined) {
    missing.push('supplier');
    lines.push('supplier: <who makes it>');
  }
  if (component.origin === 'unknown') {
    missing.push('origin (nothing shows who built this copy)');
    lines.push('origin: upstream  # or distribution, vendor, in-house');
  }
  if (component.enabled !== false && reachOf(subject).length === 0) {
    missing.push('what it can reach');
    lines.push(
      'reaches:  # once you have looked, what it can lay its hands on',
      '  - { resource: mail-in-transit, mode: read, extent: "<how much of it>" }',
    );
  }
  const unowned = component.owner === undefined;
  if (unowned) lines.push('owner: <who answers for it>');
  const evidence: readonly Evidence[] = component.foundAt.map(place =>
    evidenceOf('found here', place),
  );
  if (missing.length === 0 && !unowned) {
    return pass(
      `known by name, version, supplier, origin and reach; ${component.owner} answers for it`,
      [
        ...evidence,
        evidenceOf(`owner ${component.owner}`, ownerPlace(subject.note, setting.configurationPath)),
      ],
    );
  }
  const remedy = [
    yamlName(setting.configurationPath),
    'components:',
    `  - match: ${yamlMatch(component.id)}`,
    ...lines.map(line => `    ${line}`),
  ].join('\n');
  const notKnown = missing.length === 0 ? '' : `not known: ${missing.join(', ')}`;
  if (unowned && setting.ownersNamed) {
    return {
      state: 'fail',
      why: [`nobody answers for it, although ${setting.configurationPath} names owners`, notKnown]
        .filter(part => part !== '')
        .join('; '),
      evidence,
      remedy,
      weight: 45,
      cause: 'owner forgotten',
    };
  }
  const noOwner = unowned ? 'nobody is named as its owner' : '';
  return {
    state: 'unknown',
    why: [notKnown, noOwner].filter(part => part !== '').join('; '),
    evidence,
    remedy,
    weight: missing.length > 0 ? 25 : 10,
    cause: missing.length > 0 ? 'facts not known' : 'owners not named',
  };
};

const ownerPlace = (
  note: { readonly line?: number } | undefined,
  path: string,
): { path: string; line?: number } =>
  note?.line === undefined ? { path } : { path, line: note.line };
