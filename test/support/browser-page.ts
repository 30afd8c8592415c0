import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const executable = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(path => existsSync(path));

/** Why pages cannot be looked at; undefined when they can. Goes into the title of what is skipped. */
export const noBrowser: string | undefined =
  executable === undefined ? 'skipped: no chromium on this machine' : undefined;

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: executable ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });

interface Looks {
  readonly width?: number;
  readonly scripts?: boolean;
  readonly dark?: boolean;
}

/** A page that was opened, with whatever it asked for and complained of. */
export interface Opened {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

/** Opens a page from disk. */
export const openPage = async (
  browser: Browser,
  folder: string,
  markup: string,
  { width = 1280, scripts = true, dark = false }: Looks = {},
): Promise<Opened> => {
  const path = join(folder, 'page.html');
  writeFileSync(path, markup);
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    javaScriptEnabled: scripts,
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', request => requests.push(request.url()));
  page.on('console', message => complaints.push(message.text()));
  page.on('pageerror', error => complaints.push(error.message));
  await page.goto(pathToFileURL(path).href);
  return { page, requests, complaints };
};

/** How many pixels of it are cut off at the side. */
export const cutOff = (page: Page): Promise<unknown> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
