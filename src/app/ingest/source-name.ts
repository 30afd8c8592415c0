import { hash } from 'node:crypto';

/** Letters, digits and dots in lower case, `/` as `_`: such a name says one path alone. */
const plain = /^(?:\/[a-z0-9][a-z0-9.-]*)+$/;
const marked = /-[0-9a-f]{12}$/;
const charactersMax = 100;

/**
 * The name of the source that the log at an absolute path is: `var_log_mail.log` for `/var/log/mail.log`. Where two
 * paths could have one name, the path's hash tells them apart.
 */
export const sourceNameOf = (path: string): string => {
  const name = path.slice(1).replaceAll('/', '_');
  if (plain.test(path) && name.length <= charactersMax && !marked.test(name)) return name;
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0 - (charactersMax - 13))
    .replace(/^[._-]+/, '');
  const mark = hash('sha256', path).slice(0, 12);
  return readable === '' ? `log-${mark}` : `${readable}-${mark}`;
};
