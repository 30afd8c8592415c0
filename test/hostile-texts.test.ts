import { describe, expect, test } from 'vitest';
import { attribute } from '../src/exposure/attribute.ts';
import type { SearchedText } from '../src/exposure/data-type.ts';
import { findData } from '../src/exposure/find.ts';

const settings = { customerNumbers: [], regions: ['JP', 'US'] };
const nobody = { senders: [], recipients: [] };

/**
 * What leads to candidates, over and over in one line or in many: whoever looked from each to the line's end, or read the rest of a
 * table for each, would need minutes for these.
 */
const seeds = [
  '氏名',
  '氏名,',
  '氏名;\n氏名,\n',
  '姓,名\n',
  '生年月日:',
  '住所東京都',
  '東京都千代田区',
  '〒150-0043 ',
  '市区町村',
  '記号 12345 番号',
  'Name: ',
  'Dear Mr. Smith ',
  '田 <a@b.jp',
  'a@b.jp,1980/01/02,',
  '田中 太郎\nTEL\n',
  '私は糖尿病と診断',
  '482019414250 ',
  '普通 1234567 ',
];
const length = 50_000;

describe.each(['plain', 'csv'] as const)('as %s', kind => {
  test.each(seeds)('%j', { timeout: 20_000 }, seed => {
    const text: SearchedText = { text: seed.repeat(Math.ceil(length / seed.length)), kind };
    const found = findData(text, settings);
    const { mentions } = attribute([{ text, found }], nobody);
    expect(found.length).toBeLessThanOrEqual(length);
    expect(mentions.length).toBeLessThanOrEqual(found.length * 4);
  });
});
