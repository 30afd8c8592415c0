import { printable } from '../plain.ts';

/** HTML that is safe to put on a page. Only `html` and `raw` make it. */
export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | readonly (string | Markup)[];

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string =>
  printable(text).replace(/[&<>"']/g, character => escapes[character] ?? '');

const isMarkup = (part: Part): part is Markup => typeof part === 'object' && 'markup' in part;

const show = (part: Part): string => {
  if (typeof part === 'string' || typeof part === 'number') return escape(String(part));
  if (isMarkup(part)) return part.markup;
  return part.map(each => (typeof each === 'string' ? escape(each) : each.markup)).join('');
};

/** Every value is escaped unless it is markup already: names come from files an attacker may write. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup => ({
  markup: strings.reduce((out, text, i) => {
    const part = parts[i - 1];
    return `${out}${part === undefined ? '' : show(part)}${text}`;
  }),
});

/** Text that this project wrote itself: style sheets and drawings. */
export const raw = (markup: string): Markup => ({ markup });

export const render = ({ markup }: Markup): string => markup;
