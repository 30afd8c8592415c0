import { entropy, isPlaceholder } from '../credentials/entropy.ts';
import { isBasic } from '../credentials/key-checks.ts';
import { type KeyRule, keyRules } from '../credentials/key-rules.ts';
import type { Around, Candidate, DataType, Judged } from '../data-type.ts';

const generic = ['api-key/generic'];

const byPrefix = new Map<string, KeyRule[]>();
for (const rule of keyRules)
  byPrefix.set(rule.prefix, [...(byPrefix.get(rule.prefix) ?? []), rule]);

/** Keys and tokens of programs: those with a beginning of their issuer's, and labelled ones that a machine drew. */
export const apiKey: DataType = {
  id: 'api-key',
  title: 'API key or token',
  sensitivity: 'credential',
  rank: 6,
  anchors: { literals: [...byPrefix.keys()], words: generic, tokens: [32, 36, 6] },
  judge(candidate: Candidate, around: Around): Judged | undefined {
    if (candidate.kind === 'word') return labelled(candidate, around);
    if (candidate.kind === 'token') return mailchimp(candidate, around.text);
    const piece = around.text.slice(candidate.from, candidate.from + 6_000);
    for (const rule of byPrefix.get(candidate.value) ?? []) {
      const judged = prefixed(rule, piece, candidate.from, around);
      if (judged !== undefined) return judged;
    }
    return undefined;
  },
};

const prefixed = (
  { prefix, pattern, check, labelled: needsLabel }: KeyRule,
  piece: string,
  from: number,
  around: Around,
): Judged | undefined => {
  const value = pattern.exec(piece)?.[0];
  if (value === undefined || isPlaceholder(value)) return undefined;
  const tail = value.slice(prefix.length);
  if (
    entropy(tail) < 2.5 ||
    (needsLabel === true && !around.hasWord(generic, from, from + value.length))
  )
    return undefined;
  // Words have no digits: `secret_management…`, `sk-something`.
  if (!/\d/.test(tail) && !/[A-Z].*[a-z].*[A-Z]/.test(tail)) return undefined;
  const isTest = /_test_|sandbox/i.test(prefix);
  return {
    from,
    to: from + value.length,
    value: value.slice(0, 1_000),
    confidence: isTest || check?.(value) === false ? 'medium' : 'high',
  };
};

/** `0123…-us12` */
const mailchimp = ({ from, to, value }: Candidate, text: string): Judged | undefined => {
  if (!/^[a-f0-9]{32}$/.test(value)) return undefined;
  const place = /^-us\d{1,2}(?!\w)/.exec(text.slice(to, to + 6))?.[0];
  return place === undefined || entropy(value) < 3
    ? undefined
    : { from, to: to + place.length, value: value + place, confidence: 'high' };
};

const gap =
  /^["'`\])}]{0,3}[ \t]{0,3}(?:\([^)\n]{0,20}\))?[ \t]{0,3}(?:(?::{1,3}=|\?=|=>|->|\|\||[:=>]|,(?=[ \t]?["'])|is(?:[ \t]?:)?|は[:、]?)[ \t]{0,3}\n?[ \t]{0,4}|(?=[A-Za-z0-9]{8}))["'`「<]?/;

/** `client_secret = "…"`: as much chance in it as a machine puts there. */
const labelled = ({ from: label, to }: Candidate, around: Around): Judged | undefined => {
  const { text } = around;
  // Links of newsletters are full of tokens that open nothing.
  if (/^token|^key/i.test(text.slice(label, to)) && around.inUrl(label)) return undefined;
  const piece = text.slice(to, to + 260);
  const gapLength = gap.exec(piece)?.[0].length;
  if (gapLength === undefined) return undefined;
  const basic = /^(?:Bearer|Basic|Token|token|bearer|basic) {1,2}/.exec(piece.slice(gapLength));
  const start = gapLength + (basic?.[0].length ?? 0);
  const value = drawn.exec(piece.slice(start))?.[0].replace(/[.]$/, '');
  if (value === undefined || isPlaceholder(value)) return undefined;
  const from = to + start;
  const found = { from, to: from + value.length, value };
  if (basic?.[0].toLowerCase().startsWith('basic') === true)
    return isBasic(value) ? { ...found, confidence: 'high' } : undefined;
  const hasSign = /[:=]/.test(piece.slice(0, start));
  return isDrawn(value) ? { ...found, confidence: hasSign ? 'high' : 'medium' } : undefined;
};

/** Bots and applications have their number before it. */
const drawn = /^(?:\d{8,16}[:|](?=[\w-]{20}))?[A-Za-z0-9_.=/+~-]{10,200}/;

/** Letters and digits mixed as nobody would type, no words with hyphens or dots between, no path, no name of a file. */
const isDrawn = (value: string): boolean => {
  if (value.length < 16 || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  if (
    /^(?:[a-z]{2,}[._/-]){2,}/i.test(value) ||
    /\.(?:js|ts|php|py|html?|json|pem|key|txt|xml|ya?ml|com|org|net|jp)$/i.test(value)
  )
    return false;
  const isHex = /^[a-f0-9-]+$/i.test(value);
  return isHex ? value.length >= 24 && entropy(value) >= 3 : entropy(value) >= 3.3;
};
