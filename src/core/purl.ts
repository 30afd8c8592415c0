/** The parts of a package URL, unescaped. */
export interface PurlParts {
  readonly type: 'deb' | 'rpm' | 'apk' | 'composer' | 'pypi';
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  readonly qualifiers?: Readonly<Record<string, string | undefined>>;
}

/** Names come from files: half a surrogate pair, which no URI can hold, becomes a replacement character. */
const escape = (text: string): string =>
  encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd')).replace(
    /[!'()*]/g,
    c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** ECMA-427: a colon stays as it is, qualifiers are in alphabetical order, empty ones are left out. */
export const purlOf = ({
  type,
  namespace = '',
  name,
  version,
  qualifiers = {},
}: PurlParts): string => {
  const path = [type, ...namespace.split('/'), name]
    .filter(part => part !== '')
    .map(part => escape(part).replaceAll('%3A', ':'));
  const query = Object.entries(qualifiers)
    // A percent sign is in no real value, and readers that decode twice refuse the whole purl for it.
    .filter(
      (pair): pair is [string, string] =>
        pair[1] !== undefined && pair[1] !== '' && !pair[1].includes('%'),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${escape(value).replaceAll('%3A', ':')}`);
  return [
    `pkg:${path.join('/')}`,
    version === undefined ? '' : `@${escape(version).replaceAll('%3A', ':')}`,
    query.length === 0 ? '' : `?${query.join('&')}`,
  ].join('');
};
