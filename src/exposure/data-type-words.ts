// Written by scripts/generate.ts from src/exposure/data-types/. Do not edit; run npm run generate.
import type { DataTypeId, Sensitivity } from '../core/personal.ts';

/** What a data type is called, and how much harm it does. */
export interface DataTypeWords {
  readonly id: DataTypeId;
  readonly title: string;
  readonly sensitivity: Sensitivity;
}

export const dataTypeWords: readonly DataTypeWords[] = [
  {
    id: 'api-key',
    title: 'API key or token',
    sensitivity: 'credential',
  },
  {
    id: 'bank-account',
    title: 'Bank account number',
    sensitivity: 'financial',
  },
  {
    id: 'belief',
    title: 'Religion or belief',
    sensitivity: 'special',
  },
  {
    id: 'corporate-number',
    title: 'Corporate number (Japan)',
    sensitivity: 'ordinary',
  },
  {
    id: 'criminal-record',
    title: 'Criminal record',
    sensitivity: 'special',
  },
  {
    id: 'customer-number',
    title: 'Customer, account or contract number',
    sensitivity: 'ordinary',
  },
  {
    id: 'date-of-birth',
    title: 'Date of birth',
    sensitivity: 'identity',
  },
  {
    id: 'drivers-licence',
    title: "Driver's licence number",
    sensitivity: 'identity',
  },
  {
    id: 'email',
    title: 'E-mail address',
    sensitivity: 'ordinary',
  },
  {
    id: 'employment-insurance',
    title: 'Employment insurance number (Japan)',
    sensitivity: 'identity',
  },
  {
    id: 'ethnic-origin',
    title: 'Ethnic or social origin',
    sensitivity: 'special',
  },
  {
    id: 'health',
    title: 'Health',
    sensitivity: 'special',
  },
  {
    id: 'health-insurance',
    title: 'Health insurance number (Japan)',
    sensitivity: 'identity',
  },
  {
    id: 'iban',
    title: 'International bank account number (IBAN)',
    sensitivity: 'financial',
  },
  {
    id: 'ip-address',
    title: 'IP address',
    sensitivity: 'ordinary',
  },
  {
    id: 'my-number',
    title: 'My Number (Japan)',
    sensitivity: 'identity',
  },
  {
    id: 'national-id',
    title: 'National identity number',
    sensitivity: 'identity',
  },
  {
    id: 'passport',
    title: 'Passport number',
    sensitivity: 'identity',
  },
  {
    id: 'password',
    title: 'Password',
    sensitivity: 'credential',
  },
  {
    id: 'payment-card',
    title: 'Payment card number',
    sensitivity: 'financial',
  },
  {
    id: 'pension-number',
    title: 'Basic pension number (Japan)',
    sensitivity: 'identity',
  },
  {
    id: 'person-name',
    title: 'Name of a person',
    sensitivity: 'ordinary',
  },
  {
    id: 'postal-address',
    title: 'Postal address',
    sensitivity: 'ordinary',
  },
  {
    id: 'postcode',
    title: 'Postcode',
    sensitivity: 'ordinary',
  },
  {
    id: 'private-key',
    title: 'Private key',
    sensitivity: 'credential',
  },
  {
    id: 'reset-link',
    title: 'Reset, sign-in or session link',
    sensitivity: 'credential',
  },
  {
    id: 'residence-card',
    title: 'Residence card number (Japan)',
    sensitivity: 'identity',
  },
  {
    id: 'resident-code',
    title: 'Resident record code (Japan)',
    sensitivity: 'identity',
  },
  {
    id: 'sexual-life',
    title: 'Sexual life or orientation',
    sensitivity: 'special',
  },
  {
    id: 'tax-id',
    title: 'Tax number',
    sensitivity: 'financial',
  },
  {
    id: 'telephone',
    title: 'Telephone number',
    sensitivity: 'ordinary',
  },
  {
    id: 'uk-nhs',
    title: 'UK NHS number',
    sensitivity: 'special',
  },
  {
    id: 'uk-nino',
    title: 'UK National Insurance number',
    sensitivity: 'identity',
  },
  {
    id: 'union-membership',
    title: 'Trade union membership',
    sensitivity: 'special',
  },
  {
    id: 'us-ssn',
    title: 'US social security number',
    sensitivity: 'identity',
  },
  {
    id: 'yucho-account',
    title: 'Japan Post Bank account',
    sensitivity: 'financial',
  },
];
