import { expect, test } from 'vitest';
import { sieveCalls } from './sieve-calls.ts';

test('finds the programs that a Sieve script hands messages to', () => {
  const script = `require ["vnd.dovecot.pipe", "copy", "imapsieve"];
# pipe "left-out";
/* pipe :copy "left-out-too"; **/
if header :contains "Subject" "pipe \\"quoted\\"" {
  pipe :copy :try "learn.sh" ["spam", "\${user}"];
}
filter "rewrite";
if execute :input "text" :output "var" "ask" "a" { stop; }
execute :pipe "told";
keep;
`;
  expect(sieveCalls(script)).toEqual([
    { action: 'pipe', program: 'learn.sh', line: 5 },
    { action: 'filter', program: 'rewrite', line: 7 },
    { action: 'execute', program: 'ask', line: 8 },
    { action: 'execute', program: 'told', line: 9 },
  ]);
});

test('takes no time over an unclosed comment or text', () => {
  for (const part of ['/*', '"', '/**', '\\"', '#']) {
    expect(sieveCalls(part.repeat(50_000))).toEqual([]);
  }
});
