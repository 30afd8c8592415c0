import type { NotesDocument } from '../notes-document.ts';

/** Patches were put in from outside and change no version number. */
export const barracudaEsg: NotesDocument = {
  format: 'postern-notes/1',
  product: 'barracuda-esg',
  names: ['barracuda email security gateway'],
  title: 'Barracuda Email Security Gateway',
  vendor: 'Barracuda',
  scheme: 'generic',
  source: 'https://www.barracuda.com/company/legal/esg-vulnerability',
  notes: [
    {
      id: 'barracuda-esg-2023-12',
      date: '2023-12-24',
      title: 'An attached spreadsheet runs code through the library Spreadsheet::ParseExcel',
      urls: ['https://www.barracuda.com/company/legal/esg-vulnerability'],
      flaws: ['CVE-2023-7102'],
      branches: [{ from: '5.1.3.001', through: '9.2.1.001' }],
      only: 'mended by an update that took the library out and changed no version number',
    },
    {
      id: 'barracuda-esg-BNSF-36456',
      date: '2023-05-23',
      title: 'Names of files in an attached archive run commands',
      urls: [
        'https://www.barracuda.com/company/legal/esg-vulnerability',
        'https://status.barracuda.com/incidents/34kx82j5n4q9',
      ],
      flaws: ['CVE-2023-2868'],
      branches: [{ from: '5.1.3.001', through: '9.2.0.006', on: '2023-05-20' }],
      only: 'mended by patch BNSF-36456, which changes no version number',
      exploited: [
        {
          since: '2023-05-26',
          by: 'CISA KEV',
          url: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog?field_cve=CVE-2023-2868',
        },
      ],
    },
  ],
};
