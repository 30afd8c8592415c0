import type { NotesDocument } from '../notes-document.ts';

/** Builds up to the last that Cisco’s CVE record calls affected; of later ones this note says nothing. */
export const ciscoSecureEmailGateway: NotesDocument = {
  format: 'postern-notes/1',
  product: 'cisco-secure-email-gateway',
  title: 'Cisco Secure Email Gateway (AsyncOS)',
  vendor: 'Cisco',
  scheme: 'generic',
  source: 'https://sec.cloudapps.cisco.com/security/center/publicationListing.x',
  notes: [
    {
      id: 'cisco-secure-email-gateway-sma-attack-N9bf4',
      date: '2025-12-17',
      title: 'Commands as root through a Spam Quarantine that the internet reaches',
      urls: [
        'https://sec.cloudapps.cisco.com/security/center/content/CiscoSecurityAdvisory/cisco-sa-sma-attack-N9bf4',
      ],
      flaws: ['CVE-2025-20393'],
      branches: [{ through: '16.0.1-017' }],
      only: 'only where Spam Quarantine is switched on and can be reached from the internet',
      exploited: [
        {
          since: '2025-12-10',
          by: 'Cisco',
          url: 'https://sec.cloudapps.cisco.com/security/center/content/CiscoSecurityAdvisory/cisco-sa-sma-attack-N9bf4',
        },
      ],
    },
  ],
};
