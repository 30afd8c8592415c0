import { describe, expect, test } from 'vitest';
import { type Component, componentId } from '../../core/component.ts';
import type { Finding } from '../../core/finding.ts';
import type { PatchFacts } from '../../core/patch.ts';
import { remedyOf } from './remedy.ts';

const finding: Finding = {
  id: 'CVE-2026-0001',
  aliases: [],
  title: '',
  outcome: 'affected',
  why: '',
  evidence: [],
  fixedIn: '1.6.5+dfsg-1+deb12u5',
  references: ['https://advisories.example/1'],
};

const roundcube: Component = {
  id: componentId('roundcube'),
  name: 'roundcube',
  version: { value: '1.6.5+dfsg-1+deb12u4' },
  kind: 'webmail',
  origin: 'distribution',
  thirdParty: true,
  enabled: true,
  platform: 'roundcube',
  foundAt: [],
  package: {
    ecosystem: 'deb',
    name: 'roundcube-core',
    version: '1.6.5+dfsg-1+deb12u4',
    source: { name: 'roundcube', version: '1.6.5+dfsg-1+deb12u4' },
  },
  reach: [],
  logs: [],
};

const waiting = (version: string): PatchFacts => ({
  waiting: {
    state: 'update',
    version,
    security: true,
    since: { basis: 'it is offered' },
    remedy: 'apt install roundcube-core',
  },
  history: [],
  support: { state: 'supported', why: 'it says so' },
});

describe('what mends one flaw', () => {
  test('the waiting update, if it holds the fix', () => {
    expect(remedyOf(finding, roundcube, waiting('1.6.5+dfsg-1+deb12u13'))).toBe(
      'apt install roundcube-core',
    );
  });

  test('not one that is older than the fix', () => {
    expect(remedyOf(finding, roundcube, waiting('1.6.5+dfsg-1+deb12u4.1'))).toBe(
      '# Move roundcube to 1.6.5+dfsg-1+deb12u5 or later.\n#   https://advisories.example/1',
    );
  });

  test('every line is a comment, whatever a feed writes as a version', () => {
    const { package: _, ...byHand } = roundcube;
    const hostile = {
      ...finding,
      fixedIn: '1\nrm -rf /\u0000',
      references: ['https://x/\nreboot'],
    };
    expect(
      remedyOf(hostile, byHand, undefined)
        ?.split('\n')
        .every(line => line.startsWith('#')),
    ).toBe(true);
  });

  test('nothing, where no fix is known or the flaw does not apply', () => {
    const { fixedIn: _, ...unmended } = finding;
    expect(remedyOf(unmended, roundcube, undefined)).toBeUndefined();
    expect(remedyOf({ ...finding, outcome: 'undetermined' }, roundcube, undefined)).toBeUndefined();
  });
});
