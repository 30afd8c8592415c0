import { days, hours, type Regime } from '../regime.ts';

/** Directive (EU) 2022/2555, article 23. */
export const nis2: Regime = {
  id: 'nis2',
  title: 'European Union: NIS 2',
  source: 'Directive (EU) 2022/2555 art. 23',
  duties({ aware }) {
    const applies = 'ask';
    const why =
      'where the organisation is an essential or important entity and the incident is significant';
    return [
      {
        to: 'authority',
        what: 'early warning to the CSIRT or competent authority',
        due: aware + 24 * hours,
        within: 'within 24 hours of becoming aware',
        applies,
        why,
      },
      {
        to: 'authority',
        what: 'incident notification with a first assessment',
        due: aware + 72 * hours,
        within: 'within 72 hours of becoming aware',
        applies,
        why,
      },
      {
        to: 'authority',
        what: 'final report',
        // A month after the notification; told for a notification at its last moment, in the shortest month.
        due: aware + 72 * hours + 28 * days,
        within: 'within one month of the incident notification',
        applies,
        why,
      },
    ];
  },
};
