import type { NotesDocument } from '../notes-document.ts';

/** BuildInfo is what the product shows; the CVE record holds it in a sentence. */
export const activeMail: NotesDocument = {
  format: 'postern-notes/1',
  product: 'active-mail',
  names: ['active! mail', 'activemail'],
  title: 'Active! mail',
  vendor: 'QUALITIA',
  scheme: 'generic',
  source: 'https://www.qualitia.com/jp/news/2025/04/18_1030.html',
  notes: [
    {
      id: 'active-mail-2025-04-16',
      date: '2025-04-16',
      title: 'A crafted request runs code on the server without a login',
      urls: [
        'https://www.qualitia.com/jp/news/2025/04/18_1030.html',
        'https://jvn.jp/en/jp/JVN22348866/',
      ],
      flaws: ['CVE-2025-42599'],
      branches: [{ fixed: '6.60.06008562' }],
      exploited: [
        {
          since: '2025-04-28',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2025-42599',
        },
      ],
    },
  ],
};
