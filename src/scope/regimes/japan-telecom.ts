import { days, type Regime, reaches } from '../regime.ts';

/** Telecommunications Business Act, article 28: leaks of the secrecy of communications. */
export const japanTelecom: Regime = {
  id: 'japan-telecom',
  title: 'Japan: Telecommunications Business Act',
  source: 'Telecommunications Business Act art. 28 (secrecy of communications)',
  duties(facts) {
    const applies = reaches(facts, ({ people }) => people, 1);
    const why = 'mail of which a third party may have learnt, with a telecommunications carrier';
    return [
      {
        to: 'authority',
        what: 'first report to the Ministry of Internal Affairs and Communications',
        within: 'promptly',
        applies: applies === 'no' ? 'no' : 'ask',
        why,
      },
      {
        to: 'authority',
        what: 'detailed report to the Ministry of Internal Affairs and Communications',
        due: facts.aware + 30 * days,
        within: 'within 30 days',
        applies: applies === 'no' ? 'no' : 'ask',
        why,
      },
    ];
  },
};
