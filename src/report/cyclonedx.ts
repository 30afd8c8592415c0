import type { Answer } from '../core/answer.ts';
import type { Component, ComponentKind } from '../core/component.ts';
import type { Unseen } from '../core/unseen.ts';
import { checks, type Verdicts } from '../core/verdict.ts';
import { vulnerabilities } from './cyclonedx-vulnerabilities.ts';
import { safeJson } from './plain.ts';
import { sourceAges } from './source-ages.ts';
import { uuidOf } from './uuid.ts';

/** What a bill of materials is made of: an answer, or an inventory without verdicts. */
export interface Bill {
  readonly generated: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly organisation?: string;
  readonly components: readonly (Component & { readonly checks?: Verdicts })[];
  readonly unseen: readonly Unseen[];
}

type Part = Bill['components'][number];

/** Kinds that are something talked to rather than something installed. */
const serviceKinds: ReadonlySet<ComponentKind> = new Set([
  'gateway',
  'connector',
  'database-link',
  'auth-backend',
  'oauth-app',
]);

const isService = (part: Part): boolean =>
  serviceKinds.has(part.kind) && part.package === undefined;

/** Kinds that run inside another program. */
const typeOf = (kind: ComponentKind): 'application' | 'library' =>
  kind === 'add-on' || kind === 'webmail-plugin' || kind === 'library' ? 'library' : 'application';

const property = (name: string, value: string): { name: string; value: string } => ({
  name: `postern:${name}`,
  value,
});

const properties = (part: Part): readonly object[] => [
  property('kind', part.kind),
  property('platform', part.platform),
  property('origin', part.origin),
  property('thirdParty', String(part.thirdParty)),
  property('enabled', String(part.enabled)),
  ...('unknown' in part.version ? [property('versionUnknown', part.version.unknown)] : []),
  ...(part.owner === undefined ? [] : [property('owner', part.owner)]),
  ...(part.labels ?? []).map(label => property('label', label)),
  ...(part.runsAs === undefined ? [] : [property('runsAs', part.runsAs.user)]),
  ...(part.exposure === undefined ? [] : [property('internet', part.exposure.internet)]),
  ...(part.partOf === undefined ? [] : [property('partOf', part.partOf)]),
  ...part.reach.map(({ resource, mode, extent, because }) =>
    property(
      'reach',
      `${mode} ${resource}: ${extent}${because === undefined ? '' : ` (${because.path}${because.line === undefined ? '' : `:${because.line}`})`}`,
    ),
  ),
  ...(part.checks === undefined
    ? []
    : checks.map(check => property(`check:${check}`, part.checks?.[check].state ?? 'unknown'))),
];

const evidence = ({ foundAt, purl }: Part): object => ({
  occurrences: foundAt.map(({ path, line }) => ({
    location: path,
    ...(line === undefined ? {} : { line }),
  })),
  ...(purl === undefined
    ? {}
    : {
        identity: [
          {
            field: 'purl',
            confidence: 1,
            methods: [{ technique: 'manifest-analysis', confidence: 1 }],
          },
        ],
      }),
});

const component = (part: Part): object => ({
  type: typeOf(part.kind),
  'bom-ref': part.id,
  name: part.name,
  ...('value' in part.version ? { version: part.version.value } : {}),
  ...(part.supplier === undefined ? {} : { supplier: { name: part.supplier } }),
  ...(part.purl === undefined ? {} : { purl: part.purl }),
  evidence: evidence(part),
  properties: properties(part),
});

const service = (part: Part): object => ({
  'bom-ref': part.id,
  name: part.name,
  ...('value' in part.version ? { version: part.version.value } : {}),
  ...(part.supplier === undefined ? {} : { provider: { name: part.supplier } }),
  properties: [
    ...properties(part),
    ...part.foundAt.map(({ path, line }) =>
      property('foundAt', line === undefined ? path : `${path}:${line}`),
    ),
  ],
});

const dependencies = (parts: readonly Part[], platformRef: string): readonly object[] => {
  const refs = new Set<string>(parts.map(({ id }) => id));
  const below = new Map<string, string[]>([[platformRef, []]]);
  for (const { id } of parts) below.set(id, []);
  for (const { id, partOf } of parts) {
    const parent = partOf !== undefined && refs.has(partOf) && partOf !== id ? partOf : platformRef;
    below.get(parent)?.push(id);
  }
  return [...below].map(([ref, dependsOn]) => ({ ref, dependsOn: [...new Set(dependsOn)] }));
};

/** A CycloneDX 1.6 bill of materials: what is installed, what is talked to, and what plugs into what. */
export const bill = (
  content: Bill,
  flaws: readonly object[] = [],
  ages: readonly string[] = [],
): string => {
  const { generated, tool, organisation, components: parts, unseen } = content;
  const platformRef = 'postern:mail-platform';
  const body = {
    metadata: {
      timestamp: generated,
      lifecycles: [{ phase: 'operations' }],
      tools: { components: [{ type: 'application', name: tool.name, version: tool.version }] },
      component: {
        type: 'platform',
        'bom-ref': platformRef,
        name: `mail platform${organisation === undefined ? '' : ` of ${organisation}`}`,
      },
      properties: [
        ...unseen.map(({ what, why }) => property('unseen', `${what}: ${why}`)),
        ...ages.map(age => property('advisories', age)),
      ],
    },
    components: parts.filter(part => !isService(part)).map(component),
    services: parts.filter(isService).map(service),
    dependencies: dependencies(parts, platformRef),
    ...(flaws.length === 0 ? {} : { vulnerabilities: flaws }),
  };
  return `${safeJson(
    {
      $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      serialNumber: `urn:uuid:${uuidOf(JSON.stringify(body))}`,
      version: 1,
      ...body,
    },
    2,
  )}\n`;
};

export const cyclonedx = (answer: Answer): string =>
  bill(answer, vulnerabilities(answer.components), sourceAges(answer));
