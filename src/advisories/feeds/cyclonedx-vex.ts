import type { FeedEntry, VexProduct, VexStatement, VexStatus } from '../../core/advisory.ts';
import { cyclonedxOfXml, looksLikeCyclonedxXml } from '../cyclonedx-xml.ts';
import type { Feed, FeedReading } from '../feed.ts';
import {
  flawOf,
  isObject,
  type JsonObject,
  objectIn,
  objectsIn,
  oneLine,
  sentenceIn,
  textIn,
  timeIn,
} from '../json-value.ts';
import { type NamedProduct, productOfCpe, productOfPurl, vexPart } from '../named-product.ts';
import { schemeOfVersion } from '../scheme-of.ts';
import { readVers } from '../vers.ts';

const vulnerabilitiesMax = 100_000;
const componentsMax = 300_000;
const depthMax = 40;
const affectsMax = 50_000;

/** The states of an impact analysis in OpenVEX's words. */
const states: Readonly<Record<string, VexStatus>> = {
  resolved: 'fixed',
  resolved_with_pedigree: 'fixed',
  exploitable: 'affected',
  in_triage: 'under-investigation',
  false_positive: 'not-affected',
  not_affected: 'not-affected',
};

/** Justifications that have the same meaning in OpenVEX; the others are told in words. */
const justifications: Readonly<Record<string, string>> = {
  code_not_present: 'vulnerable_code_not_present',
  code_not_reachable: 'vulnerable_code_not_in_execute_path',
  protected_by_compiler: 'inline_mitigations_already_exist',
  protected_at_runtime: 'inline_mitigations_already_exist',
  protected_at_perimeter: 'inline_mitigations_already_exist',
  protected_by_mitigating_control: 'inline_mitigations_already_exist',
};

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

interface Named extends NamedProduct {
  readonly label: string;
}

const namedOf = (component: JsonObject): Named | undefined => {
  const purl = textIn(component, 'purl');
  const cpe = textIn(component, 'cpe');
  const found =
    (purl === undefined ? undefined : productOfPurl(purl)) ??
    (cpe === undefined ? undefined : productOfCpe(cpe));
  if (found === undefined) return undefined;
  const version = found.version ?? textIn(component, 'version', 256);
  const name = sentenceIn(component, 'name', 120) ?? 'component';
  // The component's own version is more than the wildcard of its CPE.
  const { range, ...named } = found;
  const ranged = range !== undefined && (found.byCpe !== true || version === undefined);
  return {
    ...named,
    ...(ranged ? { range } : {}),
    ...(version === undefined ? {} : { version }),
    scheme:
      found.scheme === 'generic' && version !== undefined ? schemeOfVersion(version) : found.scheme,
    label: version === undefined ? name : oneLine(`${name} ${version}`, 200),
  };
};

/**
 * Components by their reference, nested ones included; a reference that two bear is nobody's. Undefined: more
 * or deeper than any.
 */
const componentsOf = (
  document: JsonObject,
): ReadonlyMap<string, JsonObject | undefined> | undefined => {
  const found = new Map<string, JsonObject | undefined>();
  let count = 0;
  const take = (component: JsonObject, depth: number): boolean => {
    count += 1;
    if (count > componentsMax || depth > depthMax) return false;
    const ref = textIn(component, 'bom-ref');
    if (ref !== undefined) found.set(ref, found.has(ref) ? undefined : component);
    return objectsIn(component, 'components', componentsMax).every(each => take(each, depth + 1));
  };
  const main = objectIn(objectIn(document, 'metadata') ?? {}, 'component');
  const whole =
    (main === undefined || take(main, 0)) &&
    objectsIn(document, 'components', componentsMax + 1).every(each => take(each, 0));
  return whole ? found : undefined;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/**
 * `urn:cdx:SERIAL/VERSION#REF`: a component of this document or of another one. Of another, its reference
 * tells who it is only where that is a package URL, as most tools write them.
 */
const resolve = (
  ref: string,
  serial: string | undefined,
  components: ReadonlyMap<string, JsonObject | undefined>,
): Named | undefined => {
  const link = /^urn:cdx:([0-9a-f-]{36})\/\d+#(.+)$/is.exec(ref);
  const fragment = link?.[2] ?? ref;
  const target = link === null ? ref : decoded(fragment);
  const here = link === null || `urn:uuid:${link[1]}`.toLowerCase() === serial;
  const component = here ? (components.get(target) ?? components.get(fragment)) : undefined;
  if (component !== undefined) return namedOf(component);
  if (here && components.has(target)) return undefined;
  const found = target.startsWith('pkg:') ? productOfPurl(target) : undefined;
  return found === undefined ? undefined : { ...found, label: oneLine(target, 200) };
};

/** `which`: of all versions of what is named. */
const productOf = (
  { version: _version, range: _range, ...named }: Named,
  which: Pick<VexProduct, 'version' | 'range'>,
): VexProduct => ({
  ...vexPart(named),
  product: named.label,
  ...which,
  ...(named.byCpe === true ? { byCpe: true } : {}),
});

/**
 * What a vulnerability's state means for versions that `affects` lists with a status of their own. `affected`
 * tells that the flaw is in that version; what follows from it there, the analysis says.
 */
const statusFor = (state: VexStatus, said: string | undefined): VexStatus => {
  switch (said ?? '') {
    case '':
    case 'affected':
      return state;
    case 'unaffected':
      return state === 'not-affected' || state === 'fixed' ? state : 'not-affected';
    default:
      return 'unknown';
  }
};

type Stated = readonly [VexStatus, VexProduct];

const statedOf = (affect: JsonObject, named: Named, state: VexStatus): readonly Stated[] => {
  const versions = objectsIn(affect, 'versions', 5_000);
  if (versions.length === 0) {
    return [[state, { ...productOf(named, {}), ...vexPart(named) }]];
  }
  return versions.map((item): Stated => {
    const status = statusFor(state, textIn(item, 'status', 40));
    const version = textIn(item, 'version', 256);
    if (version !== undefined) return [status, productOf(named, { version })];
    const reading = readVers(textIn(item, 'range', 8_192) ?? '');
    // Which versions are meant is not known: no ground to stay silent about any.
    return 'claim' in reading
      ? [status, productOf(named, { range: reading.claim })]
      : ['unknown', productOf(named, {})];
  });
};

const flawsOf = (vulnerability: JsonObject): readonly string[] => {
  const named = [
    textIn(vulnerability, 'id', 200),
    ...objectsIn(vulnerability, 'references', 50).map(reference => textIn(reference, 'id', 200)),
  ];
  return [
    ...new Set(
      named
        .map(name => (name === undefined ? undefined : flawOf(name)))
        .filter(name => name !== undefined),
    ),
  ];
};

const authorOf = (document: JsonObject): string => {
  const metadata = objectIn(document, 'metadata') ?? {};
  const organisations = ['manufacturer', 'supplier', 'manufacture'].map(role =>
    objectIn(metadata, role),
  );
  const candidates = [
    ...objectsIn(metadata, 'authors', 5),
    ...organisations.filter(organisation => organisation !== undefined),
  ];
  return (
    candidates.map(each => sentenceIn(each, 'name', 120)).find(name => name !== undefined) ??
    'unknown author'
  );
};

const analysisOf = (
  vulnerability: JsonObject,
): { readonly state: VexStatus; readonly justification?: string; readonly words?: string } => {
  const analysis = objectIn(vulnerability, 'analysis') ?? {};
  // Without an analysis it is only listed; that says nothing that could clear or accuse.
  const state = own(states, textIn(analysis, 'state', 60) ?? '') ?? 'unknown';
  const reason = textIn(analysis, 'justification', 100);
  const justification = reason === undefined ? undefined : own(justifications, reason);
  const detail = sentenceIn(analysis, 'detail');
  const words =
    justification === undefined && reason !== undefined
      ? oneLine(detail === undefined ? reason : `${reason}: ${detail}`)
      : detail;
  // Clicked away is not looked into: what clears a flaw says why.
  const grounded =
    textIn(analysis, 'state', 60) !== 'not_affected' ||
    reason !== undefined ||
    detail !== undefined;
  return {
    state: grounded ? state : 'unknown',
    ...(justification === undefined ? {} : { justification }),
    ...(words === undefined ? {} : { words }),
  };
};

const readDocument = (document: JsonObject, file: string): FeedReading => {
  const components = componentsOf(document);
  if (components === undefined)
    return { refused: 'its components are more or nested deeper than any' };
  const vulnerabilities = objectsIn(document, 'vulnerabilities', vulnerabilitiesMax + 1);
  if (vulnerabilities.length > vulnerabilitiesMax) {
    return { refused: `more than ${vulnerabilitiesMax} vulnerabilities` };
  }
  const serial = textIn(document, 'serialNumber', 100)?.toLowerCase();
  const made = timeIn(objectIn(document, 'metadata') ?? {}, 'timestamp');
  const author = authorOf(document);
  const entries: FeedEntry[] = [];
  let lost = 0;
  for (const vulnerability of vulnerabilities) {
    const flaws = flawsOf(vulnerability);
    const { state, justification, words } = analysisOf(vulnerability);
    const analysis = objectIn(vulnerability, 'analysis') ?? {};
    const on = timeIn(analysis, 'lastUpdated') ?? timeIn(vulnerability, 'updated') ?? made;
    const grouped = new Map<VexStatus, VexProduct[]>();
    for (const affect of objectsIn(vulnerability, 'affects', affectsMax)) {
      const named = resolve(textIn(affect, 'ref') ?? '', serial, components);
      for (const [status, product] of named === undefined ? [] : statedOf(affect, named, state)) {
        const products = grouped.get(status);
        if (products === undefined) grouped.set(status, [product]);
        else products.push(product);
      }
    }
    if (flaws.length === 0 || grouped.size === 0) lost += 1;
    for (const [status, products] of flaws.length === 0 ? [] : grouped) {
      const statement: VexStatement = {
        feed: 'cyclonedx-vex',
        document: serial ?? oneLine(`CycloneDX document ${file}`, 200),
        author,
        ...(on === undefined ? {} : { on }),
        flaws,
        products,
        status,
        ...(justification === undefined || status !== 'not-affected' ? {} : { justification }),
        ...(words === undefined ? {} : { words }),
      };
      entries.push({ kind: 'vex', statement });
    }
  }
  return entries.length === 0 && lost > 0
    ? { refused: `none of its ${lost} vulnerabilities affects a component that can be named` }
    : { entries };
};

/**
 * Vulnerabilities in a CycloneDX document, 1.4 to 1.7, JSON or XML: a VEX of its own or part of a bill of
 * materials. Source: https://cyclonedx.org/docs/1.6/json/
 */
export const cyclonedxVex: Feed = {
  id: 'cyclonedx-vex',
  title: 'CycloneDX VEX',
  addresses: [],
  // It says what is so, and nothing by silence: a copy is good until a newer one comes.
  maxAgeHours: 365 * 24,
  sniff: (_name, head) =>
    /"bomFormat"\s*:\s*"CycloneDX"/.test(head) || looksLikeCyclonedxXml(head) ? 0.95 : 0,
  cut: () => ({ by: 'whole' }),
  frame: () => ({ partial: true }),
  read: ({ value, document }) => {
    if (typeof value === 'string') {
      const read = cyclonedxOfXml(value);
      return 'refused' in read ? read : readDocument(read.document, document);
    }
    if (!isObject(value)) return { refused: 'it is no object' };
    if (textIn(value, 'bomFormat') !== 'CycloneDX') {
      return { refused: 'its bomFormat is not CycloneDX' };
    }
    return readDocument(value, document);
  },
};
