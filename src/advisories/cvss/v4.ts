import type { Metrics } from './metrics.ts';

/** How many steps a value lies below the worst one. */
const steps = {
  AV: { N: 0, A: 1, L: 2, P: 3 },
  PR: { N: 0, L: 1, H: 2 },
  UI: { N: 0, P: 1, A: 2 },
  AC: { L: 0, H: 1 },
  AT: { N: 0, P: 1 },
  vulnerable: { H: 0, L: 1, N: 2 },
  // `S` (safety) is above `H`, and only the environment can say it.
  subsequent: { H: 1, L: 2, N: 3 },
} as const;

/**
 * Tenths of the score of each macro vector that a base vector can have or fall to: EQ1 and EQ2 choose the
 * row; EQ3 with EQ6 (00, 01, 10, 11, 21), then EQ4 (1, 2), the column. EQ5 is 0: what is not said of
 * exploitation counts as the worst. Source: table of the specification, section 8.3.
 */
const scores: readonly (readonly number[])[] = [
  [100, 93, 96, 90, 93, 88, 92, 80, 79, 69],
  [95, 92, 91, 81, 92, 84, 82, 70, 71, 63],
  [94, 87, 89, 75, 86, 72, 76, 57, 65, 53],
  [90, 77, 77, 66, 74, 61, 59, 52, 58, 23],
  [86, 70, 74, 54, 72, 53, 57, 36, 47, 24],
  [73, 54, 55, 43, 61, 46, 51, 18, 24, 10],
];

/** Depths of the macro vectors, in steps (specification, section 8.3). */
const depths = {
  eq1: [1, 4, 5],
  eq2: [1, 2],
  /** Of the columns 00, 01, 10, 11, 21. */
  eq36: [7, 6, 8, 8, 10],
  eq4: [6, 5, 4],
} as const;

const scoreAt = (eq1: number, eq2: number, eq36: number, eq4: number): number | undefined =>
  eq1 > 2 || eq2 > 1 || eq36 > 4 || eq4 > 2
    ? undefined
    : scores[eq1 * 2 + eq2]?.[eq36 * 2 + eq4 - 1];

/** Steps to the first of the worst vectors that is nowhere better than this one. */
const stepsFrom = (
  worst: readonly (readonly number[])[],
  own: readonly number[],
): number | undefined => {
  for (const vector of worst) {
    if (vector.every((step, i) => step <= (own[i] ?? 0))) {
      return own.reduce((sum, step, i) => sum + step - (vector[i] ?? 0), 0);
    }
  }
  return undefined;
};

const worstOfEq1 = [
  [[0, 0, 0]],
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  [
    [3, 0, 0],
    [1, 1, 1],
  ],
];
const worstOfEq2 = [
  [[0, 0]],
  [
    [1, 0],
    [0, 1],
  ],
];
/** Of the columns that a base vector can have: 00, 10, 21. */
const worstOfImpact: Readonly<Record<number, readonly (readonly number[])[]>> = {
  0: [[0, 0, 0]],
  2: [
    [1, 0, 0],
    [0, 1, 0],
  ],
  4: [[1, 1, 1]],
};

interface Steps {
  readonly ease: readonly number[];
  readonly complexity: readonly number[];
  readonly vulnerable: readonly number[];
  readonly subsequent: readonly number[];
}

const stepsOf = ({ weight }: Metrics): Steps | undefined => {
  const all = [
    weight('AV', steps.AV),
    weight('PR', steps.PR),
    weight('UI', steps.UI),
    weight('AC', steps.AC),
    weight('AT', steps.AT),
    weight('VC', steps.vulnerable),
    weight('VI', steps.vulnerable),
    weight('VA', steps.vulnerable),
    weight('SC', steps.subsequent),
    weight('SI', steps.subsequent),
    weight('SA', steps.subsequent),
  ].filter(step => step !== undefined);
  if (all.length !== 11) return undefined;
  return {
    ease: all.slice(0, 3),
    complexity: all.slice(3, 5),
    vulnerable: all.slice(5, 8),
    subsequent: all.slice(8),
  };
};

/** EQ3 with EQ6, as a column: high impact on confidentiality and integrity, on any, on none. */
const impactOf = ([c, i, a]: readonly number[]): 0 | 2 | 4 =>
  c === 0 && i === 0 ? 0 : c === 0 || i === 0 || a === 0 ? 2 : 4;

const easeOf = (ease: readonly number[]): 0 | 1 | 2 => {
  if (ease.every(step => step === 0)) return 0;
  return ease[0] === 3 || !ease.includes(0) ? 2 : 1;
};

/** Base score of CVSS 4.0. Source: Common Vulnerability Scoring System v4.0, section 8. */
export const scoreV4 = (metrics: Metrics): number | undefined => {
  const own = stepsOf(metrics);
  if (own === undefined) return undefined;
  const { ease, complexity, vulnerable, subsequent } = own;
  if ([...vulnerable].every(step => step === 2) && subsequent.every(step => step === 3)) return 0;
  const eq1 = easeOf(ease);
  const eq2 = complexity.every(step => step === 0) ? 0 : 1;
  const eq36 = impactOf(vulnerable);
  const eq4 = subsequent.includes(1) ? 1 : 2;
  const score = scoreAt(eq1, eq2, eq36, eq4);
  if (score === undefined) return undefined;
  const lowerImpact =
    eq36 === 0
      ? Math.max(scoreAt(eq1, eq2, 1, eq4) ?? 0, scoreAt(eq1, eq2, 2, eq4) ?? 0)
      : scoreAt(eq1, eq2, eq36 === 2 ? 3 : 5, eq4);
  const ways = [
    [scoreAt(eq1 + 1, eq2, eq36, eq4), stepsFrom(worstOfEq1[eq1] ?? [], ease), depths.eq1[eq1]],
    [
      scoreAt(eq1, eq2 + 1, eq36, eq4),
      stepsFrom(worstOfEq2[eq2] ?? [], complexity),
      depths.eq2[eq2],
    ],
    [lowerImpact, stepsFrom(worstOfImpact[eq36] ?? [], vulnerable), depths.eq36[eq36]],
    [
      scoreAt(eq1, eq2, eq36, eq4 + 1),
      stepsFrom([Array.from({ length: 3 }, () => eq4)], subsequent),
      depths.eq4[eq4],
    ],
  ] as const;
  // EQ5 can always fall further, and no base vector is any way down from its top.
  let count = 1;
  let fall = 0;
  for (const [lower, down, depth] of ways) {
    if (lower === undefined || depth === undefined) continue;
    count += 1;
    fall += ((score - lower) * (down ?? 0)) / depth;
  }
  return Math.round(Math.min(100, Math.max(0, score - fall / count)) + 1e-5) / 10;
};
