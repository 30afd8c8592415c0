import { describe, expect, test } from 'vitest';
import { componentKinds } from '../../src/core/component.ts';
import { inventoryJson } from '../../src/report/inventory-json.ts';
import { json } from '../../src/report/json.ts';
import { answerWith, component, hostileAnswer } from '../support/answers.ts';
import { ownSchema } from '../support/schemas.ts';
import { manyAnswers } from './answers.ts';

const confirmComplaints = ownSchema('confirm');
const inventoryComplaints = ownSchema('inventory');
const answers = manyAnswers();

describe('postern.confirm/1', () => {
  test.each(answers)('%s keeps to the schema', (_, answer) => {
    expect(confirmComplaints(JSON.parse(json(answer)))).toEqual([]);
  });

  test('counts what does not apply under its own name', () => {
    const off = component('example', {
      enabled: false,
      checks: {
        ...component('example').checks,
        logged: { state: 'not-applicable', why: 'it is switched off', evidence: [] },
      },
    });
    const { summary } = JSON.parse(json(answerWith([off, component('other')]))) as {
      summary: { checks: Record<string, object> };
    };
    expect(summary.checks['logged']).toEqual({ pass: 1, fail: 0, unknown: 0, notApplicable: 1 });
    expect(summary.checks['patched']).toEqual({ pass: 2, fail: 0, unknown: 0, notApplicable: 0 });
  });

  test('the schema would catch a key that nobody promised, and a verdict without a remedy', () => {
    const answer = JSON.parse(json(answerWith([component('example')]))) as {
      components: [{ checks: { logged: { state: string } }; surprise?: boolean }];
    };
    answer.components[0].checks.logged.state = 'fail';
    expect(confirmComplaints(answer).join()).toContain("required property 'remedy'");
    answer.components[0].checks.logged.state = 'pass';
    answer.components[0].surprise = true;
    expect(confirmComplaints(answer).join()).toContain('surprise');
  });

  test('the schema names the kinds that the code names', () => {
    for (const kind of componentKinds) {
      expect(
        confirmComplaints(JSON.parse(json(answerWith([component('example', { kind })])))),
      ).toEqual([]);
    }
  });

  test('hostile text comes back as it was, but for halves of characters, and nothing of it acts on a terminal', () => {
    const answer = hostileAnswer();
    const written = json(answer);
    expect(written).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
    );
    const back = JSON.parse(written) as { components: { name: string }[] };
    expect(back.components.map(({ name }) => name)).toEqual(
      answer.components.map(({ name }) => name.replace(/[\ud800-\udfff]/gu, '\ufffd')),
    );
  });
});

describe('postern.inventory/1', () => {
  test.each(answers)('%s keeps to the schema', (_, answer) => {
    const { generated, tool, target, components, unseen } = answer;
    const written = inventoryJson({ generated, tool, target, components, unseen });
    expect(inventoryComplaints(JSON.parse(written))).toEqual([]);
  });
});
