import { cyclonedxOfXml } from '../cyclonedx-xml.ts';
import { isObject, type JsonObject, oneLine } from '../json-value.ts';
import { cyclonedxBom } from './cyclonedx.ts';
import { spdxBom } from './spdx.ts';
import { spdxOfTagValue } from './spdx-tag-value.ts';

/** A part of an application that names a package. */
export interface BomPart {
  readonly purl: string;
  /** As the document calls it, for people. */
  readonly name: string;
  /** Where the package URL has none. */
  readonly version?: string;
  /** Release of the distribution, where the package URL has no `distro`: written as that is. */
  readonly distro?: string;
  /** Source package of a distribution's package, where the document tells it. */
  readonly source?: { readonly name: string; readonly version?: string };
}

/** A bill of materials, as far as advisories are asked about it. */
export interface Bom {
  /** `CycloneDX 1.6`. */
  readonly format: string;
  readonly parts: readonly BomPart[];
  /** Parts that name no package: nobody can be asked about them. */
  readonly nameless: number;
  /** Parts beyond the bounds. */
  readonly leftOut: number;
  /** Operating system that it says it lies on, as a `distro` qualifier is written: `debian-12`. */
  readonly system?: string;
}

export type BomReading = Bom | { readonly refused: string };

export interface BomLimits {
  readonly partsMax: number;
  /** Components within components. */
  readonly depthMax: number;
}

const bomLimits: BomLimits = { partsMax: 50_000, depthMax: 50 };

/** Comments may stand before the first tag. */
const isTagValue = (text: string): boolean => /^\s*SPDXVersion[ \t]*:/m.test(text.slice(0, 4_000));

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown;
  } catch {
    // Not JSON, or nested so deeply that it is meant to break its reader.
    return undefined;
  }
};

const said = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? oneLine(String(value), 40) : 'nothing';

const readObject = (value: JsonObject, limits: BomLimits): BomReading => {
  if (value['bomFormat'] === 'CycloneDX') {
    const version = value['specVersion'];
    return typeof version === 'string' && /^1\.[4-7]$/.test(version)
      ? cyclonedxBom(value, version, limits)
      : { refused: `it is CycloneDX ${said(version)}; 1.4 to 1.7 are read` };
  }
  const spdx = value['spdxVersion'];
  if (spdx === 'SPDX-2.2' || spdx === 'SPDX-2.3') return spdxBom(value, spdx, limits);
  if (spdx !== undefined) return { refused: `it is ${said(spdx)}; SPDX-2.2 and SPDX-2.3 are read` };
  if (value['@context'] !== undefined) {
    return { refused: 'it is SPDX 3 or other JSON-LD; SPDX-2.2 and SPDX-2.3 are read' };
  }
  return { refused: 'it is neither CycloneDX nor SPDX: no bomFormat, no spdxVersion' };
};

/** Reads a bill of materials. It never throws, whatever the text is. */
export const readBom = (text: string, limits: BomLimits = bomLimits): BomReading => {
  if (/^\ufeff?\s*</.test(text)) {
    const read = cyclonedxOfXml(text);
    return 'refused' in read ? read : readObject(read.document, limits);
  }
  const value = parsed(text);
  if (value === undefined) {
    if (isTagValue(text)) return readObject(spdxOfTagValue(text), limits);
    return { refused: text.trim() === '' ? 'it is empty' : 'it is not valid JSON' };
  }
  return isObject(value) ? readObject(value, limits) : { refused: 'it is no JSON object' };
};
