import type { Severity } from '../core/advisory.ts';

/** CVSS's own words for its scores; words of others put into them. Source: CVSS 3.1 and 4.0, section 5 and 6. */
const words = ['critical', 'high', 'medium', 'low', 'none', 'unknown'] as const;
export type SeverityWord = (typeof words)[number];

const synonyms: Readonly<Record<string, SeverityWord>> = {
  important: 'high',
  moderate: 'medium',
  minor: 'low',
  unimportant: 'none',
  negligible: 'low',
};

export const severityWord = (severity: Severity | undefined): SeverityWord => {
  if (severity === undefined) return 'unknown';
  const { score, word } = severity;
  if (score !== undefined) {
    if (score >= 9) return 'critical';
    if (score >= 7) return 'high';
    if (score >= 4) return 'medium';
    return score > 0 ? 'low' : 'none';
  }
  const said = word?.toLowerCase() ?? '';
  return words.find(each => each === said) ?? synonyms[said] ?? 'unknown';
};
