import type { NotesDocument } from '../notes-document.ts';

/** The last version that the CVE record names; of later ones this note says nothing. */
export const rainloop: NotesDocument = {
  format: 'postern-notes/1',
  product: 'rainloop',
  title: 'RainLoop Webmail',
  vendor: 'RainLoop',
  scheme: 'composer',
  source: 'https://www.rainloop.net/changelog/',
  notes: [
    {
      id: 'rainloop-CVE-2022-29360',
      date: '2022-07-28',
      title: 'A crafted mail runs scripts in the viewer',
      urls: [
        'https://blog.sonarsource.com/rainloop-emails-at-risk-due-to-code-flaw/',
        'https://www.cve.org/CVERecord?id=CVE-2022-29360',
      ],
      flaws: ['CVE-2022-29360'],
      branches: [{ through: '1.6.0' }],
    },
  ],
};
