import type { MailLocation } from '../core/mail-location.ts';
import { joinPath } from '../core/paths.ts';
import type { Place } from '../core/place.ts';

/** The part of a template in front of its first variable: whole folders only. */
export const literalFolder = (template: string): string => {
  const segments = joinPath(template).split('/').slice(1);
  const first = segments.findIndex(segment => segment.includes('%'));
  return `/${(first < 0 ? segments : segments.slice(0, first)).join('/')}`;
};

/** A location by a template, or nothing where it names no folder of its own: `/%u`. */
export const locationAt = (
  kind: MailLocation['kind'],
  template: string,
  because: Place,
): MailLocation | undefined => {
  const path = literalFolder(template);
  if (!template.startsWith('/') || path === '/') return undefined;
  return template.includes('%')
    ? { kind, path, template: joinPath(template), because }
    : { kind, path, because };
};

const homesMax = 200_000;
const firstPerson = 500;

/** Folders that people's homes lie in, of lines as passwd(5) has them. */
export const homeFolders = (text: string): readonly string[] => {
  const folders = new Set<string>();
  for (const line of text.split('\n', homesMax)) {
    const [name = '', , uid = '', , , home = ''] = line.split(':');
    const isPerson = uid === '' || Number(uid) >= firstPerson;
    const nobody = name === 'nobody' || name === 'nfsnobody' || home === '/nonexistent';
    if (!isPerson || nobody || !home.startsWith('/') || name.startsWith('#')) continue;
    const folder = home.replace(/\/+$/, '');
    if (folder.endsWith(`/${name}`)) folders.add(folder.slice(0, -name.length - 1));
  }
  return [...folders].filter(folder => folder !== '');
};
