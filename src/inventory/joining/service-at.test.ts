import { expect, test } from 'vitest';
import { memoryView } from '../../../test/support/memory.ts';
import { readPackages } from '../package-index.ts';
import type { Endpoint } from '../platform.ts';
import { serviceAt } from './service-at.ts';

const tcp = (port: number, host = '127.0.0.1'): Endpoint => ({ net: 'tcp', host, port });
const unix = (path: string): Endpoint => ({ net: 'unix', path });

const ask = (to: Endpoint, units: Readonly<Record<string, string>>) => {
  const files = memoryView(
    Object.fromEntries(
      Object.entries(units).map(([name, text]) => [`/etc/systemd/system/${name}`, text]),
    ),
  );
  return serviceAt(files, readPackages(files, []), to)?.name;
};

const starts = (command: string): Readonly<Record<string, string>> => ({
  'x.service': `[Service]\nExecStart=${command}\n`,
});

test.each([
  ['/opt/x/filterd -p inet:9999@localhost', tcp(9_999)],
  ['/opt/x/filterd --port=9999 --workers 2', tcp(9_999)],
  ['/opt/x/filterd --bind 0.0.0.0:9999', tcp(9_999)],
  ['/usr/bin/python3 /opt/x/filterd --listen 127.0.0.1:9999', tcp(9_999)],
  ['/opt/x/filterd 127.0.0.1:9999', tcp(9_999)],
  ['/opt/x/filterd -s unix:/run/x/x.sock', unix('/run/x/x.sock')],
  ['/opt/x/filterd /var/run/x/x.sock', unix('/run/x/x.sock')],
])('%s listens there', (command, to) => {
  expect(ask(to, starts(command))).toBe('filterd');
});

test.each([
  ['/opt/x/proxy --relayport=9999'],
  ['/opt/x/proxy --upstream 127.0.0.1:9999'],
  // Two addresses, and nothing says which of them it calls.
  ['/opt/x/proxy 127.0.0.1:8888 127.0.0.1:9999'],
  ['/opt/x/proxy --port 99990'],
  ['/opt/x/proxy --children 9999'],
])('%s may only call it', command => {
  expect(ask(tcp(9_999), starts(command))).toBeUndefined();
});

test('a socket unit listens for its service', () => {
  const units = {
    'x.service': '[Service]\nExecStart=/opt/x/filterd\n',
    'x.socket': '[Socket]\nListenStream=9999\n',
  };
  expect(ask(tcp(9_999), units)).toBe('filterd');
});

test('two that say so are none', () => {
  const units = {
    'x.service': '[Service]\nExecStart=/opt/x/filterd --port 9999\n',
    'y.service': '[Service]\nExecStart=/opt/y/filterd --port 9999\n',
  };
  expect(ask(tcp(9_999), units)).toBeUndefined();
});

test('what another host listens on is not looked for here', () => {
  expect(ask(tcp(9_999, '192.0.2.1'), starts('/opt/x/filterd --port 9999'))).toBeUndefined();
});
