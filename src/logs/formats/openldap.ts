import type { LogFormat } from '../format.ts';
import { openLdap } from './openldap/reader.ts';

const line = /^conn=(?:-1|\d{1,12}) (?:op|fd)=\d/;

/** What slapd writes at log level `stats` (256), the one that its packages set: OpenLDAP 2.4 to 2.6. */
export const openldap: LogFormat = {
  id: 'openldap',
  title: 'OpenLDAP',
  sniff: ({ program, message }) => {
    if (program !== undefined) return program === 'slapd' || program.endsWith('/slapd') ? 1 : 0;
    return line.test(message) ? 0.8 : 0;
  },
  open: openLdap,
};
