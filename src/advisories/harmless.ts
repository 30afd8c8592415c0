/** What Debian means by `unimportant`. Source: the security tracker's introduction, "Severity levels". */
export const unimportantInDebian =
  'Debian calls it unimportant: not in what its packages install, or without effect on security in practice';
