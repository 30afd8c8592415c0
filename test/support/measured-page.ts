import { dataTypes } from '../../src/exposure/data-types.generated.ts';
import { generatedTexts } from './generated-texts.ts';
import { type LabelledText, labelledTexts } from './labelled.ts';
import { type Measured, type Mistake, measure, measuredTable } from './measure.ts';

const root = new URL('../fixtures/labelled/', import.meta.url).pathname;

export const generatedCount = 3_000;

/** Texts that people wrote: those that rules were tuned on, and a third that was only looked at in the end. */
export const writtenTexts = (): readonly LabelledText[] => [
  ...labelledTexts(`${root}written`),
  ...labelledTexts(`${root}held-out`),
];

export const measurement = (): {
  readonly written: ReadonlyMap<string, Measured>;
  readonly generated: ReadonlyMap<string, Measured>;
  readonly mistakes: readonly Mistake[];
  readonly table: string;
} => {
  const byHand = measure(writtenTexts(), dataTypes);
  const made = measure(generatedTexts(generatedCount), dataTypes);
  return {
    written: byHand.measured,
    generated: made.measured,
    mistakes: [...byHand.mistakes, ...made.mistakes],
    table: measuredTable(byHand.measured, made.measured),
  };
};

export const measuredMarks = {
  begin: '<!-- measured: begin -->',
  end: '<!-- measured: end -->',
} as const;

/** The page with the table between the marks. */
export const measuredPage = (page: string, table: string): string => {
  const begin = page.indexOf(measuredMarks.begin) + measuredMarks.begin.length;
  const end = page.indexOf(measuredMarks.end);
  return `${page.slice(0, begin)}\n${table}\n${page.slice(end)}`;
};
