import type { Check } from '../core/verdict.ts';

interface CheckTitle {
  readonly title: string;
  /** The question, as product.md's table asks it. */
  readonly asks: string;
}

export const checkTitles: Readonly<Record<Check, CheckTitle>> = {
  inventoried: {
    title: 'Every part is known',
    asks: 'Are name, version, supplier, origin, owner and what it can reach known?',
  },
  patched: {
    title: 'Patched in time',
    asks: 'Is no known flaw open past the deadline that customer-facing applications have?',
  },
  logged: {
    title: 'Access is logged',
    asks: 'Does access through it leave a log that says who read what?',
  },
  retained: {
    title: 'Logs are kept',
    asks: 'Is that log held for the policy’s time, without a gap, provably unaltered?',
  },
  monitored: {
    title: 'Logs are watched',
    asks: 'Have rules and a baseline that apply to it run over it recently, and is somebody told?',
  },
  contained: {
    title: 'Reach is contained',
    asks: 'Can it reach no more than it needs, and is it known how many people’s data that is?',
  },
};
