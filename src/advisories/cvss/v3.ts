import type { Metrics } from './metrics.ts';

const attackVector = { N: 0.85, A: 0.62, L: 0.55, P: 0.2 };
const attackComplexity = { L: 0.77, H: 0.44 };
const privileges = { N: 0.85, L: 0.62, H: 0.27 };
const privilegesOverScopes = { N: 0.85, L: 0.68, H: 0.5 };
const userInteraction = { N: 0.85, R: 0.62 };
const impact = { H: 0.56, L: 0.22, N: 0 };
const scopes = { U: 0, C: 1 };

/** Appendix A of the specification: up to one decimal, in whole numbers. */
const roundUp = (score: number): number => {
  const whole = Math.round(score * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
};

/** Base score of CVSS 3.0 and 3.1. Source: Common Vulnerability Scoring System v3.1, section 7.1. */
export const scoreV3 = ({ weight }: Metrics): number | undefined => {
  const changed = weight('S', scopes);
  const av = weight('AV', attackVector);
  const ac = weight('AC', attackComplexity);
  const pr = weight('PR', changed === 1 ? privilegesOverScopes : privileges);
  const ui = weight('UI', userInteraction);
  const c = weight('C', impact);
  const i = weight('I', impact);
  const a = weight('A', impact);
  if (changed === undefined || av === undefined || ac === undefined) return undefined;
  if (pr === undefined || ui === undefined) return undefined;
  if (c === undefined || i === undefined || a === undefined) return undefined;
  const sub = 1 - (1 - c) * (1 - i) * (1 - a);
  const harm = changed === 1 ? 7.52 * (sub - 0.029) - 3.25 * (sub - 0.02) ** 15 : 6.42 * sub;
  if (harm <= 0) return 0;
  const ease = 8.22 * av * ac * pr * ui;
  return roundUp(Math.min(changed === 1 ? 1.08 * (harm + ease) : harm + ease, 10));
};
