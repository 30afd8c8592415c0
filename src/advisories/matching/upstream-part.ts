/** Behind a tilde, what a packager says of the system that it was built for: `~bookworm`, `~deb12u1`, `~el9`. */
const builtFor =
  /^~(?:bpo|deb|debian|ubuntu|el|rhel|centos|fc|fedora|sles|leap|buster|bullseye|bookworm|trixie|forky|sid|focal|jammy|noble|resolute)\d*(?![a-z])/i;

/** Fedora's older way: `2.4.0-0.1.rc1.el9` comes before every 2.4.0. */
const earlyRelease = /^0\.(?:\d{1,9}\.){0,3}((?:alpha|beta|pre|rc)\d*)/i;

/**
 * The maker's own version in a package's: `3.9.1` of `1:3.9.1-1~94b0bcca6~bookworm`, `1.9.5` of
 * `2.0+really1.9.5-1`. What stands behind a tilde, and is not what it was built for, comes before the version
 * that it names: `2.4.0~rc1` is not yet 2.4.0. What stands behind `+` or `^` comes after it, and may hold more.
 */
export const upstreamPart = (version: string): string => {
  const withoutEpoch = version.replace(/^\d+:/, '');
  const dash = withoutEpoch.lastIndexOf('-');
  const whole = dash > 0 ? withoutEpoch.slice(0, dash) : withoutEpoch;
  const upstream = whole.replace(/^.*\+really(?=\d)/is, '').replace(/[+^].*$/s, '');
  const early = dash > 0 ? earlyRelease.exec(withoutEpoch.slice(dash + 1))?.[1] : undefined;
  const tilde = upstream.indexOf('~');
  if (tilde < 0) return early === undefined ? upstream : `${upstream}-${early.toLowerCase()}`;
  if (builtFor.test(upstream.slice(tilde))) return upstream.slice(0, tilde);
  // As makers write it; any other word stays behind its tilde.
  return upstream.replace(/~(?=(?:alpha|beta|pre|preview|rc|cr)\d*$)/i, '-');
};
