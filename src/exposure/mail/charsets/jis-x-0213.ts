import { jisX0208 } from './jis-tables.ts';

/** Code points of a place: one, or two for a letter with its combining mark; undefined where nothing is. */
export type WidePlane = readonly (readonly number[] | undefined)[];

/** Plane 1 of JIS X 0213. */
export const jisX0213Plane1 = (): WidePlane =>
  [...jisX0208()].map(unit => (unit === 0 ? undefined : [unit]));

export const jisX0213Plane2 = (): WidePlane => [];
