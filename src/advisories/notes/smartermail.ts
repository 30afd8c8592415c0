import type { NotesDocument } from '../notes-document.ts';

/** Builds, not versions, tell them apart. Build 9511 was out for a week, and in use by attackers, before anybody gave its flaws a CVE. */
export const smartermail: NotesDocument = {
  format: 'postern-notes/1',
  product: 'smartermail',
  title: 'SmarterMail',
  vendor: 'SmarterTools',
  scheme: 'generic',
  source: 'https://www.smartertools.com/smartermail/release-notes/current',
  notes: [
    {
      id: 'smartermail-build-9511',
      date: '2026-01-15',
      title: 'Anybody sets an administrator’s password, or runs commands, without a login',
      urls: [
        'https://www.smartertools.com/smartermail/release-notes/current',
        'https://www.cve.org/CVERecord?id=CVE-2026-23760',
        'https://www.cve.org/CVERecord?id=CVE-2026-24423',
      ],
      flaws: ['CVE-2026-23760', 'CVE-2026-24423'],
      branches: [{ fixed: '100.0.9511' }],
      exploited: [
        {
          since: '2026-01-17',
          by: 'public reports of a victim’s log',
          flaws: ['CVE-2026-23760'],
          url: 'https://www.huntress.com/blog/smartermail-account-takeover-leading-to-rce',
        },
        {
          since: '2026-02-05',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2026-24423',
          flaws: ['CVE-2026-24423'],
        },
      ],
    },
    {
      id: 'smartermail-build-9413',
      date: '2025-12-29',
      dated: 'at-latest',
      title: 'Files uploaded to any place on the server without a login',
      urls: ['https://www.csa.gov.sg/alerts-and-advisories/alerts/al-2025-124/'],
      flaws: ['CVE-2025-52691'],
      branches: [{ fixed: '100.0.9413' }],
      exploited: [
        {
          since: '2026-01-26',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2025-52691',
        },
      ],
    },
  ],
};
