import { expect, test } from 'vitest';
import { overlay } from '../../../test/support/overlay.ts';
import { openRoot } from '../../host/view.ts';
import { readYamlSettings } from './yaml-settings.ts';

const root = 'test/fixtures/platforms/small-filters/proxy-and-rewriters/root';
const path = '/etc/policyd-rate-limit.yaml';
const read = (text: string) => {
  const files = openRoot(root, []);
  const settings = readYamlSettings(overlay(files, path, Buffer.from(text)), path);
  return { settings, files };
};

test('each top key has its value and the line on which it stands', () => {
  const { settings } = read('# a comment\na: 1\nb:\n  - [x, 2]\n  - y: true\n');
  expect(settings.get('a')).toEqual({ value: 1, because: { path, line: 2 } });
  expect(settings.get('b')).toEqual({
    value: [['x', 2], { y: true }],
    because: { path, line: 3 },
  });
});

test('what is no mapping has no settings', () => {
  expect(read('- a\n- b\n').settings.size).toBe(0);
  expect(read('').settings.size).toBe(0);
});

test('anchors that grow without end are not followed', () => {
  const bomb = Array.from({ length: 30 }, (_, i) => `k${i + 1}: &k${i + 1} [*k${i}, *k${i}]`);
  expect(read(`k0: &k0 x\n${bomb.join('\n')}`).settings.size).toBe(31);
});

test('brackets nested by the thousand end in a note, not in an error', () => {
  expect(read(`a: ${'['.repeat(50_000)}`).settings.size).toBe(0);
});
