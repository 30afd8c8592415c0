import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Found, type Host, hostMissing, lines, namesOf, openHost } from '../support/hosts.ts';

const missing = hostMissing('provider');

/** The provider's host: Postfix, Dovecot, two Roundcubes, filters and lists, beside their own tools. */
describe.skipIf(missing !== undefined)(
  `provider${missing === undefined ? '' : `: ${missing}`}`,
  () => {
    let opened: Host | undefined;
    const host = (): Host => (opened ??= openHost('provider'));
    const found = (): readonly Found[] => host().report.components;
    const at = (path: string): readonly Found[] =>
      found().filter(each => each.foundAt.some(place => place.path === path));
    const named = (name: string): Found | undefined => found().find(each => each.name === name);

    test('every milter that postconf names is a component of its own software', () => {
      const asked = [
        host().run('postconf', '-hx', 'smtpd_milters'),
        host().run('postconf', '-hx', 'non_smtpd_milters'),
        host().run('postconf', '-hP', 'submission/inet/smtpd_milters'),
      ].join(' ');
      const wanted: Readonly<Record<string, string>> = {
        'unix:/opendkim/opendkim.sock': 'opendkim',
        'inet:127.0.0.1:8893': 'opendmarc',
        'inet:[::1]:11332': 'rspamd',
        'unix:/clamav/clamav-milter.ctl': 'clamav-milter',
      };
      expect([...new Set(asked.split(/[\s,]+/).filter(each => each !== ''))].sort()).toEqual(
        Object.keys(wanted).sort(),
      );
      for (const [socket, name] of Object.entries(wanted)) {
        const component = named(name);
        expect(
          component?.reach.some(each => each.resource === 'mail-in-transit'),
          socket,
        ).toBe(true);
        expect(
          component?.foundAt.some(({ path }) => path.startsWith('/etc/postfix/')),
          socket,
        ).toBe(true);
      }
      expect(
        found()
          .filter(({ kind }) => kind === 'milter')
          .map(({ name }) => name)
          .sort(),
      ).toEqual(['clamav-milter', 'opendkim', 'opendmarc']);
    });

    test('every table in SQL or LDAP is a database link found at its own file', () => {
      const values = ['virtual_mailbox_domains', 'virtual_mailbox_maps', 'virtual_alias_maps'].map(
        name => host().run('postconf', '-hx', name),
      );
      const tables = [...values.join(' ').matchAll(/(?:mysql|ldap):(\S+?)(?:,|\s|$)/g)].map(
        match => match[1] ?? '',
      );
      expect(tables.length).toBe(4);
      for (const table of tables) {
        const links = at(table).filter(({ kind }) => kind === 'database-link');
        expect(links.length, table).toBeGreaterThan(0);
        expect(
          links.some(({ reach }) =>
            reach.some(
              ({ resource }) => resource === 'customer-records' || resource === 'directory',
            ),
          ),
          table,
        ).toBe(true);
      }
    });

    test('every program that master.cf starts, and that exists, is there', () => {
      const services = lines(host().run('postconf', '-M')).filter(line =>
        /\b(?:pipe|spawn)\b/.test(line),
      );
      for (const service of services) {
        const program = / argv=(\S+)/.exec(service)?.[1] ?? '';
        const exists =
          host().run('sh', '-c', 'test -x "$0" && echo yes || true', program).trim() === 'yes';
        const listed = found().filter(
          each =>
            each.enabled !== false &&
            each.foundAt.some(
              ({ path }) => path === program || path === '/etc/postfix/master.cf',
            ) &&
            (each.name === program.split('/').at(-1) ||
              each.id.includes(service.split(/\s/)[0] ?? '')),
        );
        if (exists) expect(listed.length, service).toBeGreaterThan(0);
      }
    });

    test('policy services, the content filter and the relay are found where main.cf names them', () => {
      for (const name of ['postgrey', 'policyd-spf', 'amavis']) {
        const component = named(name);
        expect(component?.enabled, name).toBe(true);
        expect(
          component?.foundAt.some(({ path }) => path.startsWith('/etc/postfix/')),
          name,
        ).toBe(true);
        expect(
          component?.reach.some(({ resource }) => resource === 'mail-in-transit'),
          name,
        ).toBe(true);
      }
      expect(
        found().some(
          ({ kind, name, id }) =>
            kind === 'gateway' && `${name} ${id}`.includes('smtp.upstream.test'),
        ),
      ).toBe(true);
    });

    test('Dovecot loads the plug-ins that doveconf says, in some protocol', () => {
      const loaded = new Set(
        ['', '-f protocol=imap', '-f protocol=pop3', '-f protocol=lmtp']
          .map(filter =>
            host().run(
              'doveconf',
              '-h',
              ...filter.split(' ').filter(word => word !== ''),
              'mail_plugins',
            ),
          )
          .flatMap(value => value.trim().split(/\s+/)),
      );
      const all = found().filter(
        ({ platform, kind }) => platform === 'dovecot' && kind === 'add-on',
      );
      for (const plugin of loaded) {
        expect(all.find(({ name }) => name === plugin)?.enabled, plugin).toBe(true);
      }
      const modules = new Set(
        lines(
          host().run(
            'find',
            '/usr/lib/dovecot/modules',
            '-maxdepth',
            '1',
            '-name',
            'lib*_plugin.so',
          ),
        ).map(path => /lib\d+_(.*)_plugin\.so$/.exec(path)?.[1] ?? ''),
      );
      for (const module of modules) {
        const component = all.find(({ name }) => name === module);
        expect(component, module).toBeDefined();
        expect(component?.enabled, module).toBe(loaded.has(module));
      }
    });

    test('Dovecot starts with what mends its logs', () => {
      const remedies = found()
        .filter(({ id }) => id === 'dovecot')
        .flatMap(({ logs }) => logs.flatMap(({ remedy }) => remedy ?? []));
      expect(remedies.length).toBeGreaterThan(0);
      const local = readFileSync(join(host().root, 'etc/dovecot/local.conf'), 'utf8');
      const mended = host().run(
        'sh',
        '-c',
        'cp -r /etc/dovecot "$0" && printf %s "$1" >"$0/local.conf" && sed -i "s|^!include_try local.conf|!include $0/local.conf|" "$0/dovecot.conf" && doveconf -c "$0/dovecot.conf" -n; rm -rf "$0"',
        '/tmp/mended',
        `${local}\n${[...new Set(remedies)].join('\n')}\n`,
      );
      expect(mended).toMatch(/event_exporter|auth_user=/);
    });

    test('both Roundcubes load the plug-ins that PHP says', () => {
      const php = (folder: string, config: string): readonly string[] =>
        JSON.parse(
          host().run(
            'php',
            '-r',
            `chdir("${folder}"); include "${config}"; echo json_encode($config["plugins"]);`,
          ),
        ) as string[];
      const packaged = php('/usr/share/roundcube', '/etc/roundcube/config.inc.php');
      const old = php('/var/www/old-webmail', '/var/www/old-webmail/config/config.inc.php');
      const pluginsOf = (prefix: string): readonly Found[] =>
        found().filter(({ id, kind }) => kind === 'webmail-plugin' && id.startsWith(`${prefix}/`));
      expect(namesOf(pluginsOf('roundcube').filter(({ enabled }) => enabled === true))).toEqual(
        expect.arrayContaining([...packaged].sort()),
      );
      const oldId = 'roundcube@/var/www/old-webmail';
      expect(namesOf(pluginsOf(oldId).filter(({ enabled }) => enabled === true))).toEqual(
        [...old].sort(),
      );
      const installed = lines(host().run('ls', '/usr/share/roundcube/plugins'));
      expect(namesOf(pluginsOf('roundcube'))).toEqual([...installed].sort());
      expect(found().find(({ id }) => id === `${oldId}/crm_link`)?.version).toEqual({
        value: '0.4.2',
      });
    });

    test('Rspamd runs the modules that rspamadm says', () => {
      const states = lines(host().run('rspamadm', 'configdump', '--modules-state'));
      const listOf = (word: string): readonly string[] =>
        (states.find(line => line.startsWith(word)) ?? '')
          .slice(word.length)
          .split(',')
          .map(name => name.trim())
          .filter(name => name !== '');
      const enabled = listOf('Modules enabled:');
      const disabled = [
        ...listOf('Modules disabled (explicitly):'),
        ...listOf('Modules disabled (unconfigured):'),
        ...listOf('Modules disabled (no Redis):'),
      ];
      expect(enabled.length).toBeGreaterThan(10);
      const modules = found().filter(
        ({ platform, kind }) => platform === 'rspamd' && kind === 'add-on',
      );
      for (const name of enabled) {
        expect(modules.find(each => each.name === name)?.enabled, name).toBe(true);
      }
      for (const name of disabled) {
        expect(modules.find(each => each.name === name)?.enabled ?? false, name).toBe(false);
      }
    });

    test('SpamAssassin loads the plug-ins that its own lint says', () => {
      const said = host().run('sh', '-c', 'spamassassin --lint -D plugin 2>&1; true');
      const loaded = [...said.matchAll(/plugin: loading (Mail::SpamAssassin::Plugin::\w+)/g)].map(
        match => match[1] ?? '',
      );
      expect(loaded.length).toBeGreaterThan(10);
      const plugins = found().filter(
        ({ platform, enabled }) => platform === 'spamassassin' && enabled === true,
      );
      const names = new Set(plugins.map(({ name }) => name));
      for (const name of new Set(loaded)) expect(names.has(name), name).toBe(true);
      const extra = plugins.filter(
        ({ name, kind }) => kind === 'add-on' && name.includes('::') && !loaded.includes(name),
      );
      expect(namesOf(extra)).toEqual([]);
    });

    test('the webmail that nobody updated is named with the update that waits', () => {
      const roundcube = found().find(({ id }) => id === 'roundcube');
      expect(roundcube?.checks['patched']?.state).not.toBe('pass');
      expect(roundcube?.checks['patched']?.remedy).toContain('roundcube-core');
    });

    test('readers in crontabs are found', () => {
      expect(named('fetchmail')?.foundAt.map(({ path }) => path)).toEqual(
        expect.arrayContaining(['/etc/cron.d/fetch-orders', '/etc/fetchmailrc']),
      );
    });

    test('mail.log is known with its oldest line, and how long logrotate keeps it', () => {
      const log = found()
        .flatMap(({ logs }) => logs)
        .find(({ path }) => path === '/var/log/mail.log');
      expect(log).toMatchObject({ oldest: expect.stringMatching(/^\d{4}-11-20T/) });
    });
  },
);
