import type { Words } from '../words.ts';

/** Dutch. */
export const nl: Words = {
  language: 'nl',
  labels: {
    telephone: ['telefoon', 'telefoonnummer', 'tel nr', 'bel'],
    'telephone/mobile': ['mobiel', 'gsm nummer', 'mobiele nummer'],
    'payment-card': ['creditcard', 'creditcardnummer', 'kaartnummer', 'bankpas', 'pasnummer'],
    'bank-account': ['rekeningnummer', 'rekening', 'bankrekening'],
    'national-id/nl': [
      'bsn',
      'burgerservicenummer',
      'sofinummer',
      'sofi nummer',
      'burger service nummer',
      'citizen service number',
      'bsn nummer',
    ],
    'national-id/be': [
      'rijksregisternummer',
      'rijksregister',
      'insz',
      'nationaal nummer',
      'bis nummer',
    ],
    'national-id/be/card': ['identiteitskaart', 'identiteitskaartnummer', 'eid', 'eid kaart'],
    'national-id': ['identiteitskaart', 'identiteitsbewijs', 'persoonsnummer', 'paspoortnummer'],
    'tax-id': ['btw', 'btw nummer', 'btw nr', 'kvk', 'kvk nummer', 'rsin', 'ondernemingsnummer'],
    'tax-id/nl': ['btw', 'btw nummer', 'btw nr', 'btw id', 'omzetbelastingnummer'],
    passport: ['paspoort', 'paspoortnummer', 'identiteitskaart', 'documentnummer'],
    'drivers-licence': ['rijbewijs', 'rijbewijsnummer'],
    'date-of-birth': ['geboortedatum', 'geboren op', 'geb datum'],
    password: ['wachtwoord', 'pincode'],
    'password/user': ['gebruikersnaam', 'gebruiker'],
    'person-name': ['naam', 'voornaam', 'achternaam'],
    'postal-address': ['adres', 'woonadres', 'postadres'],
    'customer-number': ['klantnummer', 'klantnr', 'polisnummer', 'contractnummer'],
  },
  against: {
    order: ['bestelnummer', 'bestelling', 'ordernummer', 'dossiernummer', 'kenmerk'],
    tracking: ['zending', 'trackingnummer'],
    invoice: ['factuur', 'factuurnummer', 'factuurnr'],
    amount: ['bedrag', 'totaal', 'prijs', 'aantal'],
    product: ['artikelnummer', 'serienummer'],
  },
};
