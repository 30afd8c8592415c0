import type { Verb } from './verbs.ts';

export const scanFormats = ['text', 'json'] as const;

export const scanVerb: Verb = {
  name: 'scan',
  takes: '[PATH…]',
  formats: scanFormats,
  does: 'Reads mail and keeps which message holds which personal data about whom, not the data.',
  usage: 'postern scan [PATH…|imaps://USER@HOST/] [options]',
  flags: [
    {
      name: 'root',
      value: 'DIR',
      help: 'read DIR as if it were / (a mounted or collected file system; default /)',
    },
    {
      name: 'key',
      value: 'FILE',
      help: 'key of the pseudonyms (default beside the store; made by the first scan)',
    },
    { name: 'customers', value: 'FILE', help: 'list of customers, CSV or Parquet, to be matched' },
    {
      name: 'accounts',
      value: 'FILE',
      help: 'imap: mailboxes, one a line, that USER reads as administrator (or a tab, a password)',
    },
    { name: 'password-file', value: 'FILE', help: 'imap: the password, in the first line' },
    { name: 'full', help: 'read all messages anew, known ones too' },
    { name: 'no-attachments', help: 'leave attachments out; the next scan without it reads them' },
    {
      name: 'destroy-key',
      value: 'FINGERPRINT',
      help: 'overwrite and delete the key: nobody in the store can be named any more',
    },
    { name: 'dry-run', help: 'show what is found in the message files named, and keep nothing' },
  ],
  examples: [
    ['postern scan', 'the mail that postern.yaml or the mail server’s own settings name'],
    ['postern scan /var/vmail', 'a mail store; again and again, from a timer: only what is new'],
    ['postern scan --root /mnt/mail01 /var/vmail', 'a mail store of a mounted host'],
    ['postern scan imaps://scan@imap.example.jp/', 'any server, without a trace in its mailboxes'],
    ['postern scan --dry-run message.eml', 'what the detectors say of one message, values masked'],
  ],
};
