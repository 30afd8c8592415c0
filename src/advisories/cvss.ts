import { metricsOf } from './cvss/metrics.ts';
import { scoreV2 } from './cvss/v2.ts';
import { scoreV3 } from './cvss/v3.ts';
import { scoreV4 } from './cvss/v4.ts';

/**
 * Base score of a CVSS vector, 0 to 10: what FIRST's own calculators answer before anybody says anything
 * of threat or environment. Undefined: not a vector of CVSS 2.0, 3.0, 3.1 or 4.0.
 */
export const baseScoreOf = (vector: string): number | undefined => {
  const metrics = metricsOf(vector.trim().replace(/^\((.*)\)$/, '$1'));
  switch (metrics?.value('CVSS')) {
    case '4.0':
      return scoreV4(metrics);
    case '3.1':
    case '3.0':
      return scoreV3(metrics);
    case undefined:
      // Only CVSS 2.0 has no prefix.
      return metrics === undefined ? undefined : scoreV2(metrics);
    default:
      return undefined;
  }
};
