/**
 * What it costs to scan mail with the package as it is installed, beside `rg -c` with patterns of the same kinds over
 * the same files, which decodes nothing and judges nothing; what a second scan costs that finds nothing new; and what
 * is kept. Of little mail much is the start of the program and its threads, of more the reading: both are measured.
 * No letter in it is there twice, except where the title says so.
 *
 *   npm run bench -- scan [megabytes]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installed, median, once, print } from './measure.ts';
import { type SampleMail, writeSampleMail } from './sample-mail.ts';

const [megabytes = 400] = process.argv
  .slice(2)
  .filter(word => /^\d+$/.test(word))
  .map(Number);
/** Of how much of it is measured, too, what the start weighs. */
const smallShare = 5;
const pairs = 3;

const patterns = [
  '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}',
  '(?:\\+|0)\\d{1,4}[- ]?\\d{1,4}[- ]?\\d{3,4}',
  '(?:\\d[ -]?){13,16}',
  '[A-Z]{2}\\d{2}[A-Z0-9]{11,30}',
  '\\d{4}[ -]?\\d{4}[ -]?\\d{4}',
  '〒?\\d{3}[-－]\\d{4}',
  '\\d{4}[年/-]\\d{1,2}[月/-]\\d{1,2}',
  'AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----|(?i:password|passwort|パスワード)',
  '氏名|住所|電話番号|生年月日|口座番号|診断',
];

const rg = (folder: string): number | undefined => {
  const args = [
    '-c',
    '-a',
    '--no-ignore',
    '-j',
    '2',
    ...patterns.flatMap(each => ['-e', each]),
    folder,
  ];
  const started = performance.now();
  const { status, error } = spawnSync('rg', args, { stdio: 'ignore' });
  return error !== undefined || status === 2 ? undefined : performance.now() - started;
};

const bytesBelow = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);

const speed = (bytes: number, ms: number): string => `${(bytes / 1e3 / ms).toFixed(0)} MB/s`;

const measured = (program: string, title: string, sample: SampleMail): void => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-bench-scan-'));
  try {
    const mail = join(folder, 'mail');
    const { messages, bytes } = writeSampleMail(mail, sample);
    const store = join(folder, 'store');
    const scan = ['scan', mail, '--store', store, '--quiet'];
    // In turn: whatever else the machine does falls on all of them.
    const runs = Array.from({ length: pairs }, () => {
      rmSync(store, { recursive: true, force: true });
      const searched = rg(mail);
      const first = once(program, scan);
      const second = once(program, scan);
      return { searched, first, second };
    });
    const first = median(runs.map(run => run.first.ms));
    const second = median(runs.map(run => run.second.ms));
    const searches = runs.flatMap(({ searched }) => searched ?? []);
    const ratios = runs.flatMap(run =>
      run.searched === undefined ? [] : [run.searched / run.first.ms],
    );
    print([
      [title, `${messages} messages, ${(bytes / 1e6).toFixed(0)} MB`],
      [
        '  scan',
        `${(first / 1e3).toFixed(2)} s, ${speed(bytes, first)}, ${((messages / first) * 1e3).toFixed(0)} messages/s`,
      ],
      ['  CPU', `${(median(runs.map(run => run.first.cpuMs)) / 1e3).toFixed(2)} s on all cores`],
      ['  peak memory', `${median(runs.map(run => run.first.peakMiB)).toFixed(0)} MiB`],
      [
        '  rg -c',
        searches.length === 0
          ? 'not installed (Debian: ripgrep)'
          : `${speed(bytes, median(searches))}; the scan is ${median(ratios).toFixed(2)} × as fast`,
      ],
      [
        '  nothing new',
        `${second.toFixed(0)} ms, ${((second / first) * 100).toFixed(1)} % of the first; of its CPU ${((median(runs.map(run => run.second.cpuMs)) / median(runs.map(run => run.first.cpuMs))) * 100).toFixed(1)} %`,
      ],
      [
        '  kept',
        `${(bytesBelow(store) / 1e6).toFixed(1)} MB, ${((bytesBelow(store) / bytes) * 100).toFixed(2)} % of the mail`,
      ],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const build = mkdtempSync(join(tmpdir(), 'postern-bench-build-'));
try {
  const program = installed(build);
  const bytesMin = megabytes * 1e6;
  measured(program, 'text alone, little', { bytesMin: bytesMin / smallShare });
  measured(program, 'text alone', { bytesMin });
  measured(program, 'each letter three times', { bytesMin, copies: 3 });
  measured(program, 'with attachments', { bytesMin, attachments: true });
} finally {
  rmSync(build, { recursive: true, force: true });
}
