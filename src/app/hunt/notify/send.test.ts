import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import {
  type Close,
  datagramServer,
  hasOpenssl,
  hookServer,
  mailServer,
  makeCertificate,
  streamServer,
} from '../../../../test/support/notice-servers.ts';
import type { Alert } from '../../../core/alert.ts';
import type { MailChannel, SyslogChannel, WebhookChannel } from '../../../core/watch-policy.ts';
import { groupsFor, type LetterContent, letterText, subjectOf } from './letter.ts';
import { alertsJson } from './letter-json.ts';
import { send } from './send.ts';
import type { SendSetting } from './sent.ts';
import { syslogMessages } from './syslog-message.ts';

const folder = mkdtempSync(join(tmpdir(), 'postern-send-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const closers: Close[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const at = Date.parse('2026-06-29T02:00:00Z');
const told = { name: 'here', from: 'low', atOnce: 'critical', names: false } as const;
const setting: SendSetting = {
  folder,
  environment: { HOOK_SECRET: 'unguessable-header', WRONG: 'a-wrong-password' },
  timeoutMs: 3_000,
};

const alert = (given: Partial<Alert> = {}): Alert => ({
  id: 'a0123456789',
  rule: 'postern-master-user',
  title: 'A master user read a mailbox',
  level: 'high',
  component: 'dovecot',
  who: 'person-0123456789ab',
  firstMs: at,
  lastMs: at + 90_000,
  sinceMs: at,
  openedMs: at,
  sentence: '`dovecot`: person-0123456789ab opened 12 mailboxes.',
  tags: ['attack.t1114.002'],
  sightings: 3,
  events: 12,
  lines: [{ source: 'mail.log', seq: 3, line: 17 }],
  addresses: ['203.0.113.9'],
  apps: [],
  kind: 'login.impersonated',
  ...given,
});

const letter = (alerts: readonly Alert[] = [alert()]): LetterContent => ({
  id: '7d0f7f50-0c5c-4f1c-9d4e-2f0a5b0f3c11',
  kind: 'digest',
  madeMs: at,
  host: 'mail.example.jp',
  notes: [],
  ...groupsFor(alerts),
});

/** What an attacker would have a log say. */
const hostile = alert({
  title: '<!channel> **bold** [x](https://evil.test)\r\nBcc: all@example.jp',
  sentence: 'user "] injected="1 \u202e \u0007 </script> & <@U1>\n<14>1 forged',
  component: 'dove"cot]\\',
});

describe('a webhook', () => {
  const hook = async (
    answers: Parameters<typeof hookServer>[0],
    given: Partial<WebhookChannel> = {},
  ) => {
    const server = await hookServer(answers);
    closers.push(server.close);
    const channel: WebhookChannel = { ...told, kind: 'webhook', url: server.url, ...given };
    return { ...server, sent: await send(channel, letter(), setting) };
  };

  test('gets JSON with its secret header and a signature of the very bytes', async () => {
    writeFileSync(join(folder, 'signing'), 'shared secret\n');
    const { sent, posted } = await hook([{ status: 204 }], {
      header: { name: 'authorization', value: { variable: 'HOOK_SECRET' } },
      signing: { file: 'signing' },
    });
    expect(sent).toEqual({ ok: true });
    const [{ headers, body } = { headers: {}, body: '' }] = posted;
    expect(headers['authorization']).toBe('unguessable-header');
    const mac = createHmac('sha256', 'shared secret').update(body).digest('hex');
    expect(headers['x-postern-signature']).toBe(`sha256=${mac}`);
    expect(headers['x-postern-letter']).toBe(letter().id);
    expect(JSON.parse(body)).toMatchObject({
      schema: 'postern.alerts/1',
      alerts: [{ id: 'a0123456789', who: 'person-0123456789ab', lines: ['mail.log/3/17'] }],
    });
  });

  test.each([
    [500, true],
    [503, true],
    [429, true],
    [404, false],
    [401, false],
    [302, false],
  ])('that answers %d may work later: %s', async (status, passing) => {
    expect((await hook([{ status }])).sent).toMatchObject({ ok: false, passing });
  });

  test.skipIf(!hasOpenssl)(
    'of an authority of its own is trusted where that is named (needs openssl)',
    async () => {
      const certified = makeCertificate(folder);
      const server = await hookServer([{ status: 204 }], certified);
      closers.push(server.close);
      const channel: WebhookChannel = { ...told, kind: 'webhook', url: server.url };
      expect(await send(channel, letter(), setting)).toMatchObject({
        ok: false,
        why: expect.stringContaining('certificate is not trusted'),
      });
      const trusting = { ...channel, certificates: certified.path };
      expect(await send(trusting, letter(), setting)).toEqual({ ok: true });
      expect(server.posted).toHaveLength(1);
    },
  );

  test('that asks to be left alone is', async () => {
    const { sent } = await hook([{ status: 429, headers: { 'retry-after': '120' } }]);
    expect(sent).toMatchObject({ passing: true, pauseMs: 120_000 });
  });

  test('that nobody serves fails for now', async () => {
    const server = await hookServer([]);
    await server.close();
    const channel: WebhookChannel = { ...told, kind: 'webhook', url: server.url };
    expect(await send(channel, letter(), setting)).toMatchObject({ ok: false, passing: true });
  });

  test('whose secret is not there is named by its place, and not tried again', async () => {
    const url = { variable: 'NOT_SET' };
    const channel: WebhookChannel = { ...told, kind: 'slack', url };
    expect(await send(channel, letter(), setting)).toEqual({
      ok: false,
      passing: false,
      why: 'NOT_SET: the environment variable is not set',
    });
  });

  test('is never told a secret of its own in a reason', async () => {
    writeFileSync(join(folder, 'url'), 'http://user:hidden-password@127.0.0.1:1/hidden-path\n');
    const channel: WebhookChannel = { ...told, kind: 'slack', url: { file: 'url' } };
    expect(JSON.stringify(await send(channel, letter(), setting))).not.toMatch(/hidden/);
  });

  test('of Slack gets plain text that calls nobody', async () => {
    const server = await hookServer([{ status: 200, body: 'ok' }]);
    closers.push(server.close);
    const channel: WebhookChannel = { ...told, kind: 'slack', url: server.url };
    const many = Array.from({ length: 90 }, (_, i) => ({ ...hostile, who: `app-${i}` }));
    expect(await send(channel, letter(many), setting)).toEqual({ ok: true });
    const body = JSON.parse(server.posted[0]?.body ?? '') as {
      text: string;
      blocks: { text: { type: string; text: string } }[];
    };
    expect(body.text).toContain('&lt;!channel&gt;');
    expect(body.text).not.toContain('<');
    expect(body.blocks.length).toBeLessThanOrEqual(50);
    for (const { text } of body.blocks) {
      expect(text.type).toBe('plain_text');
      expect(text.text.length).toBeLessThanOrEqual(3_000);
    }
  });

  test('of Teams gets a card of plain runs below its limit, and is not believed when it says that it failed', async () => {
    const server = await hookServer([
      { status: 202 },
      { status: 200, body: 'Webhook message delivery failed with error: HTTP 413' },
    ]);
    closers.push(server.close);
    const channel: WebhookChannel = { ...told, kind: 'teams', url: server.url };
    const many = Array.from({ length: 90 }, (_, i) => ({ ...hostile, who: `app-${i}` }));
    expect(await send(channel, letter(many), setting)).toEqual({ ok: true });
    const [{ body } = { body: '' }] = server.posted;
    expect(Buffer.byteLength(body)).toBeLessThan(28_000);
    expect(body).not.toContain('"TextBlock"');
    expect(await send(channel, letter(), setting)).toMatchObject({ ok: false, passing: true });
  });

  test('gets what its schema says', () => {
    const schema = JSON.parse(readFileSync('schemas/alerts.schema.json', 'utf8')) as object;
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);
    for (const content of [letter(), letter([hostile, alert({ who: '' })]), letter([])]) {
      validate(JSON.parse(JSON.stringify(alertsJson({ ...content, organisation: 'Example' }))));
      expect(validate.errors).toBeNull();
    }
  });
});

describe('mail', () => {
  const channel = (port: number, given: Partial<MailChannel> = {}): MailChannel => ({
    ...told,
    kind: 'mail',
    server: `smtp://127.0.0.1:${port}`,
    tls: 'none',
    sender: 'postern@example.jp',
    to: ['ops@example.jp', 'security@example.jp'],
    ...given,
  });

  test('is one message, in plain text, that nobody answers by itself', async () => {
    const server = await mailServer();
    closers.push(server.close);
    expect(await send(channel(server.port), letter([hostile]), setting)).toEqual({ ok: true });
    const [mail] = server.mails;
    expect(mail?.recipients).toEqual(['ops@example.jp', 'security@example.jp']);
    const head = (mail?.data ?? '').split('\n\n')[0] ?? '';
    expect(head).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(head).toMatch(/^Message-ID: <7d0f7f50-0c5c-4f1c-9d4e-2f0a5b0f3c11@example\.jp>$/m);
    expect(head).not.toMatch(/^Bcc:/m);
  });

  test('that a server refuses for good is not tried again; for now, it is', async () => {
    const refusing = await mailServer({ recipient: () => '550 5.1.1 nobody' });
    const busy = await mailServer({ recipient: () => '451 4.7.1 later' });
    closers.push(refusing.close, busy.close);
    expect(await send(channel(refusing.port), letter(), setting)).toMatchObject({ passing: false });
    expect(await send(channel(busy.port), letter(), setting)).toMatchObject({ passing: true });
  });

  test('says when some recipients were refused', async () => {
    const server = await mailServer({
      recipient: address => (address.startsWith('ops') ? '250 ok' : '550 nobody'),
    });
    closers.push(server.close);
    expect(await send(channel(server.port), letter(), setting)).toEqual({
      ok: true,
      remark: '1 of 2 recipients were refused',
    });
  });

  test('is not sent in the clear where TLS is required, and no password either', async () => {
    const server = await mailServer({ login: 'postern:right' });
    closers.push(server.close);
    const secured = channel(server.port, {
      tls: 'required',
      server: `smtp://postern@127.0.0.1:${server.port}`,
      password: { variable: 'WRONG' },
    });
    expect(await send(secured, letter(), setting)).toMatchObject({ ok: false });
    expect(server.mails).toEqual([]);
    expect(server.heard.filter(line => line.startsWith('AUTH'))).toEqual([]);
  });

  describe.skipIf(!hasOpenssl)('with certificates made by openssl(1)', () => {
    test('goes through STARTTLS with a login, and a wrong password is not shown', async () => {
      const certified = makeCertificate(folder);
      writeFileSync(join(folder, 'password'), 'right\n');
      const server = await mailServer({ tls: certified, login: 'postern:right' });
      closers.push(server.close);
      const secured = channel(server.port, {
        server: `smtp://postern@127.0.0.1:${server.port}`,
        tls: 'required',
        certificates: certified.path,
        password: { file: 'password' },
      });
      expect(await send(secured, letter(), setting)).toEqual({ ok: true });
      expect(server.mails[0]?.wasEncrypted).toBe(true);
      const wrong = await send({ ...secured, password: { variable: 'WRONG' } }, letter(), setting);
      expect(wrong).toMatchObject({ ok: false, passing: false });
      expect(JSON.stringify(wrong)).not.toContain('a-wrong-password');
      const { certificates: _, ...unknown } = secured;
      expect(await send(unknown, letter(), setting)).toMatchObject({ ok: false });
      expect(server.mails).toHaveLength(1);
    });
  });
});

describe('syslog', () => {
  const channel = (server: string, given: Partial<SyslogChannel> = {}): SyslogChannel => ({
    ...told,
    kind: 'syslog',
    server,
    facility: 13,
    ...given,
  });

  test('messages are ones of RFC 5424, whatever a log had said', () => {
    const shape =
      /^<(\d{1,3})>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [!-~]{1,255} postern [!-~]{1,128} [!-~]{1,32} (?:-|\[[!-<>-~]{1,32}(?: [!-<>-~]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*\]) \uFEFF[^\p{Cc}]*$/u;
    const messages = syslogMessages(letter([hostile, alert({ sentence: '界'.repeat(3_000) })]), 13);
    for (const each of messages) {
      expect(each.toString('utf8')).toMatch(shape);
      expect(each.length).toBeLessThanOrEqual(2_048);
    }
    expect(messages[0]?.toString('utf8').startsWith(`<${13 * 8 + 3}>`)).toBe(true);
  });

  test('goes by UDP, of which nobody knows whether it arrives', async () => {
    const server = await datagramServer();
    closers.push(server.close);
    const sent = await send(channel(`udp://127.0.0.1:${server.port}`), letter(), setting);
    expect(sent).toMatchObject({ ok: true, unsure: expect.stringContaining('UDP') as unknown });
    for (let i = 0; i < 100 && server.messages.length === 0; i += 1) await pause(10);
    expect(server.messages[0]).toContain('alert="a0123456789"');
  });

  test('goes by TCP, each message with its length before it', async () => {
    const server = await streamServer();
    closers.push(server.close);
    const two = letter([alert(), alert({ who: 'person-ba9876543210' })]);
    const sent = await send(channel(`tcp://127.0.0.1:${server.port}`), two, setting);
    expect(sent).toEqual({ ok: true });
    await server.ended;
    const bytes = Buffer.from(server.text());
    let from = 0;
    let messages = 0;
    while (from < bytes.length) {
      const space = bytes.indexOf(0x20, from);
      from = space + 1 + Number(bytes.subarray(from, space).toString());
      messages += 1;
    }
    expect([messages, from]).toEqual([2, bytes.length]);
  });

  test('to nobody fails for now', async () => {
    const server = await streamServer();
    await server.close();
    const sent = await send(channel(`tcp://127.0.0.1:${server.port}`), letter(), setting);
    expect(sent).toMatchObject({ ok: false, passing: true });
  });

  describe.skipIf(!hasOpenssl)('with certificates made by openssl(1)', () => {
    test('goes by TLS to whom it trusts, and to nobody else', async () => {
      const certified = makeCertificate(folder);
      const server = await streamServer(certified);
      closers.push(server.close);
      const address = `tls://127.0.0.1:${server.port}`;
      expect(await send(channel(address), letter(), setting)).toMatchObject({ ok: false });
      const trusting = channel(address, { certificates: certified.path });
      expect(await send(trusting, letter(), setting)).toEqual({ ok: true });
      await server.ended;
      expect(server.text()).toContain('postern-master-user');
    });
  });
});

describe('a letter', () => {
  test('says what, about whom, when, from where, by which rule, and how to go on', () => {
    expect(letterText(letter())).toBe(`dovecot, person-0123456789ab
  [high] A master user read a mailbox
    \`dovecot\`: person-0123456789ab opened 12 mailboxes.
    2026-06-29T02:00:00Z to 02:01:30Z: 12 events, seen 3 times, from 203.0.113.9
    rule postern-master-user (ATT&CK T1114.002), alert a0123456789

Who it is: postern hunt alerts --names
Not to be told again: postern hunt suppress a0123456789 --until DAY --why REASON
`);
  });

  test('has a subject of one line', () => {
    expect(subjectOf(letter([hostile]))).not.toMatch(/[\r\n\u202e]/);
  });

  test('has room for some alerts, and counts the others', () => {
    const many = Array.from({ length: 100 }, (_, i) => alert({ who: `app-${i}` }));
    expect(groupsFor(many).more).toBe(60);
    expect(letterText(letter(many))).toContain('… and 60 alerts more');
  });
});
