import type { NotesDocument } from '../notes-document.ts';

/** The record and its text disagree on which 24.5.1 is mended: of that one this note says nothing. */
export const mdaemon: NotesDocument = {
  format: 'postern-notes/1',
  product: 'mdaemon',
  title: 'MDaemon Email Server',
  vendor: 'MDaemon Technologies',
  scheme: 'generic',
  source: 'https://files.mdaemon.com/mdaemon/beta/RelNotes_en.html',
  notes: [
    {
      id: 'mdaemon-24.5.1c',
      date: '2024-11-15',
      title: 'Scripts in an image tag of a mail run in the webmail',
      urls: [
        'https://files.mdaemon.com/mdaemon/beta/RelNotes_en.html',
        'https://www.cve.org/CVERecord?id=CVE-2024-11182',
      ],
      flaws: ['CVE-2024-11182'],
      branches: [{ through: '24.5.0' }],
      exploited: [
        {
          since: '2025-05-19',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2024-11182',
        },
      ],
    },
  ],
};
