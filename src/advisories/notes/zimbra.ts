import type { NotesDocument } from '../notes-document.ts';

/** Patch levels of 8.8.15 and 9.0.0 are what CVE records cannot express: the records call every 8.8.15 affected. */
export const zimbra: NotesDocument = {
  format: 'postern-notes/1',
  product: 'zimbra',
  title: 'Zimbra Collaboration',
  vendor: 'Zimbra',
  scheme: 'zimbra',
  source: 'https://wiki.zimbra.com/wiki/Zimbra_Security_Advisories',
  notes: [
    {
      id: 'zimbra-10.1.13',
      date: '2025-12-22',
      dated: 'at-latest',
      title:
        'Scripts in style sheets of mails, and files of the server through /h/rest without a login',
      urls: [
        'https://wiki.zimbra.com/wiki/Zimbra_Releases/10.1.13#Security_Fixes',
        'https://wiki.zimbra.com/wiki/Zimbra_Releases/10.0.18#Security_Fixes',
      ],
      flaws: ['CVE-2025-66376', 'CVE-2025-68645'],
      branches: [
        { from: '10.0.0', fixed: '10.0.18' },
        { from: '10.1.0', fixed: '10.1.13' },
      ],
      exploited: [
        {
          since: '2026-01-22',
          by: 'CISA KEV',
          flaws: ['CVE-2025-68645'],
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2025-68645',
        },
        {
          since: '2026-03-18',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2025-66376',
          flaws: ['CVE-2025-66376'],
        },
      ],
    },
    {
      id: 'zimbra-10.1.5',
      date: '2025-03-12',
      dated: 'at-latest',
      title: 'Scripts in calendar files run in the Classic web client',
      urls: [
        'https://wiki.zimbra.com/wiki/Zimbra_Releases/10.1.5#Security_Fixes',
        'https://wiki.zimbra.com/wiki/Zimbra_Releases/10.0.13#Security_Fixes',
        'https://wiki.zimbra.com/wiki/Zimbra_Releases/9.0.0/P44#Security_Fixes',
      ],
      flaws: ['CVE-2025-27915'],
      branches: [
        { from: '9.0.0 P0', fixed: '9.0.0 P44' },
        { from: '10.0.0', fixed: '10.0.13' },
        { from: '10.1.0', fixed: '10.1.5' },
      ],
      exploited: [
        {
          since: '2025-10-07',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2025-27915',
        },
      ],
    },
    {
      id: 'zimbra-10.1.1',
      date: '2024-10-02',
      dated: 'at-latest',
      title: 'Commands without a login through the postjournal service',
      urls: [
        'https://wiki.zimbra.com/wiki/Zimbra_Releases/10.1.1#Security_Fixes',
        'https://wiki.zimbra.com/wiki/Zimbra_Releases/10.0.9#Security_Fixes',
        'https://wiki.zimbra.com/wiki/Zimbra_Releases/9.0.0/P41#Security_Fixes',
        'https://wiki.zimbra.com/wiki/Zimbra_Releases/8.8.15/P46#Security_Fixes',
      ],
      flaws: ['CVE-2024-45519'],
      branches: [
        { fixed: '8.8.15 P46' },
        { from: '9.0.0 P0', fixed: '9.0.0 P41' },
        { from: '10.0.0', fixed: '10.0.9' },
        { from: '10.1.0', fixed: '10.1.1' },
      ],
      exploited: [
        {
          since: '2024-10-03',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2024-45519',
        },
      ],
    },
    {
      id: 'zimbra-10.0.7',
      date: '2024-08-12',
      dated: 'at-latest',
      title: 'Scripts in the calendar header of a mail run in the Classic web client',
      urls: [
        'https://wiki.zimbra.com/wiki/Zimbra_Releases/10.0.7#Security_Fixes',
        'https://wiki.zimbra.com/wiki/Zimbra_Releases/9.0.0/P39#Security_Fixes',
      ],
      flaws: ['CVE-2024-27443'],
      branches: [
        { from: '9.0.0 P0', fixed: '9.0.0 P39' },
        { from: '10.0.0', fixed: '10.0.7' },
      ],
      exploited: [
        {
          since: '2025-05-19',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2024-27443',
        },
      ],
    },
    {
      id: 'zimbra-8.8.15-P41',
      date: '2023-07-27',
      dated: 'at-latest',
      title: 'Scripts run in the Classic web client',
      urls: [
        'https://wiki.zimbra.com/wiki/Security_Center',
        'https://www.cve.org/CVERecord?id=CVE-2023-37580',
      ],
      flaws: ['CVE-2023-37580'],
      branches: [{ from: '8.0.0 P0', fixed: '8.8.15 P41', until: '9.0.0 P0' }],
      exploited: [
        {
          since: '2023-07-27',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2023-37580',
        },
      ],
    },
  ],
};
