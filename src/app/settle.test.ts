import { expect, test } from 'vitest';
import { memoryView } from '../../test/support/memory.ts';
import { type Component, componentId } from '../core/component.ts';
import { emptyConfiguration } from '../core/policy.ts';
import { noteOn, noteUnmatched, withNote } from './settle.ts';

const found: Component = {
  id: componentId('roundcube/acme'),
  name: 'acme',
  version: { value: '1.0' },
  kind: 'webmail-plugin',
  origin: 'unknown',
  thirdParty: true,
  enabled: true,
  platform: 'roundcube',
  foundAt: [{ path: '/x' }],
  reach: [],
  logs: [],
};

test('later entries override earlier ones, key by key', () => {
  const configuration = {
    ...emptyConfiguration,
    components: [
      { match: '*', owner: 'Everybody', supplier: 'Somebody', line: 2 },
      { match: 'postfix', owner: 'No', line: 3 },
      { match: 'roundcube/*', owner: 'Webmail', line: 4 },
    ],
  };
  expect(noteOn(found, configuration)).toMatchObject({
    owner: 'Webmail',
    supplier: 'Somebody',
    line: 4,
  });
  expect(noteOn({ ...found, id: componentId('x') }, emptyConfiguration)).toBeUndefined();
});

test('what the host shows is never overwritten, what it does not show is filled in', () => {
  const note = {
    match: '*',
    version: '9',
    supplier: 'Acme KK',
    origin: 'in-house',
    reaches: [{ resource: 'customer-records', mode: 'read', extent: 'all of them' }],
    line: 7,
  } as const;
  expect(withNote(found, note, '/etc/postern/postern.yaml')).toMatchObject({
    version: { value: '1.0' },
    supplier: 'Acme KK',
    origin: 'in-house',
    thirdParty: false,
    reach: [
      {
        resource: 'customer-records',
        because: { path: '/etc/postern/postern.yaml', line: 7 },
      },
    ],
  });
  const shown = {
    ...found,
    origin: 'distribution',
    supplier: 'Debian',
    reach: [{ resource: 'host', mode: 'admin', extent: 'all' }],
  } as const;
  expect(withNote(shown, note)).toMatchObject({
    origin: 'distribution',
    supplier: 'Debian',
    thirdParty: true,
    reach: [{ resource: 'host' }],
  });
});

test('entries that match no component are said, with their line', () => {
  const files = memoryView({});
  const exception = {
    check: 'patched',
    reason: 'Being replaced',
    until: '2027-01-31',
  } as const;
  noteUnmatched(files, [found], {
    ...emptyConfiguration,
    path: '/etc/postern/postern.yaml',
    components: [
      { match: 'roundcube/*', owner: 'Webmail', line: 2 },
      { match: 'roundcube', owner: 'Webmail', line: 4 },
    ],
    exceptions: [
      { ...exception, match: '*/acme', line: 7 },
      { ...exception, match: 'rouncube/acme', line: 9 },
    ],
  });
  expect(files.unseen.map(({ what, why }) => `${what}: ${why}`)).toEqual([
    '/etc/postern/postern.yaml:4: components: "roundcube" matches no component, so the entry has no effect',
    '/etc/postern/postern.yaml:9: exceptions: "rouncube/acme" matches no component, so the entry has no effect',
  ]);
});
