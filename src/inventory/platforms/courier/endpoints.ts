import type { Listening } from '../../daemons/daemon-component.ts';
import { type Assignment, assigned } from '../../syntax/shell-defaults.ts';

const services: Readonly<Record<string, number>> = {
  smtp: 25,
  smtps: 465,
  submissions: 465,
  submission: 587,
  imap: 143,
  imap2: 143,
  imaps: 993,
  pop3: 110,
  pop3s: 995,
};

const portOf = (text: string): number | undefined => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : services[text];
  return port !== undefined && port > 0 && port < 65_536 ? port : undefined;
};

/** `-address=0`, no address and `::` mean every address (couriertcpd(8)). */
const hostOf = (address: string): string =>
  address === '' || address === '0' || address === '0.0.0.0' || address === '::' ? '*' : address;

/**
 * `PORT` of couriertcpd(8): numbers or names, comma between, each with an address in front if it has
 * one of its own: `143,127.0.0.1.1143`.
 */
export const listeningOf = (
  settings: readonly Assignment[],
  portName: string,
  addressName: string,
  otherwise: { readonly port: number; readonly path: string },
): readonly Listening[] => {
  const setting = assigned(settings, portName);
  const address = assigned(settings, addressName);
  const because = setting?.because ?? { path: otherwise.path };
  const written =
    setting === undefined || setting.value === '' ? `${otherwise.port}` : setting.value;
  return written
    .split(/[\s,]+/)
    .slice(0, 50)
    .flatMap((item): readonly Listening[] => {
      const dot = item.lastIndexOf('.');
      const port = portOf(item.slice(dot + 1));
      if (port === undefined) return [];
      const host = hostOf(dot < 0 ? (address?.value ?? '') : item.slice(0, dot));
      const own = dot < 0 && host !== '*' ? address?.because : undefined;
      return [{ endpoint: { net: 'tcp', host, port }, because: own ?? because }];
    });
};
