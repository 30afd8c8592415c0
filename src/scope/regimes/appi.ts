import {
  type Affected,
  type BreachFacts,
  type Duty,
  days,
  type Regime,
  reaches,
} from '../regime.ts';

const people = ({ people: count }: Affected): number => count;

/** Enforcement Rules, article 7: special care-required information, financial harm, unjust purpose, more than 1,000. */
const trigger = (facts: BreachFacts): Pick<Duty, 'applies' | 'why'> => {
  const grounds: readonly (readonly [string, (affected: Affected) => number, number])[] = [
    ...(facts.malicious ? [['unauthorised access: one person is enough', people, 1] as const] : []),
    ['special care-required information: one person is enough', a => a.bySensitivity.special, 1],
    [
      'data that may be used for financial harm: one person is enough',
      a => Math.max(a.bySensitivity.financial, a.bySensitivity.credential),
      1,
    ],
    ['more than 1,000 people', people, 1_001],
  ];
  for (const applies of ['yes', 'possible'] as const) {
    const met = grounds.find(([, count, least]) => reaches(facts, count, least) === applies);
    if (met !== undefined) return { applies, why: met[0] };
  }
  return { applies: 'no', why: 'none of the four grounds of article 7 is met' };
};

/** Act on the Protection of Personal Information, article 26; Enforcement Rules, articles 7, 8 and 10. */
export const appi: Regime = {
  id: 'appi',
  title: 'Japan: Act on the Protection of Personal Information',
  source: 'APPI art. 26; Enforcement Rules arts. 7, 8, 10',
  duties(facts) {
    const met = trigger(facts);
    const finalDays = facts.malicious ? 60 : 30;
    return [
      {
        to: 'authority',
        what: 'preliminary report to the Personal Information Protection Commission',
        due: facts.aware + 3 * days,
        within: 'promptly: within 3 to 5 days of becoming aware',
        ...met,
      },
      {
        to: 'authority',
        what: 'final report to the Personal Information Protection Commission',
        due: facts.aware + finalDays * days,
        within: facts.malicious
          ? 'within 60 days of becoming aware, as the purpose was unjust'
          : 'within 30 days of becoming aware',
        ...met,
      },
      {
        to: 'people',
        what: 'notice to each person concerned, or a public announcement where that is hard',
        within: 'promptly, as the situation asks',
        ...met,
      },
    ];
  },
};
