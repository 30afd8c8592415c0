import type { NotesDocument } from '../notes-document.ts';

/** Each cumulative update is mended on its own: a higher build number alone says nothing. */
export const exchange: NotesDocument = {
  format: 'postern-notes/1',
  product: 'exchange',
  names: ['microsoft exchange server'],
  title: 'Microsoft Exchange Server',
  vendor: 'Microsoft',
  scheme: 'exchange',
  source: 'https://msrc.microsoft.com/update-guide/',
  notes: [
    {
      id: 'exchange-2025-08',
      date: '2025-08-06',
      dated: 'at-latest',
      title: 'From a server on the premises into the cloud of a hybrid deployment',
      urls: ['https://msrc.microsoft.com/update-guide/vulnerability/CVE-2025-53786'],
      flaws: ['CVE-2025-53786'],
      branches: [
        { from: '15.1.0.0', fixed: '15.1.2507.55', until: '15.2.0.0' },
        { from: '15.2.0.0', fixed: '15.2.1544.25' },
        { from: '15.2.1748.0', fixed: '15.2.1748.24' },
        { from: '15.2.2562.0', fixed: '15.2.2562.17' },
      ],
      only: 'only in hybrid deployments, and mended there only with the changes of configuration that belong to it',
    },
    {
      id: 'exchange-2022-11',
      date: '2022-11-08',
      title: 'Users who are logged in run code on the server (ProxyNotShell, OWASSRF)',
      urls: [
        'https://msrc.microsoft.com/update-guide/vulnerability/CVE-2022-41080',
        'https://msrc.microsoft.com/update-guide/vulnerability/CVE-2022-41082',
      ],
      flaws: ['CVE-2022-41080', 'CVE-2022-41082'],
      branches: [
        { from: '15.0.0.0', fixed: '15.0.1497.44', until: '15.1.0.0' },
        { from: '15.1.0.0', fixed: '15.1.2375.37' },
        { from: '15.1.2507.0', fixed: '15.1.2507.16', until: '15.2.0.0' },
        { from: '15.2.0.0', fixed: '15.2.986.36' },
        { from: '15.2.1118.0', fixed: '15.2.1118.20' },
      ],
      exploited: [
        {
          since: '2022-09-30',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2022-41082',
          flaws: ['CVE-2022-41082'],
        },
        {
          since: '2023-01-10',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2022-41080',
          flaws: ['CVE-2022-41080'],
        },
      ],
    },
    {
      id: 'exchange-2021-04',
      date: '2021-04-13',
      title: 'Any request as any user, without a login (ProxyShell)',
      urls: ['https://msrc.microsoft.com/update-guide/vulnerability/CVE-2021-34473'],
      flaws: ['CVE-2021-34473'],
      branches: [
        { from: '15.0.0.0', fixed: '15.0.1497.15', until: '15.1.0.0' },
        { from: '15.1.0.0', fixed: '15.1.2176.12' },
        { from: '15.1.2242.0', fixed: '15.1.2242.8', until: '15.2.0.0' },
        { from: '15.2.0.0', fixed: '15.2.792.13' },
        { from: '15.2.858.0', fixed: '15.2.858.10' },
      ],
      exploited: [
        {
          since: '2021-11-03',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2021-34473',
        },
      ],
    },
    {
      id: 'exchange-2021-03',
      date: '2021-03-02',
      title: 'Requests of the server’s own, without a login (ProxyLogon)',
      urls: ['https://msrc.microsoft.com/update-guide/vulnerability/CVE-2021-26855'],
      flaws: ['CVE-2021-26855'],
      branches: [
        { from: '15.0.1497.0', fixed: '15.0.1497.12', until: '15.1.0.0' },
        { from: '15.1.2106.0', fixed: '15.1.2106.13' },
        { from: '15.1.2176.0', fixed: '15.1.2176.9', until: '15.2.0.0' },
        { from: '15.2.721.0', fixed: '15.2.721.13' },
        { from: '15.2.792.0', fixed: '15.2.792.10' },
      ],
      exploited: [
        {
          since: '2021-11-03',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2021-26855',
        },
      ],
    },
  ],
};
