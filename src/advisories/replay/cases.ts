import { keyOfCve, keyOfNote, keyOfPackage } from '../product-key.ts';
import { by, kev, makers, on, type PastCase, record, unchecked, within } from './case.ts';
import { exchangeCases } from './exchange-cases.ts';

const roundcube = { product: 'Roundcube Webmail', keys: makers('roundcube') };
const zimbra = { product: 'Zimbra Collaboration', keys: makers('zimbra') };
const barracuda = {
  product: 'Barracuda Email Security Gateway',
  keys: [keyOfNote('barracuda-esg'), keyOfCve('Barracuda', 'Barracuda Email Security Gateway')],
};

const debianChangelog = 'Debian changelog of roundcube, bookworm-security';

/**
 * Dates as CVE records, CISA's catalogue and the vendors' own pages state them; what none of them states
 * stays unknown or is bounded by what is.
 */
export const pastCases: readonly PastCase[] = [
  {
    id: 'active-mail-2025',
    title: 'Active! mail: code execution by an overlong request',
    story:
      'An optional webmail of IIJ Secure MX was entered eight months before anybody knew of the flaw; 311,288 accounts of 132 contracts were confirmed.',
    flaws: ['CVE-2025-42599'],
    product: 'Active! mail',
    keys: [keyOfNote('active-mail'), keyOfCve('QUALITIA CO., LTD.', 'Active! mail 6')],
    exploited: on(
      '2024-08-03',
      'IIJ’s account of the first intrusion, http://note.dev1x.org/tech/item/6530',
    ),
    signs: [
      {
        sign: 'vendor note',
        what: 'QUALITIA’s urgent notice of a mended version, without a CVE',
        on: on('2025-04-16', 'http://note.dev1x.org/tech/item/6530'),
      },
      {
        sign: 'advisory',
        what: 'JVN and JPCERT/CC',
        on: on('2025-04-18', 'https://jvn.jp/en/jp/JVN22348866/'),
      },
    ],
    published: on('2025-04-18', record('CVE-2025-42599')),
    catalogued: on('2025-04-28', kev('CVE-2025-42599')),
  },
  {
    ...roundcube,
    id: 'roundcube-2025-49113',
    title: 'Roundcube: code execution by anybody who can log in',
    story: 'Used within days of the mended release; CISA’s catalogue named it eight months later.',
    flaws: ['CVE-2025-49113'],
    exploited: within(
      '2025-06',
      'https://www.aigovhub.io/blog/roundcube-vulnerabilities-nis2-dora-compliance-2026 (“days after patching”)',
    ),
    signs: [
      {
        sign: 'upstream release',
        what: '1.6.11 and 1.5.10',
        on: on(
          '2025-06-01',
          'https://roundcube.net/news/2025/06/01/security-updates-1.6.11-and-1.5.10',
        ),
      },
      {
        sign: 'distribution update',
        what: '1.6.5+dfsg-1+deb12u5',
        on: on('2025-06-02', debianChangelog),
      },
    ],
    published: on('2025-06-02', record('CVE-2025-49113')),
    catalogued: on('2026-02-20', kev('CVE-2025-49113')),
  },
  {
    ...roundcube,
    id: 'roundcube-2024-37383',
    title: 'Roundcube: a crafted SVG in a mail runs scripts',
    story:
      'Used to steal the mail of whoever opened a message, mended five months before CISA’s catalogue named it.',
    flaws: ['CVE-2024-37383'],
    exploited: by('2024-10-24', kev('CVE-2024-37383')),
    signs: [
      {
        sign: 'upstream release',
        what: '1.6.7 and 1.5.7',
        on: on(
          '2024-05-19',
          'https://roundcube.net/news/2024/05/19/security-updates-1.6.7-and-1.5.7',
        ),
      },
      {
        sign: 'distribution update',
        what: '1.6.5+dfsg-1+deb12u2',
        on: on('2024-06-17', debianChangelog),
      },
    ],
    published: on('2024-06-07', record('CVE-2024-37383')),
    catalogued: on('2024-10-24', kev('CVE-2024-37383')),
  },
  {
    ...roundcube,
    id: 'roundcube-2023-5631',
    title: 'Roundcube: a crafted SVG document in a mail runs scripts',
    story: 'A zero-day against governments: in use before the mended release.',
    flaws: ['CVE-2023-5631'],
    exploited: by('2023-10-18', `${record('CVE-2023-5631')} (“actively used in the wild”)`),
    signs: [
      {
        sign: 'upstream release',
        what: '1.6.4, 1.5.5 and 1.4.15',
        on: on(
          '2023-10-16',
          'https://roundcube.net/news/2023/10/16/security-update-1.6.4-released',
        ),
      },
      {
        sign: 'distribution update',
        what: '1.6.4+dfsg-1~deb12u1',
        on: on('2023-10-19', debianChangelog),
      },
    ],
    published: on('2023-10-18', record('CVE-2023-5631')),
    catalogued: on('2023-10-26', kev('CVE-2023-5631')),
  },
  {
    ...roundcube,
    id: 'roundcube-2021-44026',
    title: 'Roundcube: SQL injection through the search',
    story:
      'The database of Cock.li’s webmail, 1,023,800 accounts, was offered for sale in June 2025, three and a half years after the mended release.',
    flaws: ['CVE-2021-44026'],
    exploited: by('2023-06-22', kev('CVE-2021-44026')),
    signs: [
      {
        sign: 'upstream release',
        what: '1.4.12 and 1.3.17',
        on: on(
          '2021-11-12',
          'https://roundcube.net/news/2021/11/12/security-updates-1.4.12-and-1.3.17-released',
        ),
      },
      {
        sign: 'distribution update',
        what: 'DSA-5013',
        on: within('2021-11', 'https://www.debian.org/security/2021/dsa-5013'),
      },
    ],
    published: on('2021-11-19', record('CVE-2021-44026')),
    catalogued: on('2023-06-22', kev('CVE-2021-44026')),
  },
  {
    ...zimbra,
    id: 'zimbra-2025-27915',
    title: 'Zimbra: a calendar invitation runs scripts in the webmail',
    story:
      'Mail of a military was forwarded by a filter rule that the script wrote; found by hunting for oversized .ICS files.',
    flaws: ['CVE-2025-27915'],
    exploited: unchecked(
      within(
        '2025-01',
        'https://www.sigurantapenet.ro/noutati/alerta-zcs-backdoor-infiltrat-prin-e-mail (“early 2025”)',
      ),
    ),
    signs: [
      {
        sign: 'vendor note',
        what: '9.0.0 P44, 10.0.13 and 10.1.5',
        on: unchecked(
          on('2025-01-27', 'https://wiki.zimbra.com/wiki/Zimbra_Releases/10.1.5#Security_Fixes'),
        ),
      },
    ],
    published: on('2025-03-12', record('CVE-2025-27915')),
    catalogued: on('2025-10-07', kev('CVE-2025-27915')),
  },
  {
    ...zimbra,
    id: 'zimbra-2024-45519',
    title: 'Zimbra: commands without a login through postjournal',
    story:
      'Mails with commands in their CC field reached servers as soon as an exploit was public.',
    flaws: ['CVE-2024-45519'],
    exploited: by(
      '2024-10-02',
      'CISA’s container of the CVE record calls exploitation active; https://eipnetworks.ca/resources/blog-posts/zimbra-and-sap-incidents',
    ),
    signs: [
      {
        sign: 'vendor note',
        what: '8.8.15 P46, 9.0.0 P41, 10.0.9 and 10.1.1',
        on: by('2024-10-02', `${record('CVE-2024-45519')}, which names the mended versions`),
      },
    ],
    published: on('2024-10-02', record('CVE-2024-45519')),
    catalogued: on('2024-10-03', kev('CVE-2024-45519')),
  },
  {
    id: 'smartermail-2026',
    title: 'SmarterMail: anybody sets an administrator’s password',
    story:
      'The maker’s own forgotten server among about thirty was entered on 2026-01-29; the mended build had been out for two weeks, the first of them without a CVE.',
    flaws: ['CVE-2026-23760', 'CVE-2026-24423'],
    product: 'SmarterMail',
    keys: [keyOfNote('smartermail'), keyOfCve('SmarterTools', 'SmarterMail')],
    exploited: on('2026-01-17', 'https://patchdayalert.com/cve/CVE-2026-23760/ (a victim’s log)'),
    signs: [
      {
        sign: 'vendor note',
        what: 'build 9511, “critical security fixes”, without a CVE',
        on: on('2026-01-15', 'https://patchdayalert.com/cve/CVE-2026-23760/'),
      },
    ],
    published: on('2026-01-22', record('CVE-2026-23760')),
    catalogued: on('2026-01-26', kev('CVE-2026-23760')),
  },
  {
    ...barracuda,
    id: 'barracuda-2023-2868',
    title: 'Barracuda ESG: names of files in an archive run commands',
    story:
      'Used for seven months before the patch, which evicted nobody: the maker had the appliances replaced.',
    flaws: ['CVE-2023-2868'],
    exploited: within(
      '2022-10',
      'https://www.cm-alliance.com/lp-barracuda-email-security-gateway-breach-timeline-download',
    ),
    signs: [
      {
        sign: 'vendor note',
        what: 'patch BNSF-36456, put in by the maker',
        on: on('2023-05-20', 'https://status.barracuda.com/incidents/34kx82j5n4q9'),
      },
    ],
    published: on('2023-05-24', record('CVE-2023-2868')),
    catalogued: on('2023-05-26', kev('CVE-2023-2868')),
  },
  {
    ...barracuda,
    id: 'barracuda-2023-7102',
    title: 'Barracuda ESG: a spreadsheet runs code in the virus scanner',
    story: 'The same intruders came back through a Perl library inside the appliance’s Amavis.',
    flaws: ['CVE-2023-7102'],
    exploited: by(
      '2023-12-22',
      'https://blackkite.com/blog/focus-friday-addressing-the-critical-cve-2023-7102-vulnerability-in-barracuda-esg',
    ),
    signs: [
      {
        sign: 'vendor note',
        what: 'patch put in by the maker',
        on: {
          notBefore: '2023-12-21',
          notAfter: '2023-12-22',
          source: 'https://www.barracuda.com/company/legal/esg-vulnerability',
        },
      },
    ],
    published: on('2023-12-24', record('CVE-2023-7102')),
  },
  {
    id: 'spreadsheet-parseexcel-2023',
    title: 'Spreadsheet::ParseExcel: a spreadsheet runs code wherever it is read',
    story:
      'The library that the Barracuda appliances’ Amavis read attachments with; it stayed open for a week after the appliances were mended.',
    flaws: ['CVE-2023-7101'],
    product: 'Spreadsheet::ParseExcel (Perl)',
    keys: [
      keyOfCve('Douglas Wilson', 'Spreadsheet::ParseExcel'),
      keyOfPackage('Debian', 'libspreadsheet-parseexcel-perl'),
    ],
    exploited: by('2023-12-24', `${record('CVE-2023-7101')}, reported by Barracuda`),
    signs: [
      {
        sign: 'upstream release',
        what: '0.66',
        on: on(
          '2023-12-29',
          'https://security.metacpan.org/2024/02/10/vulnerable-spreadsheet-parsing-modules.html',
        ),
      },
      {
        sign: 'distribution update',
        what: 'Debian LTS',
        on: within('2023-12', 'https://lists.debian.org/debian-lts-announce/2023/12/msg00025.html'),
      },
    ],
    published: on('2023-12-24', record('CVE-2023-7101')),
    catalogued: on('2024-01-02', kev('CVE-2023-7101')),
  },
  {
    id: 'cisco-asyncos-2025',
    title: 'Cisco Secure Email: commands as root through an exposed Spam Quarantine',
    story:
      'Made public a week after it was found and a month before it could be mended; the intruders purged logs.',
    flaws: ['CVE-2025-20393'],
    product: 'Cisco Secure Email Gateway and Web Manager (AsyncOS)',
    keys: [
      keyOfNote('cisco-secure-email-gateway'),
      keyOfNote('cisco-secure-email-web-manager'),
      keyOfCve('Cisco', 'Cisco Secure Email'),
      keyOfCve('Cisco', 'Cisco Secure Email and Web Manager'),
    ],
    exploited: {
      notBefore: '2025-11-21',
      notAfter: '2025-11-30',
      source: 'https://newslinker.co/?p=171644 (“late November”)',
    },
    signs: [
      {
        sign: 'vendor note',
        what: 'AsyncOS releases with the mending',
        on: {
          notBefore: '2026-01-12',
          notAfter: '2026-01-16',
          source:
            'https://vmvirtualmachine.com/cisco-finally-patches-seven-week-old-zero-day-flaw-in-secure-email-gateway-products (“this week”)',
        },
      },
    ],
    published: on('2025-12-17', record('CVE-2025-20393')),
    catalogued: { notBefore: '2025-12-17', notAfter: '2025-12-18', source: kev('CVE-2025-20393') },
  },
  ...exchangeCases,
];
