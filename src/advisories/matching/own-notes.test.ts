import { describe, expect, test } from 'vitest';
import { type Component, componentId } from '../../core/component.ts';
import type { Distribution } from '../../core/packages.ts';
import { voicesOf } from './voices.ts';

const debian: Distribution = {
  id: 'debian',
  idLike: [],
  versionId: '12',
  codename: 'bookworm',
  prettyName: 'Debian GNU/Linux 12',
};

const component = (id: string, rest: Partial<Component> = {}): Component => ({
  id: componentId(id),
  name: id.split('/').at(-1) ?? id,
  version: { value: '2.1' },
  kind: 'webmail-plugin',
  origin: 'upstream',
  thirdParty: true,
  enabled: true,
  platform: 'roundcube',
  foundAt: [],
  reach: [],
  logs: [],
  ...rest,
});

const keys = (of: Component): readonly string[] =>
  voicesOf(of, [], debian).voices.map(({ key }) => key);

describe('notes that the organisation wrote itself', () => {
  test('speak of a component by its id', () => {
    expect(keys(component('roundcube/acme_archive'))).toContain('note|roundcube/acme_archive');
  });

  test('speak of every copy of it', () => {
    const copy = component('roundcube@/var/www/old/acme_archive');
    expect(keys(copy)).toContain('note|roundcube/acme_archive');
  });

  test('speak of what nobody else may judge, which stays said', () => {
    const own = component('roundcube/acme_archive', { origin: 'in-house' });
    const { voices, silence } = voicesOf(own, [], debian);
    expect(voices).toMatchObject([{ key: 'note|roundcube/acme_archive', feeds: ['notes'] }]);
    expect(silence?.why).toContain('wrote it itself');
  });

  test('do not judge a distribution’s package, whose number says nothing of its patches', () => {
    const packaged = component('roundcube', { origin: 'distribution', platform: 'roundcube' });
    expect(keys(packaged).filter(key => key.startsWith('note|'))).toEqual([]);
  });

  test('are asked once where the platform has notes anyway', () => {
    const main = component('roundcube', { name: 'roundcube', kind: 'webmail' });
    expect(keys(main).filter(key => key === 'note|roundcube')).toHaveLength(1);
  });
});
