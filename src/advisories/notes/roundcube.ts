import type { NotesDocument } from '../notes-document.ts';

/** For copies that were unpacked by hand. The CVE records of several of these name no versions. Its maker's news announce each release. */
export const roundcube: NotesDocument = {
  format: 'postern-notes/1',
  product: 'roundcube',
  title: 'Roundcube Webmail',
  vendor: 'Roundcube',
  scheme: 'composer',
  source: 'https://roundcube.net/news/',
  notes: [
    {
      id: 'roundcube-1.6.12',
      date: '2025-12-13',
      sign: 'release',
      title: 'Scripts in the animate tag of an SVG document',
      urls: ['https://roundcube.net/news/2025/12/13/security-updates-1.6.12-and-1.5.12'],
      flaws: ['CVE-2025-68461'],
      branches: [{ fixed: '1.5.12' }, { from: '1.6.0-alpha', fixed: '1.6.12' }],
      exploited: [
        {
          since: '2026-02-20',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2025-68461',
        },
      ],
    },
    {
      id: 'roundcube-1.6.11',
      date: '2025-06-01',
      sign: 'release',
      title: 'Users who are logged in run code on the server through an uploaded file’s parameter',
      urls: ['https://roundcube.net/news/2025/06/01/security-updates-1.6.11-and-1.5.10'],
      flaws: ['CVE-2025-49113'],
      branches: [{ fixed: '1.5.10' }, { from: '1.6.0-alpha', fixed: '1.6.11' }],
      exploited: [
        {
          since: '2026-02-20',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2025-49113',
        },
      ],
    },
    {
      id: 'roundcube-1.6.8',
      date: '2024-08-04',
      sign: 'release',
      title: 'A crafted mail takes and sends the mail of whoever reads it',
      urls: ['https://roundcube.net/news/2024/08/04/security-updates-1.6.8-and-1.5.8'],
      flaws: ['CVE-2024-42009'],
      branches: [{ fixed: '1.5.8' }, { from: '1.6.0-alpha', fixed: '1.6.8' }],
      exploited: [
        {
          since: '2025-06-09',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2024-42009',
        },
      ],
    },
    {
      id: 'roundcube-1.6.7',
      date: '2024-05-19',
      sign: 'release',
      title: 'Scripts in SVG animate attributes',
      urls: [
        'https://roundcube.net/news/2024/05/19/security-updates-1.6.7-and-1.5.7',
        'https://github.com/roundcube/roundcubemail/releases/tag/1.6.7',
        'https://github.com/roundcube/roundcubemail/releases/tag/1.5.7',
      ],
      flaws: ['CVE-2024-37383'],
      branches: [{ fixed: '1.5.7' }, { from: '1.6.0-alpha', fixed: '1.6.7' }],
      exploited: [
        {
          since: '2024-10-24',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2024-37383',
        },
      ],
    },
    {
      id: 'roundcube-1.6.4',
      date: '2023-10-16',
      sign: 'release',
      title: 'A crafted SVG document in a mail runs scripts',
      urls: [
        'https://roundcube.net/news/2023/10/16/security-update-1.6.4-released',
        'https://roundcube.net/news/2023/10/16/security-updates-1.5.5-and-1.4.15',
      ],
      flaws: ['CVE-2023-5631'],
      branches: [
        { fixed: '1.4.15' },
        { from: '1.5.0-alpha', fixed: '1.5.5' },
        { from: '1.6.0-alpha', fixed: '1.6.4' },
      ],
      exploited: [
        {
          since: '2023-10-26',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2023-5631',
        },
      ],
    },
    {
      id: 'roundcube-1.6.3',
      date: '2023-09-15',
      sign: 'release',
      title: 'Crafted links in plain-text mails run scripts',
      urls: ['https://roundcube.net/news/2023/09/15/security-update-1.6.3-released'],
      flaws: ['CVE-2023-43770'],
      branches: [
        { fixed: '1.4.14' },
        { from: '1.5.0-alpha', fixed: '1.5.4' },
        { from: '1.6.0-alpha', fixed: '1.6.3' },
      ],
      exploited: [
        {
          since: '2024-02-12',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2023-43770',
        },
      ],
    },
    {
      id: 'roundcube-1.4.12',
      date: '2021-11-12',
      sign: 'release',
      title: 'SQL of an attacker’s choosing through search parameters',
      urls: [
        'https://roundcube.net/news/2021/11/12/security-updates-1.4.12-and-1.3.17-released',
        'https://www.cve.org/CVERecord?id=CVE-2021-44026',
      ],
      flaws: ['CVE-2021-44026'],
      branches: [{ fixed: '1.3.17' }, { from: '1.4.0-alpha', fixed: '1.4.12' }],
      exploited: [
        {
          since: '2023-06-22',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2021-44026',
        },
      ],
    },
  ],
};
