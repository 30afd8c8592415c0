import type { NotesDocument } from '../notes-document.ts';

/** Released as an archive and a Debian package of its own; no ecosystem of packages speaks of it. */
export const snappymail: NotesDocument = {
  format: 'postern-notes/1',
  product: 'snappymail',
  title: 'SnappyMail',
  vendor: 'SnappyMail',
  scheme: 'composer',
  source: 'https://github.com/the-djmaze/snappymail/security/advisories',
  notes: [
    {
      id: 'snappymail-2.38.0',
      date: '2024-09-16',
      dated: 'at-latest',
      title: 'Broken markup in a mail becomes scripts',
      urls: ['https://github.com/the-djmaze/snappymail/security/advisories/GHSA-2rq7-79vp-ffxm'],
      flaws: ['CVE-2024-45800'],
      branches: [{ fixed: '2.38.0' }],
    },
  ],
};
