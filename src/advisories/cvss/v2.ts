import type { Metrics } from './metrics.ts';

const accessVector = { L: 0.395, A: 0.646, N: 1 };
const accessComplexity = { H: 0.35, M: 0.61, L: 0.71 };
const authentication = { M: 0.45, S: 0.56, N: 0.704 };
const impact = { N: 0, P: 0.275, C: 0.66 };

/** Base score of CVSS 2.0. Source: A Complete Guide to CVSS Version 2.0, section 3.2.1. */
export const scoreV2 = ({ weight }: Metrics): number | undefined => {
  const av = weight('AV', accessVector);
  const ac = weight('AC', accessComplexity);
  const au = weight('Au', authentication);
  const c = weight('C', impact);
  const i = weight('I', impact);
  const a = weight('A', impact);
  if (av === undefined || ac === undefined || au === undefined) return undefined;
  if (c === undefined || i === undefined || a === undefined) return undefined;
  const harm = 10.41 * (1 - (1 - c) * (1 - i) * (1 - a));
  if (harm === 0) return 0;
  const ease = 20 * av * ac * au;
  // Lifted by a little, since a sum that should end in …5 may fall just short of it.
  return Math.round((0.6 * harm + 0.4 * ease - 1.5) * 1.176 * 10 + 1e-6) / 10;
};
