/** A rule that was compiled for one kind of event. Never throws; linear in the event. */
export type Matcher<E> = (event: E) => boolean;
