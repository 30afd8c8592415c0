import type { MailLocation } from '../core/mail-location.ts';
import { joinPath } from '../core/paths.ts';
import type { Place } from '../core/place.ts';

/** The part of a template in front of its first variable: whole folders only. */
const literalFolder = (template: string): string => {
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

/** How a home is made of its user's name: `/var/vmail/%d/%n`. */
const homeTemplate = (name: string, home: string): string | undefined => {
  const [local = '', domain] = name.split('@', 2);
  const of = (ending: string, variables: string): string | undefined =>
    home.endsWith(`/${ending}`) ? `${home.slice(0, -ending.length)}${variables}` : undefined;
  if (domain === undefined) return of(name, '%n');
  return of(`${domain}/${local}`, '%d/%n') ?? of(name, '%u') ?? of(local, '%n');
};

/** Where people's homes lie, of lines as passwd(5) has them; names may have a domain. */
export const homeTemplates = (text: string): readonly string[] => {
  const templates = new Set<string>();
  for (const line of text.split('\n', homesMax)) {
    const [name = '', , uid = '', , , home = ''] = line.split(':');
    const isPerson = uid === '' || Number(uid) >= firstPerson || name.includes('@');
    const nobody = name === 'nobody' || name === 'nfsnobody' || home === '/nonexistent';
    if (!isPerson || nobody || !home.startsWith('/') || name.startsWith('#')) continue;
    const template = homeTemplate(name, home.replace(/\/+$/, ''));
    if (template !== undefined && literalFolder(template) !== '/') templates.add(template);
  }
  return [...templates];
};
