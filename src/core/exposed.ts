import type { Component, Reach } from './component.ts';
import type { ComponentNote } from './policy.ts';

/** Kinds whose code runs inside their host's process: they reach and log what it does. */
const embedded: ReadonlySet<Component['kind']> = new Set(['add-on', 'webmail-plugin', 'library']);

/** A component with what it is plugged into, nearest first, and what `postern.yaml` says of it. */
export interface Placed {
  readonly component: Component;
  readonly ancestors: readonly Component[];
  readonly note?: ComponentNote;
}

export const runsInside = (component: Component): boolean =>
  embedded.has(component.kind) && component.partOf !== undefined;

/** What the component can reach: its own, and for code inside another program that program's too. */
export const reachOf = ({ component, ancestors }: Placed): readonly Reach[] =>
  runsInside(component) ? [...component.reach, ...(ancestors[0]?.reach ?? [])] : component.reach;

/** Whether anybody on the internet can get at it: by a connection, or by a mail that it reads. */
export const exposedTo = (placed: Placed): { readonly internet: boolean; readonly why: string } => {
  const { component, ancestors, note } = placed;
  if (note?.exposure === 'internal') return { internet: false, why: 'declared internal' };
  if (note?.exposure === 'internet')
    return { internet: true, why: 'declared to face the internet' };
  const facing = [component, ...ancestors].find(each => each.exposure?.internet === 'yes');
  if (facing !== undefined) return { internet: true, why: `${facing.name} faces the internet` };
  const readsMail = reachOf(placed).some(
    ({ resource }) => resource === 'mail-in-transit' || resource === 'stored-mail',
  );
  if (readsMail) {
    return { internet: true, why: 'it reads mail that anybody on the internet may send' };
  }
  return component.exposure?.internet === 'no'
    ? { internet: false, why: 'it does not face the internet' }
    : {
        internet: true,
        why: 'whether it faces the internet is not known, so it counts as if it did',
      };
};
