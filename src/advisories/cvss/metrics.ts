/** The metrics of a vector, by their short names. */
export interface Metrics {
  /** Weight of a metric's value. Undefined: the vector lacks it, or holds a value that there is not. */
  readonly weight: (
    metric: string,
    weights: Readonly<Record<string, number>>,
  ) => number | undefined;
  readonly value: (metric: string) => string | undefined;
}

const vectorLengthMax = 300;

/** `AV:N/AC:L/…`, with or without its `CVSS:3.1/`. Undefined: no vector, or one that says a thing twice. */
export const metricsOf = (vector: string): Metrics | undefined => {
  if (vector.length > vectorLengthMax) return undefined;
  const values = new Map<string, string>();
  for (const part of vector.split('/')) {
    const colon = part.indexOf(':');
    const name = part.slice(0, colon);
    if (colon < 1 || values.has(name)) return undefined;
    values.set(name, part.slice(colon + 1));
  }
  return {
    value: metric => values.get(metric),
    weight: (metric, weights) => {
      const value = values.get(metric);
      return value !== undefined && Object.hasOwn(weights, value) ? weights[value] : undefined;
    },
  };
};
