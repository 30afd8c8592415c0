import type { Component } from '../core/component.ts';
import type { Verdict } from '../core/verdict.ts';
import { evidenceOf, inRemedy, type Subject } from './question.ts';

/** How to ask what is known of a package that Composer or pip installed. */
const auditOf = ({ component }: Subject): string | undefined => {
  switch (component.package?.ecosystem) {
    case 'composer':
      return '# Ask for its known flaws, in the folder that holds its composer.lock:\ncomposer audit';
    case 'pypi':
      return '# Ask for its known flaws, with the Python that runs it:\npip-audit';
    case 'deb':
    case 'rpm':
    case 'apk':
    case undefined:
      return undefined;
  }
};

interface Elsewhere {
  readonly why: string;
  readonly remedy: readonly string[];
  readonly cause: string;
}

const whyNotKnown = ({ version }: Component): string =>
  'unknown' in version ? version.unknown : '';

const isLoopback = ({ id }: Component): boolean =>
  /[/:](?:unix:|127\.\d|localhost[:/]|\[?::1\]?:)/.test(id);

/** The other end of a connection is not a program of this host's: who runs it must be asked. */
const elsewhere = (component: Component): Elsewhere | undefined => {
  const name = inRemedy(component.name);
  const unknown = whyNotKnown(component);
  const remote = /^it runs on another host, (\S+)$/.exec(unknown)?.[1];
  if (remote !== undefined) {
    return {
      why: `it runs on another host (${remote}), which alone can tell whether a flaw is open`,
      remedy: [
        `# Run Postern on the host behind ${inRemedy(remote)}, or ask whoever runs it by when`,
        '# they install security updates. Nothing on this host can mend it.',
      ],
      cause: `patched on ${remote}`,
    };
  }
  if (unknown.startsWith('nothing that was read on this host says that it listens on')) {
    return {
      why: `${unknown}, so which software answers there, and whether it has a known flaw, is not known`,
      remedy: [
        `# Find out which program listens there (${name}), and which package owns it:`,
        'ss -xlnp; ss -tlnp',
      ],
      cause: 'patched by whoever listens',
    };
  }
  if (component.kind === 'database-link') {
    return {
      why: 'it is a connection to a server, and what is open there only the server’s own host can tell',
      remedy: [
        '# The file that it was found in names the server. On another host: run Postern there, or',
        '# ask whoever runs it. On this host: its own package gets the updates.',
      ],
      cause: 'patched where the database runs',
    };
  }
  if (component.kind !== 'gateway' && component.kind !== 'connector') return undefined;
  return isLoopback(component)
    ? {
        why: `${name} is another program that is asked over a socket; which package it comes from was not read`,
        remedy: [
          `# Find out which program listens there (${name}), and which package owns it:`,
          'ss -xlnp; ss -tlnp',
        ],
        cause: 'patched by whoever listens',
      }
    : {
        why: `${name} is a service on the network: what is open there only whoever runs it can tell`,
        remedy: [
          '# Ask whoever runs it by when security updates are installed; where it is a host of',
          '# your own, run Postern there. Nothing on this host can mend it.',
        ],
        cause: 'patched by the operator of the service',
      };
};

/** The patch state of what no package manager of this host has installed: never more than unknown. */
export const withoutPackage = (subject: Subject, packagesDoubt?: string): Verdict => {
  const { component, ancestors } = subject;
  const [host] = ancestors;
  const evidence = component.foundAt.map(place => evidenceOf('found here', place));
  const audit = auditOf(subject);
  if (audit !== undefined) {
    return {
      state: 'unknown',
      why: `${component.name} was installed by ${component.package?.ecosystem === 'composer' ? 'Composer' : 'pip'}, and nothing on this host tells which of its versions have known flaws`,
      evidence,
      remedy: audit,
      weight: 50,
      cause: audit,
    };
  }
  const other = elsewhere(component);
  if (other !== undefined) {
    const { why, remedy, cause } = other;
    return { state: 'unknown', why, evidence, remedy: remedy.join('\n'), weight: 45, cause };
  }
  if (packagesDoubt !== undefined) {
    return {
      state: 'unknown',
      why: `whether a package manager looks after it cannot be told: ${packagesDoubt}`,
      evidence,
      remedy: [
        '# Mend or collect the package database: what could not be seen says how. Then run',
        '# Postern again.',
      ].join('\n'),
      weight: 50,
      cause: 'the package database',
    };
  }
  const shown = 'value' in component.version ? ` (version ${component.version.value})` : '';
  return {
    state: 'unknown',
    why: `no package manager on this host looks after it${shown}, so nothing here tells whether it has a known flaw`,
    evidence,
    remedy: [
      `# ${inRemedy(component.name)} was not installed by a package manager: nobody updates it for you.`,
      `# Compare its version with its maker's security notes${host === undefined ? '' : ` (it runs inside ${inRemedy(host.name)})`},`,
      '# or replace it by the distribution’s package, where there is one.',
    ].join('\n'),
    weight: 50,
    cause: `by hand in ${component.platform}`,
  };
};
