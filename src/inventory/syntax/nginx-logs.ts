import { resolveFrom } from '../../core/paths.ts';
import type { Place } from '../../core/place.ts';
import { type NginxDirective, nginxAll } from './nginx.ts';
import type { WebLog } from './served.ts';

/** `combined` is built in (ngx_http_log_module). */
const combined =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

/** The access logs of one block, and those of the blocks in it. */
export interface NginxLogging {
  within(block: readonly NginxDirective[]): NginxLogging;
  answer(): { readonly logs: readonly WebLog[]; readonly logsOff?: Place };
}

/** What was compiled in. */
interface Compiled {
  readonly prefix: string;
  readonly accessLog: string;
}

const destination = (text: string, prefix: string): WebLog['to'] => {
  if (!text.startsWith('syslog:')) {
    if (text.includes('$')) return { is: 'other', as: text };
    return { is: 'file', path: resolveFrom(prefix, text) };
  }
  const options = new Map(
    text
      .slice('syslog:'.length)
      .split(',')
      .map(each => {
        const equals = each.indexOf('=');
        return [each.slice(0, Math.max(0, equals)), each.slice(equals + 1)];
      }),
  );
  const server = options.get('server') ?? '';
  // A socket below /dev or /run is this host's own syslog; any other server is somebody else's.
  if (!server.startsWith('unix:')) return { is: 'network', address: server };
  return {
    is: 'syslog',
    facility: options.get('facility') ?? 'local7',
    program: options.get('tag') ?? 'nginx',
  };
};

const logOf = (
  directive: NginxDirective,
  formats: ReadonlyMap<string, string>,
  prefix: string,
): WebLog => {
  const [path = '', ...parameters] = directive.args;
  const named = parameters.find(each => !/^(?:buffer|gzip|flush|if)(?:=|$)/.test(each));
  const format = formats.get(named ?? 'combined');
  const onlyIf = parameters.find(each => each.startsWith('if='))?.slice('if='.length);
  return {
    to: destination(path, prefix),
    because: { path: directive.path, line: directive.line },
    ...(format === undefined ? {} : { format }),
    ...(onlyIf === undefined ? {} : { onlyIf }),
  };
};

/** `log_format name [escape=…] string…` */
const formatsOf = (http: readonly NginxDirective[]): ReadonlyMap<string, string> =>
  new Map([
    ['combined', combined],
    ...nginxAll(http, 'log_format').map(({ args: [name = '', ...rest] }): [string, string] => [
      name,
      rest.filter((each, i) => i > 0 || !each.startsWith('escape=')).join(''),
    ]),
  ]);

/** Access logging of an `http` block; a block that names a log of its own inherits none. */
export const nginxLogging = (http: readonly NginxDirective[], place: Compiled): NginxLogging => {
  const formats = formatsOf(http);
  const make = (answer: ReturnType<NginxLogging['answer']>): NginxLogging => ({
    answer: () => answer,
    within: block => {
      const stated = nginxAll(block, 'access_log');
      if (stated.length === 0) return make(answer);
      // `off` cancels every access_log of its level.
      const off = stated.find(each => each.args[0] === 'off');
      if (off !== undefined) return make({ logs: [], logsOff: { path: off.path, line: off.line } });
      return make({ logs: stated.map(each => logOf(each, formats, place.prefix)) });
    },
  });
  return make({ logs: [{ to: { is: 'file', path: place.accessLog }, format: combined }] });
};
