import type { Reach } from '../../../core/component.ts';
import type { Place } from '../../../core/place.ts';
import { blockListZone } from '../../syntax/block-list.ts';
import { cut, unbrace } from '../../syntax/postfix-list.ts';
import { type Instance, type Item, running } from './instance.ts';
import { restrictionLists } from './restrictions.ts';

interface Asked {
  readonly zone: string;
  readonly by: string;
  readonly at: Place;
}

const zonesMax = 100;

/** What each restriction asks about (postconf(5), smtpd_recipient_restrictions). */
const subjects: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:reject_rbl_client|permit_dnswl_client|postscreen_dnsbl_sites)$/,
    'the address of each client',
  ],
  [
    /^(?:reject_rhsbl_client|reject_rhsbl_reverse_client|permit_rhswl_client)$/,
    'the name of each client',
  ],
  [/^reject_rhsbl_helo$/, 'the name with which each client greets'],
  [/^reject_rhsbl_sender$/, 'the domain of each sender'],
  [/^reject_rhsbl_recipient$/, 'the domain of each recipient'],
];

const subjectOf = (by: string): string | undefined =>
  subjects.find(([pattern]) => pattern.test(by))?.[1];

/** A list, restriction classes and `{ … }` looked into once. */
const askedIn = (
  items: readonly Item[],
  classOf: (name: string) => readonly Item[],
  depth = 0,
): readonly Asked[] =>
  depth > 3
    ? []
    : items.slice(0, 2_000).flatMap((item, i): readonly Asked[] => {
        const by = (items[i - 1]?.text ?? '').toLowerCase();
        const zone = subjectOf(by) === undefined ? undefined : blockListZone(item.text);
        if (zone !== undefined) return [{ zone, by, at: item.at }];
        const group = unbrace({ text: item.text, offset: 0 });
        const inner =
          group === undefined
            ? classOf(item.text)
            : cut(group.text).map(({ text }) => ({ text, at: item.at }));
        return inner.length === 0 ? [] : askedIn(inner, classOf, depth + 1);
      });

/** Block lists that smtpd and postscreen ask over DNS: others learn who sends mail here. */
export const blockLists = (instance: Instance): readonly Reach[] => {
  const asked = new Map<string, Asked>();
  const add = (each: Asked): void => {
    const key = `${each.by}\0${each.zone}`;
    if (!asked.has(key) && asked.size < zonesMax) asked.set(key, each);
  };
  for (const { params } of running(instance, 'smtpd')) {
    const classes = new Set(params.get('smtpd_restriction_classes').items.map(({ text }) => text));
    for (const list of restrictionLists) {
      const classOf = (name: string): readonly Item[] =>
        classes.has(name) ? params.get(name).items : [];
      askedIn(params.get(list).items, classOf).forEach(add);
    }
  }
  for (const { params } of running(instance, 'postscreen')) {
    for (const { text, at } of params.get('postscreen_dnsbl_sites').items) {
      const zone = blockListZone(text);
      if (zone !== undefined) add({ zone, by: 'postscreen_dnsbl_sites', at });
    }
  }
  return [...asked.values()].map(({ zone, by, at }) => ({
    resource: 'mail-in-transit',
    mode: 'send',
    extent: `${subjectOf(by) ?? ''}, asked over DNS of the list ${zone} (${by})`,
    because: at,
  }));
};
