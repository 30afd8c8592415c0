import type { PastDay } from '../../core/replay.ts';
import { on, unchecked, within } from './case.ts';

type Day = PastDay | { readonly unknown: string };

/** How long somebody was inside before anybody noticed. */
export interface DwellCase {
  readonly id: string;
  readonly title: string;
  /** The first act of the intruder in the mail platform. */
  readonly entered: Day;
  /** The day on which somebody began to look. */
  readonly found: Day;
}

const iij = 'http://note.dev1x.org/tech/item/6530';
const barracuda =
  'https://www.cm-alliance.com/lp-barracuda-email-security-gateway-breach-timeline-download';
const electoral = 'https://cybersecurity-help.cz/blog/4178.html';
const storm = 'https://www.cisa.gov/news-events/cybersecurity-advisories/aa23-193a';
const blizzard = 'press accounts of the maker’s filing of January 2024';

/** Break-ins through mail platforms, as press and makers date them. What none of them states stays unknown. */
export const dwellCases: readonly DwellCase[] = [
  {
    id: 'electoral-commission-2021',
    title: 'UK Electoral Commission: Exchange, entered through ProxyShell',
    entered: within('2021-08', electoral),
    found: within('2022-10', electoral),
  },
  {
    id: 'active-mail-2025',
    title: 'IIJ Secure MX: the webmail Active! mail',
    entered: on('2024-08-03', iij),
    found: on('2025-04-10', iij),
  },
  {
    id: 'barracuda-2023-2868',
    title: 'Barracuda ESG: the scanner of attachments',
    entered: within('2022-10', barracuda),
    found: on('2023-05-18', barracuda),
  },
  {
    id: 'midnight-blizzard-2023',
    title: 'Microsoft’s own mail: a forgotten OAuth application with full access',
    entered: unchecked({ notBefore: '2023-11-20', notAfter: '2023-11-30', source: blizzard }),
    found: on('2024-01-12', blizzard),
  },
  {
    id: 'exchange-proxylogon',
    title: 'Exchange: ProxyLogon',
    entered: unchecked(within('2021-01', 'https://kev.5sn.com/2021/CVE-2021-26855.html')),
    found: on('2021-03-02', 'the day of the updates, on which others began to look'),
  },
  {
    id: 'storm-0558-2023',
    title: 'Exchange Online: forged tokens',
    entered: within('2023-05', storm),
    found: within('2023-06', storm),
  },
  {
    id: 'cisco-asyncos-2025',
    title: 'Cisco Secure Email: the Spam Quarantine',
    entered: {
      notBefore: '2025-11-21',
      notAfter: '2025-11-30',
      source: 'https://newslinker.co/?p=171644 (“late November”)',
    },
    found: on('2025-12-10', 'https://newslinker.co/?p=171644'),
  },
  {
    id: 'salesloft-drift-2025',
    title: 'Salesloft Drift: OAuth tokens into Google Workspace mail',
    entered: on('2025-08-09', 'https://stateofai.pages.dev'),
    found: {
      notBefore: '2025-08-09',
      notAfter: '2025-08-31',
      source: 'https://stateofai.pages.dev (used until 18 August)',
    },
  },
  {
    id: 'roundcube-2021-44026',
    title: 'Cock.li: the database of its Roundcube',
    entered: {
      unknown: 'nobody has said when it was stolen; the flaw was mended in November 2021',
    },
    found: within('2025-06', 'https://www.thecisobrief.com'),
  },
  {
    id: 'kddi-2026',
    title: 'KDDI: third-party software in the mail platform of six providers',
    entered: { unknown: 'not published' },
    found: on('2026-06-17', 'the operator’s release, as translated by feed.roma.co.ke'),
  },
];
