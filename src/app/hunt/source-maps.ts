import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { SourceMap } from '../../detect/fields/source-map.ts';
import { defined, readYaml } from '../yaml-file.ts';

const name = z.string().min(1).max(200);
const names = z.union([name.transform(one => [one]), z.array(name).min(1).max(500)]);

const logSource = z
  .strictObject({
    category: name.optional(),
    product: name.optional(),
    service: name.optional(),
  })
  .refine(value => Object.keys(value).length > 0, 'expected a category, a product or a service');

const scope = z.strictObject({
  formats: names.optional(),
  components: names.optional(),
  services: names.optional(),
  kinds: names.optional(),
  unparsed: z.boolean().optional(),
  has: names.optional(),
});

const schema = z.strictObject({
  title: name,
  logsources: z.array(logSource).min(1).max(100),
  events: z.array(scope).max(100),
  fields: z.record(name, names).default({}),
  constants: z.record(name, name).default({}),
  otherwise: z.enum(['record', 'own']).default('own'),
  lacking: z.record(name, z.string().min(1).max(1_000)).default({}),
  advice: z.string().min(1).max(1_000),
});

/** `id` is the file's name without its end. Throws a UsageError that names file and line. */
export const readSourceMap = (path: string, text: string): SourceMap => {
  const { data } = readYaml(path, text, schema, 'docs/rules.md');
  return {
    id: path.replace(/^.*[/\\]/, '').replace(/\.ya?ml$/, ''),
    title: data.title,
    logSources: data.logsources.map(defined),
    events: data.events.map(defined),
    fields: new Map(Object.entries(data.fields)),
    constants: new Map(Object.entries(data.constants)),
    otherwise: data.otherwise,
    lacking: new Map(Object.entries(data.lacking)),
    advice: data.advice,
  };
};

/** All maps of a folder, in the order of their names. */
export const loadSourceMaps = (folder: string): readonly SourceMap[] =>
  readdirSync(folder)
    .filter(file => /\.ya?ml$/.test(file))
    .sort()
    .map(file => readSourceMap(file, readFileSync(join(folder, file), 'utf8')));
