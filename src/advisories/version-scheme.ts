/** What a version string means in one ecosystem. Unparseable is an answer, not "lower". */
export interface VersionScheme {
  readonly id: string;
  compare(a: string, b: string): -1 | 0 | 1 | 'incomparable';
}
