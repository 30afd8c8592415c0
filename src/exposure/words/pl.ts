import type { Words } from '../words.ts';

/** Polish. */
export const pl: Words = {
  language: 'pl',
  labels: {
    telephone: ['telefon', 'numer telefonu', 'nr telefonu', 'nr tel'],
    'telephone/mobile': ['komórka', 'komórkowy', 'kom'],
    'payment-card': ['karta', 'numer karty', 'karta kredytowa', 'nr karty'],
    'bank-account': ['numer konta', 'konto bankowe', 'nr rachunku', 'numer rachunku', 'rachunek'],
    'national-id/pl': ['pesel', 'numer pesel', 'nr pesel'],
    'national-id': ['dowód osobisty', 'numer dowodu', 'nr dowodu'],
    'tax-id': ['nip', 'numer nip', 'regon', 'krs'],
    passport: ['paszport', 'numer paszportu'],
    'drivers-licence': ['prawo jazdy'],
    'date-of-birth': ['data urodzenia', 'urodzony', 'urodzona', 'ur'],
    password: ['hasło', 'haslo'],
    'password/user': ['użytkownik', 'nazwa użytkownika'],
    'person-name': ['imię', 'nazwisko', 'imię i nazwisko'],
    'postal-address': ['adres zamieszkania', 'adres'],
    'customer-number': ['numer klienta', 'nr klienta', 'numer umowy', 'numer polisy'],
  },
  against: {
    order: ['zamówienie', 'numer zamówienia', 'nr zamówienia', 'sprawa'],
    tracking: ['przesyłka', 'numer przesyłki'],
    invoice: ['faktura', 'numer faktury', 'faktura nr'],
    amount: ['kwota', 'suma', 'cena', 'ilość'],
  },
};
