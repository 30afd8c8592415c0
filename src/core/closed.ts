import type { Finding } from './finding.ts';

/**
 * Somebody decided what nobody could tell: it does not apply here, or is mended. What is seen to apply, no
 * word of a person's closes.
 */
export const isClosed = ({ outcome, steps }: Pick<Finding, 'outcome' | 'steps'>): boolean => {
  const [last] = steps ?? [];
  return (
    outcome === 'undetermined' &&
    last !== undefined &&
    last.by !== 'postern' &&
    (last.state === 'patched' || last.state === 'triaged-clean')
  );
};
