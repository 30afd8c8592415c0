/** A place in the inspected file system: absolute path as seen from its root, 1-based line. */
export interface Place {
  readonly path: string;
  readonly line?: number;
}
