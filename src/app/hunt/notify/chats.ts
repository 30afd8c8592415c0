import { factsOf, headingOf, helpOf, type LetterContent, oneLine, subjectOf } from './letter.ts';

/**
 * Slack reads `<!channel>`, `<@name>` and links out of text; who writes a log line must not write to everybody.
 * Source: Slack, "Formatting text for app surfaces", "Escaping text".
 */
const slackText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const sectionCharactersMax = 2_900;
const slackBlocksMax = 48;

const plainSection = (text: string): object => ({
  type: 'section',
  // Plain text: nothing in it is markup.
  text: { type: 'plain_text', text: text.slice(0, sectionCharactersMax), emoji: false },
});

const linesOf = ({ groups }: LetterContent): readonly { heading: string; lines: string[] }[] =>
  groups.map(group => ({
    heading: oneLine(headingOf(group), 200),
    lines: group.alerts.flatMap(alert => [
      `[${alert.level}] ${oneLine(alert.title, 200)}`,
      oneLine(alert.sentence, 500),
      ...factsOf(alert).map(fact => oneLine(fact, 300)),
    ]),
  }));

const moreLine = ({ more }: LetterContent): readonly string[] =>
  more === 0 ? [] : [`… and ${more} more: postern hunt alerts`];

/** Source: Slack, "Sending messages using incoming webhooks"; blocks: at most 50, 3,000 characters each. */
export const slackBody = (content: LetterContent): object => {
  const sections = linesOf(content).map(({ heading, lines }) =>
    plainSection([heading, ...lines].join('\n')),
  );
  const notes = [...content.notes].map(note => plainSection(oneLine(note, 1_000)));
  const shown = [...notes, ...sections].slice(0, slackBlocksMax - 1);
  const closing = [...moreLine(content), ...helpOf(content)];
  return {
    text: slackText(subjectOf(content)),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: oneLine(subjectOf(content), 150) } },
      ...shown,
      ...(closing.length === 0 ? [] : [plainSection(closing.join('\n'))]),
    ],
  };
};

/** Runs of text have no markup in Adaptive Cards; blocks of text do. */
const teamsBlock = (text: string, style: object = {}): object => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text, ...style }],
});

/** Beyond 28 KB Teams refuses a message. */
const teamsBytesMax = 24_000;

/** Source: Microsoft, "Create incoming webhooks with Workflows"; Adaptive Cards 1.4. */
export const teamsBody = (content: LetterContent): object => {
  const closing = [...moreLine(content), ...helpOf(content)];
  const blocks = [
    ...content.notes.map(note => teamsBlock(oneLine(note, 1_000))),
    ...linesOf(content).flatMap(({ heading, lines }) => [
      teamsBlock(heading, { weight: 'Bolder' }),
      ...lines.map(line => teamsBlock(line)),
    ]),
  ];
  const kept: object[] = [];
  let bytes = 0;
  for (const block of blocks) {
    bytes += Buffer.byteLength(JSON.stringify(block));
    if (bytes > teamsBytesMax) {
      kept.push(teamsBlock('… there is more: postern hunt alerts'));
      break;
    }
    kept.push(block);
  }
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            teamsBlock(subjectOf(content), { weight: 'Bolder', size: 'Medium' }),
            ...kept,
            ...closing.map(line => teamsBlock(line, { isSubtle: true })),
          ],
        },
      },
    ],
  };
};
