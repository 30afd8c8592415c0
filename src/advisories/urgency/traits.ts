import type { Finding } from '../../core/finding.ts';

/** What a deadline is made of, besides where the component stands. */
export interface Traits {
  readonly exploited: boolean;
  readonly automatable: boolean;
  readonly impact: 'partial' | 'total';
  /** How each came about. */
  readonly words: string;
}

/** The metrics of a CVSS vector: `AV` to `N`. */
const metricsOf = (vector: string | undefined): ReadonlyMap<string, string> =>
  new Map(
    (vector ?? '')
      .slice(0, 400)
      .split('/')
      .map(part => part.split(':', 2))
      .flatMap(([name, value]) =>
        name === undefined || value === undefined ? [] : [[name, value]],
      ),
  );

/** Of a vector: by anybody, over the network, without help of a user. Undefined without a vector. */
const automatableBy = (metrics: ReadonlyMap<string, string>): boolean | undefined => {
  if (!metrics.has('AV')) return undefined;
  return (
    metrics.get('AV') === 'N' &&
    metrics.get('AC') === 'L' &&
    metrics.get('PR') === 'N' &&
    metrics.get('UI') === 'N'
  );
};

const impactBy = (metrics: ReadonlyMap<string, string>): 'partial' | 'total' | undefined => {
  const confidentiality = metrics.get('C') ?? metrics.get('VC');
  const integrity = metrics.get('I') ?? metrics.get('VI');
  if (confidentiality === undefined || integrity === undefined) return undefined;
  return confidentiality === 'H' && integrity === 'H' ? 'total' : 'partial';
};

/**
 * CISA's own words (SSVC) come first, then what the CVSS vector implies. What nobody says counts as the
 * worse: automatable, total.
 */
export const traitsOf = ({ exploited, ssvc, severity }: Finding): Traits => {
  const metrics = metricsOf(severity?.vector);
  const automatable = ssvc?.automatable ?? automatableBy(metrics);
  const impact = ssvc?.impact ?? impactBy(metrics);
  const used = exploited !== undefined || ssvc?.exploitation === 'active';
  const source = (said: unknown, implied: unknown): string =>
    said !== undefined
      ? ''
      : implied !== undefined
        ? ' by its CVSS vector'
        : ', as nobody says otherwise';
  return {
    exploited: used,
    automatable: automatable ?? true,
    impact: impact ?? 'total',
    words: [
      exploited === undefined
        ? used
          ? 'exploited (SSVC)'
          : 'not known to be exploited'
        : `exploited (${exploited.by}, ${exploited.on.slice(0, 10)})`,
      `${(automatable ?? true) ? 'automatable' : 'not automatable'}${source(ssvc?.automatable, automatableBy(metrics))}`,
      `${impact ?? 'total'} impact${source(ssvc?.impact, impactBy(metrics))}`,
    ].join(', '),
  };
};
