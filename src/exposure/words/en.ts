import type { Words } from '../words.ts';

export const en: Words = {
  language: 'en',
  labels: {
    email: ['email', 'e mail', 'mail address', 'email address'],
    'email/at': ['(at)', '[at]', '{at}', '<at>', '(a)', '[a]'],
    'email/dot': ['dot'],
  },
  against: {
    order: ['order number', 'order no', 'order id', 'order', 'po number', 'purchase order'],
  },
};
