import { type BreachFacts, type Duty, days, type Regime, reaches } from '../regime.ts';

interface State {
  readonly name: string;
  readonly source: string;
  /** Days from discovery to notice. */
  readonly peopleDays: number;
  readonly attorney: {
    readonly least: number;
    readonly within: string;
    due(facts: BreachFacts): number;
  };
}

/** California Civil Code 1798.82 as of 2026; Texas Business & Commerce Code 521.053; New York GBL 899-aa. */
const states: readonly State[] = [
  {
    name: 'California',
    source: 'Civil Code 1798.82',
    peopleDays: 30,
    attorney: {
      least: 501,
      within: 'within 15 days of the notice to consumers',
      due: ({ aware, peopleTold }) =>
        peopleTold === undefined ? aware + 45 * days : peopleTold + 15 * days,
    },
  },
  {
    name: 'Texas',
    source: 'Business & Commerce Code 521.053',
    peopleDays: 60,
    attorney: {
      least: 250,
      within: 'within 30 days of discovery',
      due: ({ aware }) => aware + 30 * days,
    },
  },
  {
    name: 'New York',
    source: 'General Business Law 899-aa',
    peopleDays: 30,
    attorney: {
      least: 1,
      within: 'within 30 days of discovery',
      due: ({ aware }) => aware + 30 * days,
    },
  },
];

const dutiesIn = (facts: BreachFacts, state: State): readonly Duty[] => {
  const { name, peopleDays, attorney } = state;
  // Which of the people live there, no list of ours says.
  const asked = (least: number): 'ask' | 'no' =>
    reaches(facts, ({ people }) => people, least) === 'no' ? 'no' : 'ask';
  return [
    {
      to: 'people',
      what: `notice to residents of ${name} (${state.source})`,
      due: facts.aware + peopleDays * days,
      within: `within ${peopleDays} days of discovery`,
      applies: asked(1),
      why: `where residents of ${name} are among them`,
    },
    {
      to: 'authority',
      what: `notice to the attorney general of ${name}`,
      due: attorney.due(facts),
      within: attorney.within,
      applies: asked(attorney.least),
      why: `where at least ${attorney.least.toLocaleString('en')} residents of ${name} are among them`,
    },
  ];
};

/** Three states' laws; the others have theirs. */
export const usStates: Regime = {
  id: 'us-states',
  title: 'United States: California, Texas, New York',
  source: states.map(({ source }) => source).join('; '),
  duties(facts) {
    return states.flatMap(state => dutiesIn(facts, state));
  },
};
