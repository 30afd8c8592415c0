import { by, kev, makers, on, type PastCase, record, unchecked, within } from './case.ts';

const exchange = { product: 'Microsoft Exchange Server', keys: makers('exchange') };

/** Three chains into Exchange Server, each through its front end. */
export const exchangeCases: readonly PastCase[] = [
  {
    ...exchange,
    id: 'exchange-proxylogon',
    title: 'Exchange: ProxyLogon',
    story: 'Every mailbox of tens of thousands of servers; in use for weeks before the update.',
    flaws: ['CVE-2021-26855'],
    exploited: unchecked(
      within(
        '2021-01',
        'https://kev.5sn.com/2021/CVE-2021-26855.html (“before the patch was released”)',
      ),
    ),
    signs: [
      {
        sign: 'vendor note',
        what: 'updates out of turn',
        on: on('2021-03-02', record('CVE-2021-26855')),
      },
    ],
    published: on('2021-03-02', record('CVE-2021-26855')),
    catalogued: on('2021-11-03', kev('CVE-2021-26855')),
  },
  {
    ...exchange,
    id: 'exchange-proxyshell',
    title: 'Exchange: ProxyShell',
    story:
      'The UK Electoral Commission was entered in August 2021, months after the update; names and addresses of about 40 million voters lay within reach.',
    flaws: ['CVE-2021-34473'],
    exploited: by(
      '2021-08-31',
      'https://cybersecurity-help.cz/blog/4178.html (entered in August 2021)',
    ),
    signs: [
      {
        sign: 'vendor note',
        what: 'security updates of April and May 2021, which did not name the flaw',
        on: {
          notBefore: '2021-04-13',
          notAfter: '2021-05-31',
          source:
            'https://msrc.microsoft.com/update-guide/vulnerability/CVE-2021-34473; https://cybersecurity-help.cz/blog/4178.html',
        },
      },
    ],
    published: on('2021-07-14', record('CVE-2021-34473')),
    catalogued: on('2021-11-03', kev('CVE-2021-34473')),
  },
  {
    ...exchange,
    id: 'exchange-owassrf',
    title: 'Exchange: OWASSRF',
    story:
      'Rackspace’s Hosted Exchange was entered on 2022-12-02: a mitigation for an older chain had been taken for the update.',
    flaws: ['CVE-2022-41080'],
    exploited: by(
      '2022-11-17',
      'https://www.scmagazine.com/brief/ransomware/exchange-servers-targeted-by-cuba-ransomware-with-owassrf-vulnerability (“since at least Nov. 17”)',
    ),
    signs: [
      {
        sign: 'vendor note',
        what: 'security updates of November 2022',
        on: on('2022-11-08', record('CVE-2022-41080')),
      },
    ],
    published: on('2022-11-09', record('CVE-2022-41080')),
    catalogued: on('2023-01-10', kev('CVE-2022-41080')),
  },
];
