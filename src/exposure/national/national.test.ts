import { expect, test } from 'vitest';
import { eastern } from './east.ts';
import type { NationalId } from './national-id.ts';
import { northern } from './north.ts';
import { southern } from './south.ts';
import { europeanTax } from './tax-europe.ts';
import { worldTax } from './tax-world.ts';
import { western } from './west.ts';
import { worldwide } from './world.ts';

const identity = [...northern, ...western, ...southern, ...eastern, ...worldwide];
const tax = [...europeanTax, ...worldTax];

/** As a text of nothing else would be judged. */
const isOf = (ids: readonly NationalId[], country: string, written: string): boolean =>
  ids
    .filter(id => id.country === country)
    .some(id => {
      const match = id.pattern?.exec(written);
      if (match?.[0] === written)
        return id.isValid(match.slice(1).join('').replace(/[ .]/g, '').toUpperCase());
      const groups = written.split(/\D/).map(group => group.length);
      const isShaped = id.numbers?.some(shape => shape.join() === groups.join()) ?? false;
      return /^\d[\d ./+-]*$/.test(written) && isShaped && id.isValid(written.replace(/\D/g, ''));
    });

/** Numbers that the authorities print as examples, and the same with their check digit changed. */
test.each([
  ['se', '880320-0016', '880320-0018'],
  ['fi', '131052-308T', '131052-308U'],
  ['dk', '211062-5629', '311162-5629'],
  ['no', '15108695088', '15108695077'],
  ['is', '120174-3399', '120174-3389'],
  ['ee', '37605030299', '37605030291'],
  ['lt', '33309240064', '33309240164'],
  ['lv', '161175-19997', '161175-19998'],
  ['de', '86095742719', '86095742718'],
  ['de', '65170839J003', '65170839J004'],
  ['fr', '2 95 10 99 126 111 93', '2 95 10 99 126 111 94'],
  ['nl', '111222333', '111222334'],
  ['be', '85.07.30-033.28', '85.07.30-033.29'],
  ['ie', '6433435F', '6433435E'],
  ['ie', '6433435OA', '6433435FA'],
  ['at', '1237 010180', '2237 010180'],
  ['ch', '756.9217.0769.85', '756.9217.0769.84'],
  ['it', 'RCCMNL83S18D969H', 'RCCMNL83S18D969I'],
  ['es', '54362315-K', '54362315-Z'],
  ['es', 'X-2482300-W', 'X-2482300-A'],
  ['pt', '123456789', '123456788'],
  ['gr', '01013099997', '01013099998'],
  ['tr', '17291716060', '17291716050'],
  ['hr', '33392005961', '33392005962'],
  ['il', '39337423', '39337424'],
  ['pl', '44051401359', '44051401358'],
  ['ro', '1630615123457', '1630615123458'],
  ['bg', '7523169263', '7552010004'],
  ['cz', '710319/2745', '710319/2746'],
  ['si', '0101006500006', '0101006500007'],
  ['ca', '123-456-782', '123-456-783'],
  ['br', '390.533.447-05', '390.533.447-06'],
  ['cl', '12.531.909-2', '12.531.909-3'],
  ['in', '2341 2341 2346', '2341 2341 2347'],
  ['sg', 'S2740116C', 'S2740116D'],
  ['hk', 'A123456(3)', 'A123456(4)'],
  ['tw', 'A123456789', 'A123456788'],
  ['cn', '11010519491231002X', '110105194912310020'],
  ['kr', '820701-2409184', '821301-2409184'],
  ['mx', 'BOXW310820HNERXN09', 'BOXW310820HNERXN08'],
  ['za', '7503305044089', '8503305044089'],
  ['ru', '112-233-445 95', '112-233-445 96'],
])('of %s, %s is a national number and %s is none', (country, valid, invalid) => {
  expect(isOf(identity, country, valid)).toBe(true);
  expect(isOf(identity, country, invalid)).toBe(false);
});

test.each([
  ['at', 'ATU13585627', 'ATU13585626'],
  ['be', 'BE0428759497', 'BE0428759498'],
  ['bg', 'BG175074752', 'BG175074751'],
  ['cy', 'CY10259033P', 'CY10259033Z'],
  ['cz', 'CZ25123891', 'CZ25123890'],
  ['de', 'DE136695976', 'DE136695978'],
  ['dk', 'DK13585628', 'DK13585627'],
  ['ee', 'EE100931558', 'EE100594103'],
  ['el', 'EL023456780', 'EL123456781'],
  ['es', 'ESA13585625', 'ESA13585626'],
  ['fi', 'FI20774740', 'FI20774741'],
  ['fr', 'FR40303265045', 'FR84323140391'],
  ['gb', 'GB980780684', 'GB802311781'],
  ['hu', 'HU12892312', 'HU12892313'],
  ['ie', 'IE8D79739I', 'IE8D79738J'],
  ['it', 'IT00743110157', 'IT00743110158'],
  ['lt', 'LT119511515', 'LT100001919018'],
  ['lu', 'LU15027442', 'LU15027443'],
  ['lv', 'LV40003521600', 'LV40003521601'],
  ['mt', 'MT11679112', 'MT11679113'],
  ['nl', 'NL004495445B01', 'NL123456789B90'],
  ['pl', 'PL8567346215', 'PL8567346216'],
  ['pt', 'PT501964843', 'PT501964842'],
  ['ro', 'RO18547290', 'RO18547291'],
  ['se', 'SE123456789701', 'SE123456789101'],
  ['si', 'SI50223054', 'SI50223055'],
  ['sk', 'SK2022749619', 'SK2022749618'],
  ['ch', 'CHE-107.787.577', 'CHE-107.787.578'],
  ['br', '16.727.230/0001-97', '16.727.230/0001-98'],
  ['au', '83 914 571 673', '99 999 999 999'],
  ['in', '27AAPFU0939F1ZV', '27AAPFU0939F1ZO'],
  ['ar', '20-05536168-2', '20-05536168-3'],
  ['us', '91-1144442', '07-1144442'],
])('of %s, %s is a tax number and %s is none', (country, valid, invalid) => {
  expect(isOf(tax, country, valid)).toBe(true);
  expect(isOf(tax, country, invalid)).toBe(false);
});
