import { printable } from '../../report/plain.ts';
import { kindWords } from './scan-answer.ts';
import type { TriedMessage } from './try-message.ts';

/** What the detectors say of one message, as text. */
export const tryText = ({ file, texts, people, unseen }: TriedMessage): string => {
  const findings = texts.reduce((sum, { found }) => sum + found.length, 0);
  const lines = [
    `${file}: ${findings} ${findings === 1 ? 'finding' : 'findings'}, ${people.length} ${people.length === 1 ? 'person' : 'people'} named; nothing is kept`,
  ];
  for (const { part, characters, found } of texts) {
    lines.push(`  ${part}, ${characters.toLocaleString('en-US')} characters`);
    for (const { line, column, title, confidence, masked } of found) {
      lines.push(
        `    ${`${line}:${column}`.padEnd(9)} ${confidence.padEnd(6)}  ${title}: ${masked}`,
      );
    }
  }
  if (people.length > 0) lines.push('  people');
  for (const { kind, masked, own, weak } of people) {
    const his = [...own, ...weak.map(type => `perhaps ${type}`)];
    const types = his.length === 0 ? '' : `: ${his.join(', ')}`;
    lines.push(`    ${kindWords[kind][0]} ${masked}${types}`);
  }
  for (const { what, how } of unseen) lines.push(`  not seen: ${what}. ${how}`);
  return `${lines.map(line => printable(line.replaceAll('\n', ' '))).join('\n')}\n`;
};
