import { expect, test } from 'vitest';
import { apiKey } from '../data-types/api-key.ts';
import { searchFor } from '../find.ts';
import { hasBase62Crc } from './key-checks.ts';
import { keyRules } from './key-rules.ts';

const search = searchFor([apiKey], { customerNumbers: [], regions: [] });
const isFound = (text: string): boolean => search({ text, kind: 'plain' }).length > 0;

/** Put together here, so that no scanner of repositories takes them for real ones. */
const drawn = (length: number, letters: string): string =>
  Array.from({ length }, (_, at) =>
    letters.charAt((at * 7 + at * at * 3 + 5) % letters.length),
  ).join('');
const hex = '0123456789abcdef';
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

test.each([
  ['AWS', 'AKIA', drawn(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')],
  ['Google', 'AIza', drawn(35, base62)],
  ['GitHub', 'ghp_', drawn(36, base62)],
  ['GitHub, fine-grained', 'github_pat_', drawn(82, base62)],
  ['GitLab', 'glpat-', drawn(20, base62)],
  ['Slack', 'xoxb-', `123456789012-123456789012-${drawn(24, base62)}`],
  ['Stripe', 'sk_live_', drawn(24, base62)],
  ['SendGrid', 'SG.', `${drawn(22, base62)}.${drawn(43, base62)}`],
  ['Twilio', 'SK', drawn(32, hex)],
  ['OpenAI', 'sk-', `${drawn(20, base62)}T3BlbkFJ${drawn(20, base62)}`],
  ['Anthropic', 'sk-ant-', `api03-${drawn(93, base62)}AA`],
  ['npm', 'npm_', drawn(36, base62)],
  ['PyPI', 'pypi-AgEIcHlwaS5vcmc', drawn(80, base62)],
  ['Azure Storage', 'AccountKey=', `${drawn(86, base62)}==`],
  ['DigitalOcean', 'dop_v1_', drawn(64, hex)],
  ['Databricks', 'dapi', drawn(32, hex)],
  ['Shopify', 'shpat_', drawn(32, hex)],
  ['Hugging Face', 'hf_', drawn(34, base62)],
  ['Grafana', 'glsa_', `${drawn(32, base62)}_${drawn(8, hex)}`],
  ['New Relic', 'NRAK-', drawn(27, base62)],
  ['Twilio, capitals', 'SK', drawn(32, hex).toUpperCase()],
  ['Harness', 'pat.', `${drawn(22, base62)}.${drawn(24, base62)}.${drawn(20, base62)}`],
  ['1Password', 'A3-', 'ABC123-DEF45678GHJ-K2M3N-P4Q5R-S6T7V'],
])('a key of %s is known by its beginning', (_, prefix, tail) => {
  expect(isFound(`key ${prefix}${tail} end`)).toBe(true);
  expect(isFound(`key x${prefix}${tail}`)).toBe(false);
  expect(isFound(`key ${prefix}${tail.slice(0, 6)} end`)).toBe(false);
});

test('what a machine drew is a key where somebody says so', () => {
  const token = drawn(32, base62);
  expect(isFound(`the Adafruit token is: ${token}`)).toBe(true);
  expect(isFound(`bot token: 1234567890:${token}`)).toBe(true);
  expect(isFound(`the token is: ${'word'.repeat(8)}`)).toBe(false);
  expect(isFound(`our ticket is: ${token}`)).toBe(false);
  expect(isFound(`live_${token}`)).toBe(false);
});

test('the last six characters of tokens of GitHub check the others', () => {
  const body = drawn(30, base62);
  const tokens = Array.from(base62, letter => `ghp_${body}00000${letter}`);
  expect(tokens.filter(hasBase62Crc).length).toBeLessThanOrEqual(1);
});

test('every rule begins with its prefix', () => {
  for (const { prefix, pattern } of keyRules) {
    expect(prefix.length).toBeGreaterThan(1);
    expect(pattern.source.startsWith('^')).toBe(true);
  }
});
