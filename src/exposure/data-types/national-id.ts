import type { DataType } from '../data-type.ts';
import { eastern } from '../national/east.ts';
import { nationalJudge } from '../national/judge.ts';
import { more } from '../national/more.ts';
import { northern } from '../national/north.ts';
import { southern } from '../national/south.ts';
import { western } from '../national/west.ts';
import { worldwide } from '../national/world.ts';

/** Numbers that states give to people, with their check digits; the country begins the value. */
export const nationalId: DataType = {
  id: 'national-id',
  title: 'National identity number',
  sensitivity: 'identity',
  rank: 9,
  ...nationalJudge(
    'national-id',
    [...northern, ...western, ...southern, ...eastern, ...worldwide, ...more],
    { literals: ['X-', 'Y-', 'Z-', 'K-', 'L-', 'M-', 'V-', 'E-'] },
  ),
};
