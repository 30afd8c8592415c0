import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataTypeId } from '../../src/core/personal.ts';

/** A text of which a person said what personal data is in it. */
export interface LabelledText {
  /** `ja-bank.txt:12` */
  readonly place: string;
  readonly why: string;
  readonly text: string;
  readonly kind: 'plain' | 'csv';
  readonly spans: readonly LabelledSpan[];
}

export interface LabelledSpan {
  readonly type: DataTypeId;
  readonly from: number;
  readonly to: number;
}

/**
 * Texts of a folder: each begins with a line `%%` that may say why it is there; data is written as `⟦type:value⟧`, and may hold
 * more of it.
 */
export const labelledTexts = (folder: string): readonly LabelledText[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.txt'))
    .sort()
    .flatMap(name => itemsOf(name, readFileSync(join(folder, name), 'utf8')));

const itemsOf = (name: string, content: string): readonly LabelledText[] => {
  const lines = content.split('\n');
  const begins = lines.flatMap((line, index) => (line.startsWith('%%') ? [index] : []));
  return begins.map((begin, index) => {
    const end = begins[index + 1] ?? lines.length;
    const written = lines
      .slice(begin + 1, end)
      .join('\n')
      .trimEnd();
    return {
      place: `${name}:${begin + 1}`,
      why: (lines[begin] ?? '').slice(2).trim(),
      kind: 'plain',
      ...unmarked(written, `${name}:${begin + 1}`),
    };
  });
};

/** The text without marks, and where they were. */
export const unmarked = (
  written: string,
  place = '',
): { text: string; spans: readonly LabelledSpan[] } => {
  let text = '';
  const spans: LabelledSpan[] = [];
  const open: { type: string; from: number }[] = [];
  for (let at = 0; at < written.length; at += 1) {
    const character = written[at] ?? '';
    if (character === '⟦') {
      const colon = written.indexOf(':', at);
      open.push({ type: written.slice(at + 1, colon), from: text.length });
      at = colon;
    } else if (character === '⟧') {
      const last = open.pop();
      if (last === undefined) throw new Error(`${place}: a mark is closed that was not opened`);
      spans.push({ ...last, to: text.length });
    } else text += character;
  }
  if (open.length > 0) throw new Error(`${place}: a mark is not closed`);
  return { text, spans };
};
