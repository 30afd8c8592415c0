import type { Answer } from '../../src/core/answer.ts';
import { componentId } from '../../src/core/component.ts';
import type { ParitySide } from '../../src/core/parity.ts';
import { fullAnswer } from './full-answer.ts';

const side = (
  mended: number,
  median: number,
  percentile90: number,
  open: number,
  overdue: number,
  restsOn: string,
): ParitySide => ({ mended, median, percentile90, open, overdue, restsOn });

/** An answer that was held against customer-facing applications and the run before. */
export const comparedAnswer = (): Answer => ({
  ...fullAnswer(),
  priorities: [
    {
      rank: 1,
      what: 'roundcube@/srv/www/hanamizuki/roundcubemail-1.4.11 1.4.11 → 1.5.12',
      components: [componentId('example0'), componentId('nowhere')],
      flaws: [
        'CVE-2021-44026',
        'CVE-2025-49113',
        'CVE-2024-42009',
        'CVE-2024-37383',
        'CVE-2023-5631',
      ],
      exploitation: 'exploited',
      exploited: ['CVE-2025-49113'],
      likelihood: 0.9,
      overdueDays: 1680,
      people: { atMost: 546_800, words: 'up to 546,800 people: it reads stored mail' },
      weight: 1,
      why: '546,800 people × 1,680 days',
      remedy: '# Move roundcube to 1.5.12 or later:\n#   https://roundcube.net/news/',
    },
    {
      rank: 2,
      what: 'nginx 1.22.1-9+deb12u4 → 1.22.1-9+deb12u7',
      components: [componentId('example1')],
      flaws: ['CVE-1900-10003'],
      exploitation: 'likely',
      exploited: [],
      likelihood: 0.31,
      deadline: { days: 14, on: '2026-12-01', why: 'x', overdueDays: -6, triage: false },
      overdueDays: -6,
      people: { words: 'postern.yaml counts no tenants' },
      weight: 1,
      why: 'no tenants',
      remedy: 'apt update && apt install --only-upgrade nginx',
    },
  ],
  parity: {
    customerFacing: {
      ...side(34, 4, 11, 2, 0, '1 application, of which 1 has a deployment history'),
      applications: [
        {
          ...side(34, 4, 11, 2, 0, 'its deployment history and its bill of materials'),
          name: 'Web shop',
          components: 210,
          judged: 190,
          doubts: ['3 parts name no package'],
        },
      ],
    },
    mailPlatform: side(12, 19, 61, 13, 10, 'histories of the package managers'),
    basis: 'customer-facing history',
    why: 'customer-facing: 34 updates, median 4 days; mail platform: 12 updates, median 19 days',
    allowedDays: 11,
    slower: [
      {
        basis: 'customer-facing history',
        kind: 'open',
        days: 1680,
        allowedDays: 11,
        what: 'CVE-2021-44026',
        why: 'CVE-2021-44026 has been open for 1680 days',
        group: 'roundcube@/srv/www',
        components: [componentId('example0')],
      },
    ],
  },
});
