import { type Affected, type BreachFacts, hours, type Regime, reaches } from '../regime.ts';

/** What a supervisory authority takes for a high risk without further questions. */
const harmful = ({
  bySensitivity: { special, financial, credential, identity },
}: Affected): number => Math.max(special, financial, credential, identity);

const highRisk = (facts: BreachFacts): 'yes' | 'possible' | 'ask' => {
  const found = reaches(facts, harmful, 1);
  return found === 'no' ? 'ask' : found;
};

/** General Data Protection Regulation, articles 33 and 34; the United Kingdom's copy asks the same. */
export const gdpr: Regime = {
  id: 'gdpr',
  title: 'European Union and United Kingdom: GDPR',
  source: 'Regulation (EU) 2016/679 arts. 33, 34; UK GDPR arts. 33, 34',
  duties(facts) {
    return [
      {
        to: 'authority',
        what: 'notification to the supervisory authority, with categories and approximate numbers of people and of records',
        due: facts.aware + 72 * hours,
        within: 'without undue delay, where feasible within 72 hours of becoming aware',
        applies: reaches(facts, ({ people }) => people, 1),
        why: 'unless a risk to the people concerned is unlikely',
      },
      {
        to: 'controllers',
        what: 'notice to each controller on whose behalf the mail is kept (tenants)',
        within: 'without undue delay',
        applies: 'ask',
        why: 'where the organisation is a processor',
      },
      {
        to: 'people',
        what: 'communication to the people concerned',
        within: 'without undue delay',
        applies: highRisk(facts),
        why: 'where a high risk is likely: identity, money, passwords, health',
      },
    ];
  },
};
