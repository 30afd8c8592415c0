import { describe, expect, it } from 'vitest';
import { sayItem, sayProblem } from '../../../test/support/sigma-nodes.ts';
import { readPlaceholders } from './read-placeholders.ts';

describe('what placeholders stand for', () => {
  it('is a value or a list of values for each name', () => {
    const text = 'Administrators: [adm_*, root]\nServers:\n  - srv1\nJumpServers: jump\nPort: 25\n';
    const { placeholders, problems } = readPlaceholders('p.yml', text);
    expect(problems).toEqual([]);
    expect([...placeholders]).toEqual([
      ['Administrators', ['adm_*', 'root']],
      ['Servers', ['srv1']],
      ['JumpServers', ['jump']],
      ['Port', ['25']],
    ]);
    expect(sayItem('F|expand', "'%Administrators%'", { placeholders })).toBe(
      '(F "adm_" * | F "root")',
    );
  });

  it('is said to be wrong with its place, and the rest stays', () => {
    const { placeholders, problems } = readPlaceholders('p.yml', 'a: {b: c}\nd-e: f\ng: []\nh: i');
    expect(problems.map(sayProblem)).toEqual([
      "p.yml:1:4: 'a' is a list of texts",
      "p.yml:2:1: 'd-e' is no name of a placeholder: letters, digits and _",
      "p.yml:3:1: nothing stands for 'g'",
    ]);
    expect([...placeholders.keys()]).toEqual(['h']);
    expect(readPlaceholders('p.yml', '- a').problems.map(sayProblem)).toEqual([
      'p.yml:1:1: no map of keys and values',
    ]);
    expect(readPlaceholders('p.yml', Buffer.of(0xff, 0x00)).problems).toHaveLength(1);
  });
});
