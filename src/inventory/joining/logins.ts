import type { AccessLog } from '../../core/access-log.ts';
import type { Component } from '../../core/component.ts';

/** What whoever pastes has to do first comes first; lines that are there already are not doubled. */
const joinedRemedy = (own: string | undefined, more: string | undefined): string | undefined => {
  if (more === undefined || own?.includes(more) === true) return own;
  return own === undefined ? more : `${own}\n${more}`;
};

/**
 * A caller whose own lines leave logins out is answered by the log of the one that checks them all
 * for it; while that one does not write them either, it is there that it can be mended.
 */
export const withCheckedLogins = (caller: Component, checked: AccessLog): Component => ({
  ...caller,
  logs: caller.logs.map((log): AccessLog => {
    if (log.question !== 'who logged in' || log.emitted !== 'partial') return log;
    if (checked.emitted === 'on') return checked;
    const remedy = joinedRemedy(log.remedy, checked.remedy);
    return remedy === undefined ? log : { ...log, remedy };
  }),
});
