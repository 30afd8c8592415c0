import { spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../../bin/postern.js', import.meta.url));

/** Whatever somebody may have written; none of it may be found again behind a scan. */
const planted = {
  localPart: 'takahashi.mikoto',
  domain: 'planted-domain.example.jp',
  mailbox: 'shirogane.kazumi@planted-mieterin.example.jp',
  folder: 'Herzklinik-Befunde',
  japaneseFolder: '健康診断結果一覧',
  fileName: 'Arbeitsvertrag-Oyamada',
  attachmentName: '顧客名簿小山田工業',
  subject: 'Kündigung Ottilie Wagenbach',
  japaneseName: '小鳥遊美琴',
  telephone: '090-8372-6154',
  telephoneDigits: '09083726154',
  card: '4539 1488 0343 6467',
  cardDigits: '4539148803436467',
  iban: 'DE89370400440532013000',
  myNumber: '123456789018',
  birthDate: '1987年11月23日',
  address: '東京都千代田区神田神保町3丁目21番7号',
  password: 'Zwiebel!Turm77',
  apiKey: 'AKIAQ7PLANTED3XAMPLE',
  customer: 'KND-7730915',
  messageId: 'unmistakable-8817263@planted-host.example.jp',
  header: 'Patientenakte-4471',
  attachmentText: 'Blutgruppe-Rhesus-Wagenbach',
  brokenMailbox: 'verschluesselt.hofer@planted-mieterin.example.jp',
} as const;

let folder = '';
let store = '';
let output = '';

const encodedWord = (text: string): string =>
  `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;

const message = (n: number): string => {
  const attached = `${planted.attachmentText}\n${planted.card}\n`;
  return [
    `From: ${encodedWord(planted.japaneseName)} <${planted.localPart}@${planted.domain}>`,
    `To: Somebody <other${n}@example.com>`,
    `Subject: ${encodedWord(planted.subject)}`,
    `Message-ID: <${n}-${planted.messageId}>`,
    `X-Note: ${planted.header}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    `氏名: ${planted.japaneseName}`,
    `電話番号: ${planted.telephone}`,
    `生年月日: ${planted.birthDate}`,
    `住所: ${planted.address}`,
    `個人番号: ${planted.myNumber}`,
    `お客様番号: ${planted.customer}`,
    `Card: ${planted.card}, IBAN ${planted.iban}`,
    `Password: ${planted.password}`,
    `aws_access_key_id=${planted.apiKey}`,
    '--b',
    `Content-Type: text/csv; name="${encodedWord(`${planted.attachmentName}.csv`)}"`,
    'Content-Transfer-Encoding: base64',
    'Content-Disposition: attachment',
    '',
    Buffer.from(attached, 'utf8').toString('base64'),
    '--b',
    `Content-Type: application/pdf; name="${encodedWord(`${planted.attachmentName}.pdf`)}"`,
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(`%PDF-1.4 damaged ${planted.attachmentText}`, 'utf8').toString('base64'),
    '--b--',
    '',
  ].join('\r\n');
};

const maildir = (...parts: readonly string[]): string => {
  const path = join(folder, 'mail', ...parts);
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(path, part), { recursive: true });
  return join(path, 'cur');
};

const mailboxPath = (mailbox: string): readonly string[] => {
  const [local = '', domain = ''] = mailbox.split('@');
  return [domain, local, 'Maildir'];
};

const scanning = (): { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv } => ({
  args: [program, 'scan', join(folder, 'mail'), '--store', store],
  env: {
    ...process.env,
    TMPDIR: join(folder, 'tmp'),
    POSTERN_EXPOSURE_KEY: `POSTERN-EXPOSURE-KEY-1:${'a7'.repeat(32)}`,
  },
});

const scan = (...more: readonly string[]): number | null => {
  const { args, env } = scanning();
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, ...more], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  output += stdout + stderr;
  return status;
};

const interrupted = async (): Promise<void> => {
  const { args, env } = scanning();
  const child = spawn(process.execPath, [...args], { cwd: folder, env, stdio: 'pipe' });
  child.stdout.on('data', chunk => (output += String(chunk)));
  child.stderr.on('data', chunk => (output += String(chunk)));
  const segments = join(store, 'exposure/segments');
  const isAtWork = (): boolean => {
    try {
      return readdirSync(segments).length > 0;
    } catch {
      return false;
    }
  };
  while (child.exitCode === null && !isAtWork()) await wait(2);
  child.kill('SIGKILL');
  await new Promise(done => child.once('close', done));
};

/** Every way in which a text may lie in a file, its parts too. */
const spellings = (value: string): readonly Buffer[] => {
  const parts = value.split(/[\s@.,:;/-]+/).filter(part => Array.from(part).length >= 5);
  return [...new Set([value, ...parts])].flatMap(text => {
    const bytes = Buffer.from(text, 'utf8');
    const base64 = [0, 1, 2].map(shift => {
      const padded = Buffer.concat([Buffer.alloc(shift, 0x20), bytes]).toString('base64');
      // What depends on the neighbours is left out.
      return padded.slice(shift === 0 ? 0 : 4, -4);
    });
    const utf16 = Buffer.from(text, 'utf16le');
    return [
      bytes,
      Buffer.from(text.toLowerCase(), 'utf8'),
      utf16,
      Buffer.from(utf16).swap16(),
      ...base64.filter(each => each.length >= 8).map(each => Buffer.from(each)),
      Buffer.from(encodeURIComponent(text)),
      Buffer.from(bytes.toString('hex')),
      Buffer.from(bytes.toString('hex').toUpperCase()),
    ];
  });
};

const filesBelow = (path: string): readonly string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true }).flatMap(entry => {
    const at = join(entry.parentPath, entry.name);
    return entry.isFile() ? [at] : [];
  });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-private-'));
  store = join(folder, 'store');
  mkdirSync(join(folder, 'tmp'));
  const inbox = maildir(...mailboxPath(planted.mailbox));
  const below = maildir(...mailboxPath(planted.mailbox), `.${planted.folder}`);
  const japanese = maildir(...mailboxPath(planted.mailbox), `.${planted.japaneseFolder}`);
  for (let n = 0; n < 400; n += 1) {
    const at = n % 3 === 0 ? below : n % 3 === 1 ? inbox : japanese;
    writeFileSync(join(at, `${1_780_000_000 + n}.M${n}.${planted.fileName}:2,S`), message(n));
  }
  const broken = maildir(...mailboxPath(planted.brokenMailbox));
  // What Dovecot encrypted, what is damaged, and what is none of it.
  writeFileSync(join(broken, `1780000000.${planted.fileName}`), 'CRYPTED\x03\x07and more');
  writeFileSync(
    join(broken, `1780000001.${planted.fileName}`),
    gzipSync(message(1)).subarray(0, 90),
  );
  mkdirSync(join(folder, 'mail/letters'));
  writeFileSync(join(folder, `mail/letters/${planted.fileName}.eml`), message(2_000));
  await interrupted();
  scan();
  scan('--full');
  scan('--format', 'json');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('behind a scan', () => {
  test('the mail was read, and somebody was found in it', () => {
    expect(output).toMatch(/telephone number/);
    expect(output).toMatch(/"encrypted"/);
  });

  test.each(Object.entries(planted))('%s is nowhere', (_, value) => {
    const files = [...filesBelow(store), ...filesBelow(join(folder, 'tmp'))];
    expect(files.length).toBeGreaterThan(3);
    const names = Buffer.from(files.join('\n').replaceAll(folder, ''));
    const printed = Buffer.from(output);
    for (const spelling of spellings(value)) {
      expect(printed.includes(spelling), `printed: ${value}`).toBe(false);
      expect(names.includes(spelling), `names: ${value}`).toBe(false);
      for (const file of files) {
        expect(readFileSync(file).includes(spelling), `${file}: ${value}`).toBe(false);
      }
    }
  });

  test('nobody else may read it', () => {
    expect(statSync(join(store, 'exposure')).mode & 0o077).toBe(0);
    for (const file of filesBelow(join(store, 'exposure'))) {
      // It holds nothing.
      if (file.endsWith('.lock')) continue;
      expect(statSync(file).mode & 0o077, file).toBe(0);
    }
  });
});
