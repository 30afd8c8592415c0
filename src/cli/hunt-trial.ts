import { loadRules } from '../app/hunt/load-rules.ts';
import { printSql, sqlTarget, sqlTargetOf } from '../app/hunt/print-sql.ts';
import { matchLine, triedJson, triedText } from '../app/hunt/tried-output.ts';
import { type TriedReport, tryRules } from '../app/hunt/try-rules.ts';
import { exitCodes, UsageError } from '../core/errors.ts';
import { oneLine } from '../report/plain.ts';
import { type HuntAsked, rulesOf } from './hunt-asked.ts';
import type { huntFormats } from './hunt-verb.ts';
import { LineWriter, ReaderGone } from './line-writer.ts';
import { openOut } from './out.ts';
import type { Outcome } from './outcome.ts';
import { writeAll } from './write-all.ts';

type Format = (typeof huntFormats)[number];

/** Files of `--events`, each given by itself. */
const wordsOf = ({ invocation }: HuntAsked): readonly string[] =>
  (invocation.values.get('events') ?? '').split('\n').filter(each => each !== '');

/** `postern hunt --rules DIR --events FILE` */
export const tryEvents = async (asked: HuntAsked, format: Format): Promise<Outcome> => {
  if (format === 'html') throw new UsageError('hunt: --events writes text, json or ndjson');
  const { invocation, configuration } = asked;
  const words = wordsOf(asked);
  const path = invocation.values.get('out');
  const out = format === 'ndjson' && path !== undefined ? openOut(path) : undefined;
  const writer = new LineWriter(out);
  let report: TriedReport;
  try {
    report = await tryRules({
      ...rulesOf(invocation),
      policy: configuration.watch,
      words: words.filter(word => word !== '-'),
      ...(words.includes('-') ? { input: process.stdin } : {}),
      take: match => {
        if (format === 'ndjson') writer.write(matchLine(match));
      },
    });
    writer.flush();
    out?.finish();
  } catch (thrown) {
    if (thrown instanceof ReaderGone) return { text: '', exit: exitCodes.done, out: undefined };
    out?.abandon();
    throw thrown;
  }
  const isBlind = report.unseen.length > 0 || report.problems.length > 0;
  const exit = isBlind ? exitCodes.unseen : exitCodes.done;
  if (format === 'ndjson') {
    if (!invocation.switches.has('quiet')) writeAll(2, triedText(report));
    return { text: '', exit, out: undefined };
  }
  return { text: format === 'json' ? triedJson(report) : triedText(report), exit, out: path };
};

/** `postern hunt --sql`: of the rules that are named, else of Postern's own. */
export const printSqlOf = async (asked: HuntAsked, format: Format): Promise<Outcome> => {
  if (format !== 'text') throw new UsageError('hunt: --sql writes text');
  const { invocation, configuration } = asked;
  const { folders, said, only } = rulesOf(invocation);
  const named = folders.length > 0 ? { rules: [], ownRules: false } : {};
  const table = invocation.values.get('table');
  const target = table === undefined ? sqlTarget : sqlTargetOf(table);
  const anySource = target.kind === 'flat' || target.kind === 'json';
  const policy = { ...configuration.watch, ...named };
  const rules = loadRules({ folders, said, only, policy, anySource });
  const { text, left } = printSql(rules, target);
  if (!invocation.switches.has('quiet')) {
    for (const { path, line, why } of rules.problems) {
      writeAll(2, `${oneLine(`${path}:${line}: ${why}`)}\n`);
    }
    for (const { rule, why } of left) writeAll(2, `${oneLine(`left out: ${rule}: ${why}`)}\n`);
  }
  const isBlind = rules.problems.length > 0 || left.length > 0;
  return await Promise.resolve({
    text,
    exit: isBlind ? exitCodes.unseen : exitCodes.done,
    out: invocation.values.get('out'),
  });
};
