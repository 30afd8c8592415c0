import { businessDaysAfter, type Regime } from '../regime.ts';

/** Form 8-K, Item 1.05. */
export const sec: Regime = {
  id: 'sec',
  title: 'United States: SEC, Form 8-K Item 1.05',
  source: 'Form 8-K Item 1.05',
  duties({ material }) {
    return [
      {
        to: 'investors',
        what: 'Form 8-K, Item 1.05',
        ...(material === undefined ? {} : { due: businessDaysAfter(material, 4) }),
        within:
          material === undefined
            ? 'within 4 business days of finding that it is material, which must be decided without unreasonable delay'
            : 'within 4 business days of finding that it is material',
        applies: material === undefined ? 'ask' : 'yes',
        why:
          material === undefined
            ? 'for registrants; whether it is material has not been decided'
            : 'found to be material',
      },
    ];
  },
};
