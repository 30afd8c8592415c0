/** What a field of an event may hold. */
export type Scalar = string | number | boolean | null;
/** Undefined: there is no such field. */
export type FieldValue = Scalar | readonly Scalar[] | undefined;

export type Getter<E> = (event: E) => FieldValue;

/**
 * What names of fields mean in events of one kind. Rules are compiled against it once, so that no event costs the
 * look-up of a name.
 */
export interface FieldSpace<E> {
  /** Undefined where events of this kind never have such a field. */
  getter(field: string): Getter<E> | undefined;
  /** All texts of an event, for keywords. Where two spaces have the same function, it is asked once. */
  readonly texts: (event: E) => Iterable<string>;
  /** Milliseconds since 1970. */
  timeMs(event: E): number;
}
