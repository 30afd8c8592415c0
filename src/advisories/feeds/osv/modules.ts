/** AlmaLinux and Red Hat put the module's build into the release: `1.module_el9.8.0+297+88e7f1bf`. */
export const isModular = (version: string): boolean => version.includes('.module');

/**
 * The stream of a modular rpm, as an update's title names it: `php:8.3` of `Important: php:8.3 security
 * update`, `httpd:2.4` of `httpd:2.4/mod_http2`. Undefined: the title names none, or several.
 */
export const streamOf = (title: string): string | undefined => {
  const found = new Set<string>();
  for (const word of title.slice(0, 300).split(/\s+/)) {
    const match = /^([a-z][\w.+-]*:[a-z0-9][\w.+-]*)(?:\/[\w.+-]+)?$/i.exec(word);
    // An update's own name (`ALSA-2022:5468:`) ends in a colon, or looks like a year's stream.
    if (match?.[1] !== undefined && !/^[A-Z]{2,6}-\d{4}:/.test(word)) found.add(match[1]);
  }
  const [only] = found;
  return found.size === 1 ? only : undefined;
};

/** The stream of a purl's `rpmmod` (`php:8.3` or `php:8.3:80900…:c11`). */
export const streamOfPurl = (purl: string): string | undefined => {
  const value = /[?&]rpmmod=([^&#]{1,200})/.exec(purl)?.[1];
  if (value === undefined) return undefined;
  const [module, stream] = value.replaceAll(/%3a/gi, ':').split(':');
  return module === undefined || stream === undefined || module === '' || stream === ''
    ? undefined
    : `${module}:${stream}`;
};
