import { describe, expect, test } from 'vitest';
import { emptyExposure } from '../core/exposure-policy.ts';
import { parseConfiguration } from './configuration.ts';

const exposure = (yaml: string) => parseConfiguration('postern.yaml', yaml).exposure;

describe('the block exposure of postern.yaml', () => {
  test('says what the organisation knows of its mail and its customers', () => {
    expect(exposure('organisation: x')).toEqual(emptyExposure);
    expect(
      exposure(`exposure:
  mail: [/var/vmail, 'imaps://scan@imap.example.jp/']
  imap: [{ server: 'imaps://scan@imap.example.jp/', password: { file: imap.password } }]
  customerNumbers: [{ pattern: '[A-Z]{2}-?\\d{6,8}', labels: [お客様番号] }]
  customers:
    - { file: a.csv, columns: { email: [mail1, mail2] }, statuses: { 退会: former } }
    - { database: 'postgresql://reader@crm.example.jp/crm', query: SELECT 1, password: { variable: CRM } }
`),
    ).toEqual({
      mail: ['/var/vmail', 'imaps://scan@imap.example.jp/'],
      imap: [{ server: 'imaps://scan@imap.example.jp/', password: { file: 'imap.password' } }],
      customerNumbers: [{ pattern: '[A-Z]{2}-?\\d{6,8}', labels: ['お客様番号'] }],
      customers: [
        { file: 'a.csv', columns: { email: ['mail1', 'mail2'] }, statuses: { 退会: 'former' } },
        {
          database: 'postgresql://reader@crm.example.jp/crm',
          query: 'SELECT 1',
          password: { variable: 'CRM' },
        },
      ],
      regions: ['JP'],
    });
  });

  test.each([
    [
      "customerNumbers: [{ pattern: '(a+)+' }]",
      '1:42: exposure.customerNumbers[0].pattern: "+" has no upper end',
    ],
    [
      "customers: [{ database: 'mysql://a:secret@c/d', query: x }]",
      'a password does not belong here: see password',
    ],
    ["customers: [{ database: 'mysql://a@c/d' }]", 'a database needs a query'],
    ['customers: [{ query: x }]', 'expected either file or database'],
    ['customers: [{ file: a, password: {} }]', 'expected either variable or file'],
    ['regions: [Japan]', 'expected a country in two capital letters'],
    ['mailboxes: 1', 'unknown key "mailboxes" in exposure'],
  ])('is refused where it is %s', (block, why) => {
    const parse = () => exposure(`exposure: { ${block} }`);
    expect(parse).toThrow(why);
    expect(parse).not.toThrow('secret');
  });
});
