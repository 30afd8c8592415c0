import { PackageURL } from 'packageurl-js';
import { describe, expect, test } from 'vitest';
import { componentId } from '../../src/core/component.ts';
import { cyclonedx } from '../../src/report/cyclonedx.ts';
import { answerWith, component } from '../support/answers.ts';
import { cyclonedxSchema } from '../support/schemas.ts';
import { manyAnswers } from './answers.ts';

interface Bom {
  readonly serialNumber: string;
  readonly components: readonly {
    readonly 'bom-ref': string;
    readonly purl?: string;
    readonly version?: string;
    readonly evidence: { readonly occurrences: readonly object[] };
    readonly properties: readonly { readonly name: string; readonly value: string }[];
  }[];
  readonly services: readonly { readonly 'bom-ref': string; readonly name: string }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const bomOf = (answer: Parameters<typeof cyclonedx>[0]): Bom =>
  JSON.parse(cyclonedx(answer)) as Bom;

const complaints = cyclonedxSchema();
const answers = manyAnswers();

describe('CycloneDX 1.6', () => {
  test.each(answers)('%s keeps to the official schema', (_, answer) => {
    expect(complaints(JSON.parse(cyclonedx(answer)))).toEqual([]);
  });

  test.each(answers)('%s has a whole graph, and purls that others can read', (_, answer) => {
    const { components, services, dependencies } = bomOf(answer);
    const refs = [...components, ...services].map(each => each['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    expect(refs.length).toBe(answer.components.length);
    const graph = new Set(dependencies.map(({ ref }) => ref));
    for (const ref of refs) expect(graph).toContain(ref);
    const below = dependencies.flatMap(({ dependsOn }) => dependsOn);
    expect([...below].sort()).toEqual([...refs].sort());
    for (const { purl } of components) {
      if (purl !== undefined) expect(PackageURL.fromString(purl).name).not.toBe('');
    }
  });

  test('parts hang below what they are plugged into; what is talked to is a service', () => {
    const { components, services, dependencies } = bomOf(
      answerWith([
        component('roundcube', { kind: 'webmail' }),
        component('roundcube/acl', {
          kind: 'webmail-plugin',
          partOf: componentId('roundcube'),
          version: { unknown: 'its manifest names none' },
        }),
        component('roundcube/db', { kind: 'database-link', partOf: componentId('roundcube') }),
      ]),
    );
    expect(services.map(each => each['bom-ref'])).toEqual(['roundcube/db']);
    expect(dependencies).toContainEqual({
      ref: 'roundcube',
      dependsOn: ['roundcube/acl', 'roundcube/db'],
    });
    const [, plugin] = components;
    expect(plugin?.version).toBeUndefined();
    expect(plugin?.evidence.occurrences).toEqual([
      { location: '/etc/example/example.conf', line: 7 },
    ]);
    expect(plugin?.properties).toContainEqual({
      name: 'postern:versionUnknown',
      value: 'its manifest names none',
    });
    expect(plugin?.properties.every(({ name }) => name.startsWith('postern:'))).toBe(true);
  });

  test('the same answer has the same serial number, another answer another', () => {
    const one = answerWith([component('a')]);
    expect(bomOf(one).serialNumber).toBe(bomOf(one).serialNumber);
    expect(bomOf(one).serialNumber).not.toBe(bomOf(answerWith([component('b')])).serialNumber);
  });
});
