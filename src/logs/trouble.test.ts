import { describe, expect, test } from 'vitest';
import { readLines } from '../../test/support/formats.ts';
import { logFormats } from './formats.generated.ts';

const kindsOf = (line: string): readonly string[] =>
  readLines(logFormats, `${line}\n`).map(({ parsed }) =>
    'event' in parsed
      ? `${parsed.event.component} ${parsed.event.kind} ${parsed.event.outcome}`
      : Object.keys(parsed)[0],
  ) as readonly string[];

describe('trouble is an event', () => {
  test.each([
    [
      'dovecot',
      'Nov 25 03:00:01 mx1 dovecot: master: Error: service(imap-login): child 4711 killed with signal 11 (core dumped)',
    ],
    [
      'postfix',
      'Nov 25 03:00:01 mx1 postfix/master[901]: warning: process /usr/lib/postfix/sbin/smtpd pid 123 killed by signal 11',
    ],
    [
      'postfix',
      'Nov 25 03:00:01 mx1 postfix/smtpd[9]: warning: connect to Milter service inet:127.0.0.1:11332: Connection refused',
    ],
    [
      'apache',
      '[Wed Nov 25 03:00:01.123456 2026] [core:notice] [pid 100] AH00052: child pid 4711 exit signal Segmentation fault (11)',
    ],
    [
      'nginx',
      '2026/11/25 03:00:01 [alert] 90#90: worker process 100 exited on signal 11 (core dumped)',
    ],
    [
      'sogo',
      'Nov 25 03:00:10 sogod [26800]: <0x0x5604:WOWatchDog> child 26818 killed by signal 11',
    ],
    [
      'roundcube',
      'Nov 25 03:00:10 mx1 roundcube: <f8k2h1d9> PHP Error: Invalid request in /x.php on line 10',
    ],
    [
      'amavis',
      'Nov 25 03:00:10 mx1 amavis[9]: (00009-01) (!!)TROUBLE in check_mail: parts_decode_ext FAILED: x',
    ],
    [
      'rsyslogd',
      'Nov 25 03:00:10 mx1 rsyslogd: imuxsock lost 500 messages from pid 4711 due to rate-limiting',
    ],
    [
      'systemd-journald',
      'Nov 25 03:00:10 mx1 systemd-journald[300]: Suppressed 1234 messages from postfix.service',
    ],
    [
      'kernel',
      'Nov 25 03:00:10 mx1 kernel: [1.5] imapd[9]: segfault at 0 ip 00007f1c sp 00007ffd error 4 in libc.so.6',
    ],
  ])('of %s', (component, line) => {
    expect(kindsOf(line)).toEqual([`${component} other failure`]);
  });
});

describe('what is no trouble stays quiet', () => {
  test.each([
    ['an end in good order', 'Nov 25 03:00:01 mx1 postfix/master[901]: terminating on signal 15'],
    [
      'what a certificate lacks',
      'Nov 25 03:00:01 mx1 postfix/smtpd[9]: warning: TLS library problem: error:0A000126:SSL routines::unexpected eof while reading:../ssl/record/rec_layer_s3.c:322:',
    ],
    [
      'a restart',
      'Nov 25 03:00:01 mx1 dovecot: master: Warning: SIGHUP received - reloading configuration',
    ],
    [
      'a worker that ends',
      '2026/11/25 03:00:01 [notice] 90#90: worker process 100 exited with code 0',
    ],
    [
      'what the kernel says else',
      'Nov 25 03:00:10 mx1 kernel: [1.5] usb 1-1: new high-speed USB device number 2',
    ],
    [
      'rotation',
      'Nov 25 03:00:10 mx1 rsyslogd: [origin software="rsyslogd" swVersion="8.2302.0"] rsyslogd was HUPed',
    ],
  ])('%s', (_, line) => {
    expect(kindsOf(line)).toEqual(['quiet']);
  });
});
