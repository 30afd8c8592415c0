import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cyclonedxOfXml, looksLikeCyclonedxXml } from './cyclonedx-xml.ts';
import { cyclonedxVex } from './feeds/cyclonedx-vex.ts';

const read = (path: string): string =>
  readFileSync(`test/fixtures/feeds/cyclonedx-vex/${path}`, 'utf8');
const xml = read('in-xml/input.xml');

test('one document in both forms says the same', () => {
  const said = (value: unknown): unknown =>
    cyclonedxVex.read({ document: 'vex', number: 1, value });
  expect(said(xml)).toEqual(said(JSON.parse(read('bom-with-analysis/input.json'))));
});

test('a prefix of the namespace makes no difference', () => {
  const prefixed = xml.replaceAll(/<(\/?)(?=[a-z])/g, '<$1cdx:').replace('xmlns=', 'xmlns:cdx=');
  expect(cyclonedxOfXml(prefixed)).toEqual(cyclonedxOfXml(xml));
  expect(looksLikeCyclonedxXml(prefixed)).toBe(true);
});

test.each([
  [xml.slice(0, xml.length / 2), /^it is no XML: line \d+/],
  [xml.replace('schema/bom/1.6', 'schema/other'), /^its namespace is none of CycloneDX$/],
  [xml.replace('<bom', '<!DOCTYPE bom [<!ENTITY a "b">]><bom'), /declares entities of its own/],
  ['<html><body/></html>', /^it is XML, and no bill of materials: html$/],
  ['<bom/>', /^its namespace/],
])('%# is refused', (text, why) => {
  const reading = cyclonedxOfXml(text);
  expect('refused' in reading ? reading.refused : 'read').toMatch(why);
});

test('a state that stands twice is none', () => {
  const twice = xml.replace(
    '<state>exploitable</state>',
    '<state>exploitable</state><state>not_affected</state>',
  );
  const reading = cyclonedxVex.read({ document: 'vex', number: 1, value: twice });
  const states = ('entries' in reading ? reading.entries : []).flatMap(entry =>
    entry.kind === 'vex' && entry.statement.flaws.includes('CVE-2026-10002')
      ? [entry.statement.status]
      : [],
  );
  expect(new Set(states)).toEqual(new Set(['unknown', 'not-affected']));
});

test('other XML is not taken for it', () => {
  expect(looksLikeCyclonedxXml(xml.slice(0, 4_096))).toBe(true);
  expect(looksLikeCyclonedxXml('<rss><channel/></rss>')).toBe(false);
  expect(looksLikeCyclonedxXml('{"xmlns": "http://cyclonedx.org/schema/bom/1.6"}')).toBe(false);
});
