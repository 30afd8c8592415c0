import { type JsonObject, objectIn, objectsIn, textIn } from '../json-value.ts';
import type { Bom, BomLimits, BomPart } from './bom.ts';

/** What Trivy writes of a distribution's package: its source, whose name its advisories go by. */
const sourceOf = (component: JsonObject): BomPart['source'] => {
  const said = new Map<string, string>();
  for (const property of objectsIn(component, 'properties', 200)) {
    const name = textIn(property, 'name', 100);
    const value = textIn(property, 'value', 300);
    if (name?.startsWith('aquasecurity:trivy:Src') === true && value !== undefined) {
      said.set(name.slice('aquasecurity:trivy:'.length), value);
    }
  }
  const name = said.get('SrcName');
  if (name === undefined) return undefined;
  const version = said.get('SrcVersion');
  if (version === undefined) return { name };
  const epoch = said.get('SrcEpoch');
  const release = said.get('SrcRelease');
  return {
    name,
    version: `${epoch === undefined || epoch === '0' ? '' : `${epoch}:`}${version}${release === undefined ? '' : `-${release}`}`,
  };
};

const partOf = (component: JsonObject): BomPart | undefined => {
  const purl = textIn(component, 'purl');
  if (purl === undefined) return undefined;
  const version = textIn(component, 'version', 300);
  const source = sourceOf(component);
  return {
    purl,
    name: textIn(component, 'name', 300) ?? purl,
    ...(version === undefined ? {} : { version }),
    ...(source === undefined ? {} : { source }),
  };
};

const systemOf = (component: JsonObject): string | undefined => {
  const name = textIn(component, 'name', 60);
  const version = textIn(component, 'version', 60);
  return name === undefined || version === undefined ? undefined : `${name}-${version}`;
};

/** Source: https://cyclonedx.org/docs/1.6/json/ (`components`, nested; `metadata.component`). */
export const cyclonedxBom = (
  document: JsonObject,
  version: string,
  { partsMax, depthMax }: BomLimits,
): Bom => {
  const metadata = objectIn(document, 'metadata');
  const whole = metadata === undefined ? undefined : objectIn(metadata, 'component');
  const waiting: { readonly component: JsonObject; readonly depth: number }[] = [
    ...(whole === undefined ? [] : [{ component: whole, depth: 0 }]),
    ...objectsIn(document, 'components', partsMax + 1).map(component => ({ component, depth: 0 })),
  ].reverse();
  const parts: BomPart[] = [];
  let nameless = 0;
  let leftOut = 0;
  let seen = 0;
  let system: string | undefined;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { component, depth } = next;
    seen += 1;
    if (seen > partsMax || depth > depthMax) {
      leftOut += 1;
      continue;
    }
    for (const inner of objectsIn(component, 'components', partsMax).toReversed()) {
      waiting.push({ component: inner, depth: depth + 1 });
    }
    if (component['type'] === 'operating-system') {
      system ??= systemOf(component);
      continue;
    }
    // Not shipped with the application: a tool of its tests, or what its surroundings bring.
    if (component['scope'] === 'excluded' || component['isExternal'] === true) continue;
    const part = partOf(component);
    // Folders and files of a scan name no package either, and nobody publishes advisories about them.
    if (part !== undefined) parts.push(part);
    else if (component !== whole && component['type'] !== 'file') nameless += 1;
  }
  return {
    format: `CycloneDX ${version}`,
    parts,
    nameless,
    leftOut,
    ...(system === undefined ? {} : { system }),
  };
};
