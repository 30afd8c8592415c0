import type { OwnRotation } from '../../core/access-log.ts';
import type { Place } from '../../core/place.ts';
import type { Endpoint } from '../platform.ts';

/** A program that answers HTTP, as its own configuration has it. */
export interface WebServer {
  readonly id: 'nginx' | 'apache';
  /** Its main configuration file. */
  readonly config: string;
  /** The user that its workers run as, with the line that says so. */
  readonly user?: { readonly name: string; readonly because?: Place };
  /** nginx: the line that opens `http { }`, within which log formats are defined. */
  readonly http?: Place;
  /** nginx: names of the log formats that are defined there; a second definition is refused. */
  readonly formats?: readonly string[];
  /** The line that loads PHP into Apache itself, whose user then runs the scripts. */
  readonly php?: Place;
}

/** An address on which a virtual host answers. */
export interface WebListen {
  readonly endpoint: Endpoint;
  readonly tls: boolean;
  readonly because: Place;
}

/** Where the requests of one route are written down. */
export interface WebLog {
  readonly to: /** `piped`: the program that it is handed to, as written. */
    | {
        readonly is: 'file';
        readonly path: string;
        readonly rotation?: OwnRotation;
        readonly piped?: string;
      }
    | { readonly is: 'syslog'; readonly facility: string; readonly program: string }
    | { readonly is: 'network'; readonly address: string }
    /** A pipe, or a path made of variables: as written. */
    | { readonly is: 'other'; readonly as: string };
  /** The format's own text, not its name; absent when it cannot be told. */
  readonly format?: string;
  /** The condition under which a request is left out, as written. */
  readonly onlyIf?: string;
  /** Absent for a default that is compiled in. */
  readonly because?: Place;
}

/** Where a web server hands a request on to. */
export interface WebPass {
  readonly protocol: 'http' | 'https' | 'fastcgi' | 'uwsgi' | 'scgi' | 'ajp' | 'grpc';
  /** As written, without user and password. */
  readonly as: string;
  /** Absent when the address is made of variables. */
  readonly endpoint?: Endpoint;
  /** Path part of the target: `/SOGo` of `http://127.0.0.1:20000/SOGo`. */
  readonly path: string;
  readonly because: Place;
}

/** Addresses that alone are answered. */
interface OnlyFrom {
  readonly who: readonly string[];
  readonly because: Place;
}

/** Whom a folder or URL answers, by address; users and passwords keep nobody from trying. */
export type Audience = { readonly nobody: true } | { readonly onlyFrom?: OnlyFrom };

/**
 * One route: what an enabled virtual host does with requests for one part of its URLs. What is only
 * refused or redirected is no route.
 */
export interface Served {
  readonly server: WebServer;
  /** URL prefix, or the pattern as written: `/`, `/webmail`, `~ \.php$`. */
  readonly url: string;
  /** The absolute folder, as configured, whose files are handed out or whose scripts are run. */
  readonly folder?: string;
  /** The folder holds programs, which the server starts itself (`ScriptAlias`, `WSGIScriptAlias`). */
  readonly runs?: true;
  /** The programs it may hand requests to, one for each member of an upstream group. */
  readonly to: readonly WebPass[];
  /** Empty: the virtual host is enabled and the server listens on no address for it. */
  readonly listens: readonly WebListen[];
  /** Host names that it answers to; empty for the default one. */
  readonly names: readonly string[];
  /** Empty: requests leave no access log. */
  readonly logs: readonly WebLog[];
  /** The line that switches the access log off. */
  readonly logsOff?: Place;
  /** Only these may talk to it, as written: `10.0.0.0/8`. Absent when nobody is kept out. */
  readonly onlyFrom?: OnlyFrom;
  /** Folders below its own for which other rules stand: nobody, or only these. */
  readonly below?: readonly { readonly folder: string; readonly audience: Audience }[];
  /** It hands requests on to another web server of this host, which serves the folder. */
  readonly isFront?: true;
  /** The line that serves it: `root`, `alias`, `proxy_pass`, `DocumentRoot`, `Alias`, `ProxyPass`. */
  readonly because: Place;
}
