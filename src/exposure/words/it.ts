import type { Words } from '../words.ts';

/** Italian. */
export const it: Words = {
  language: 'it',
  labels: {
    email: ['posta elettronica', 'indirizzo email'],
    telephone: ['telefono', 'numero di telefono', 'recapito', 'chiamare'],
    'telephone/mobile': ['cellulare', 'cell', 'numero di cellulare'],
    'payment-card': [
      'carta',
      'carta di credito',
      'numero di carta',
      'numero carta',
      'carta di debito',
    ],
    'bank-account': ['conto corrente', 'numero di conto', 'conto', 'c c'],
    'national-id/it': [
      'codice fiscale',
      'cod fisc',
      'c f',
      'cf',
      'cod fiscale',
      'italian tax code',
    ],
    'national-id': ["carta d'identità", 'documento', "documento d'identità", 'tessera sanitaria'],
    'tax-id/it': ['codice fiscale', 'cod fiscale', 'c f', 'cf', 'cf piva', 'p iva cf'],
    'tax-id': ['partita iva', 'p iva', 'piva', 'p iva cf', 'iva'],
    passport: ['passaporto', 'numero di passaporto'],
    'drivers-licence': ['patente', 'patente di guida', 'numero patente'],
    'date-of-birth': ['data di nascita', 'nato il', 'nata il', 'nascita'],
    password: ['parola chiave', 'password di accesso', 'codice segreto'],
    'password/user': ['utente', 'nome utente'],
    'person-name': ['nome', 'cognome', 'nome e cognome', 'nominativo'],
    'postal-address': ['indirizzo', 'residenza', 'domicilio'],
    'customer-number': ['codice cliente', 'numero cliente', 'numero di contratto'],
  },
  against: {
    order: ['ordine', 'numero ordine', 'n ordine', 'pratica', 'prenotazione', 'riferimento'],
    tracking: ['spedizione', 'tracciamento', 'collo'],
    invoice: ['fattura', 'numero fattura', 'n fattura', 'ricevuta'],
    amount: ['importo', 'totale', 'prezzo', 'quantità'],
    product: ['numero di serie', 'articolo', 'matricola'],
  },
};
