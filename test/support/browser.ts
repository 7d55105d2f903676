import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { test } from 'vitest';

/** Debian's package: apt-get install chromium. */
const executablePath = '/usr/bin/chromium';

/** Where it is missing these tests are left out, and said to be; where KEYTURN_BROWSER=required they fail. */
export const hasBrowser = existsSync(executablePath) || process.env.KEYTURN_BROWSER === 'required';
if (!hasBrowser) console.warn(`${executablePath} is missing, so the report is not tested in a browser.`);

export const inBrowser = test.runIf(hasBrowser);

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Shown {
  readonly page: Page;
  /** What the browser complained of. */
  readonly complaints: string[];
  /** Where it asked for something besides the file itself. */
  readonly requests: string[];
}

/** A real browser with a profile of its own, and a folder for what it is shown. */
export class Reader {
  readonly #folder = mkdtempSync(join(tmpdir(), 'keyturn-page-'));
  readonly #browser: Browser;
  #files = 0;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<Reader> {
    return new Reader(await chromium.launch({ executablePath, args }));
  }

  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Closes what was shown. */
  async clear(): Promise<void> {
    for (const context of this.#browser.contexts()) await context.close();
  }

  /** Opens the page from a file, as a person does. */
  async show(html: string, options: BrowserContextOptions = {}): Promise<Shown> {
    this.#files += 1;
    const file = join(this.#folder, `${this.#files}.html`);
    writeFileSync(file, html);
    const url = pathToFileURL(file).href;
    const context = await this.#browser.newContext(options);
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (request.url() !== url) requests.push(request.url());
    });
    await page.goto(url);
    return { page, complaints, requests };
  }
}
