import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Confidence } from '../../src/core/personal.ts';
import type { ExposureSettings, SearchedText } from '../../src/exposure/data-type.ts';

/** What a case says of one type; `text` is what stands in input.txt, `value` its normal form. */
export interface DataTypeCase {
  readonly name: string;
  readonly input: string;
  readonly kind: SearchedText['kind'];
  readonly settings: ExposureSettings;
  readonly found: readonly {
    readonly text: string;
    readonly value: string;
    readonly confidence: Confidence;
  }[];
}

interface Expected {
  readonly kind?: SearchedText['kind'];
  readonly settings?: Partial<ExposureSettings>;
  readonly found: DataTypeCase['found'];
}

const root = new URL('../fixtures/data-types/', import.meta.url);

/** Cases of a type: a folder each with input.txt and expected.json (`kind` and `settings` where they matter, `found`). */
export const dataTypeCases = (id: string): readonly DataTypeCase[] => {
  const folder = new URL(`${id}/`, root);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map(name => {
    const read = (file: string): string => readFileSync(new URL(`${name}/${file}`, folder), 'utf8');
    const expected = JSON.parse(read('expected.json')) as Expected;
    return {
      name,
      input: read('input.txt'),
      kind: expected.kind ?? 'plain',
      settings: { customerNumbers: [], regions: ['JP', 'US', 'GB'], ...expected.settings },
      found: expected.found,
    };
  });
};
