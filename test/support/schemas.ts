import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';

const require = createRequire(import.meta.url);

/** A schema's complaints about a document, in one line each; none when it is as it should be. */
export type Complaints = (document: unknown) => readonly string[];

const read = (path: string): object => JSON.parse(readFileSync(path, 'utf8')) as object;

const say = ({ instancePath, message = '', params }: ErrorObject): string =>
  `${instancePath} ${message} ${JSON.stringify(params)}`;

const complaints =
  (validate: ValidateFunction): Complaints =>
  document =>
    validate(document) ? [] : (validate.errors ?? []).slice(0, 20).map(say);

const addFormats = (ajv: Ajv): void => {
  const add = require('ajv-formats') as (to: Ajv) => void;
  add(ajv);
  // Of JSON Schema 2019, which ajv-formats does not know; CycloneDX uses both.
  ajv.addFormat('iri-reference', /^[^\s<>"\\^`{|}]*$/u);
  ajv.addFormat('idn-email', /^[^\s@]+@[^\s@]+$/u);
};

/** One of Postern's own schemas (JSON Schema 2020-12). */
export const ownSchema = (
  name:
    | 'confirm'
    | 'inventory'
    | 'advisory-notes'
    | 'replay'
    | 'scope'
    | 'hunt'
    | 'scan'
    | 'scan-try'
    | 'line-proof'
    | `hunt-${'rules' | 'alerts' | 'baselines' | 'channels'}`
    | `evidence-${'bundle' | 'dwell' | 'gaps' | 'reparse' | 'status' | 'verify' | 'witness'}`,
): Complaints => {
  const { Ajv2020 } = require('ajv/dist/2020.js') as { Ajv2020: new (options: object) => Ajv };
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
  addFormats(ajv);
  return complaints(ajv.compile(read(`schemas/${name}.schema.json`)));
};

/** The official schema of CycloneDX 1.6, as the CycloneDX library carries it. */
export const cyclonedxSchema = (): Complaints => {
  const { Ajv } = require('ajv') as { Ajv: new (options: object) => Ajv };
  const folder = join(
    require.resolve('@cyclonedx/cyclonedx-library/package.json'),
    '..',
    'res',
    'schema',
  );
  const ajv = new Ajv({ strict: false });
  addFormats(ajv);
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
    const file = `${name}.SNAPSHOT.schema.json`;
    ajv.addSchema(read(join(folder, file)), `http://cyclonedx.org/schema/${file}`);
  }
  return complaints(ajv.compile(read(join(folder, 'bom-1.6.SNAPSHOT.schema.json'))));
};
