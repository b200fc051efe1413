import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, BrowserContextOptions, Frame, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { launchChromium } from './chromium.ts';
import { serveSite } from './site.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** How long anything a page does may take before it is not done at all: a busy machine is slow, it is not wrong. */
const PATIENCE_MS = 180_000;

/** A browser and the site, for one file of tests. */
export class Visit {
  readonly url: string;
  /** Other sites that pages may speak to. */
  readonly #friends: readonly string[];
  readonly #browser: Browser;
  readonly #close: () => Promise<void>;
  readonly #contexts: BrowserContext[] = [];
  /** What went wrong on any page: errors, refused requests, requests to the outside. */
  readonly complaints: string[] = [];

  private constructor(browser: Browser, site: { url: string; close(): Promise<void> }, friends: readonly string[]) {
    this.#browser = browser;
    this.#friends = friends;
    this.url = site.url;
    this.#close = () => site.close();
  }

  /**
   * @param served where the site is served already; the built one is served unless told
   * @param friends where else pages may send requests
   */
  static async begin(served?: string, friends: readonly string[] = []): Promise<Visit | undefined> {
    const browser = await launchChromium();
    const site = served === undefined ? serveSite : async () => ({ url: served, close: async () => {} });
    if (browser !== undefined) return new Visit(browser, await site(), friends);
    console.warn('no Chromium for this platform was found; the browser tests are skipped');
    return undefined;
  }

  async end(): Promise<void> {
    await this.#browser.close();
    await this.#close();
  }

  /** A reader with a device of their own: nothing is kept between two of them. */
  async reader(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      // Each reader would fetch the whole site for later.
      serviceWorkers: 'block',
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: this.url });
    context.on('page', (page) => this.#listen(page));
    this.#contexts.push(context);
    return context;
  }

  async open(context: BrowserContext, path: string): Promise<Bench> {
    const page = await context.newPage();
    await page.goto(`${this.url}/${path}`);
    return new Bench(page);
  }

  /** Ends every reader; expects that no page complained. */
  async leave(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close();
    expect(this.complaints.splice(0)).toEqual([]);
  }

  #listen(page: Page): void {
    page.on('pageerror', (error) => this.complaints.push(`error: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      const ofTests = message.text().startsWith('Service Worker registration blocked by Playwright');
      // A record store answers 404 where it has nothing, which browsers tell as an error.
      const ofFriends = this.#friends.some((url) => message.location().url.startsWith(url));
      if (!ofTests && !ofFriends && ['error', 'warning'].includes(message.type()))
        this.complaints.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      const known = [this.url, ...this.#friends].some((url) => request.url().startsWith(url));
      if (!known && !/^(data|blob|about):/.test(request.url())) {
        this.complaints.push(`a request left the page: ${request.url()}`);
      }
    });
  }
}

/** A page with a bench, in the words of those who use it. */
export class Bench {
  readonly page: Page;
  /** Where on the page the bench is: all of it, unless it lies in a frame. */
  readonly frame: Frame;

  constructor(page: Page, frame = page.mainFrame()) {
    this.page = page;
    this.frame = frame;
  }

  /** The text on the chosen terminal's screen. */
  get screen(): Locator {
    return this.frame.locator('dd-terminal[data-shown] .xterm-rows');
  }

  get picture(): Locator {
    return this.frame.locator('dd-cluster .picture');
  }

  pod(name: string): Locator {
    return this.frame.locator(`dd-cluster .pod[data-pod="${name}"]`);
  }

  container(pod: string, name: string): Locator {
    return this.pod(pod).locator(`.cell[data-container="${name}"]`);
  }

  /** Waits until the picture shows the Pod running and ready. */
  async runs(pod: string): Promise<void> {
    await this.frame.locator(`dd-cluster .pod[data-pod="${pod}"][data-tone=good]`).waitFor();
  }

  get notice(): Locator {
    return this.frame.locator('dd-bench .notice');
  }

  get clock(): Locator {
    return this.frame.locator('.clock-face');
  }

  tab(name: string): Locator {
    return this.frame.getByRole('tab', { name, exact: true });
  }

  /** Waits until the shell has shown its prompt. */
  async prompt(): Promise<void> {
    await this.screen.filter({ hasText: '$' }).waitFor();
  }

  /** Waits until a run that begins anew has a prompt, and no longer shows what the one before it did. */
  async promptAfter(shown: string): Promise<void> {
    await this.screen.filter({ hasText: '$', hasNotText: shown }).waitFor();
  }

  /** Types a line as a learner would. */
  async type(line: string): Promise<void> {
    await this.prompt();
    await this.frame.locator('dd-terminal[data-shown] .xterm-helper-textarea').focus();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
  }

  /** Does something that the chosen terminal's shell answers, and waits until its prompt is back. */
  async answers(act: () => Promise<void>): Promise<void> {
    await this.frame.evaluate(() => {
      const bench = document.querySelector<HTMLElement>('dd-bench')!;
      delete bench.dataset['drawn'];
      // A cursor that gains the focus for the first time adds a blank: only other text is an answer.
      const textOf = (terminal: Element) =>
        [...terminal.querySelectorAll('.xterm-rows > *')]
          .map((row) => row.textContent?.trimEnd())
          .join('\n')
          .trimEnd();
      // The act may choose another terminal, which has a prompt from before, or one that shows its first.
      const before = new Map([...bench.querySelectorAll('dd-terminal')].map((each) => [each, textOf(each)]));
      const observer = new MutationObserver(() => {
        const shown = bench.querySelector('dd-terminal[data-shown]');
        const text = shown === null ? '' : textOf(shown);
        if (text === '' || text === (before.get(shown!) || '~ $')) return;
        bench.dataset['drawn'] = '';
        observer.disconnect();
      });
      observer.observe(bench, { childList: true, subtree: true });
    });
    await act();
    await this.frame.waitForFunction(isAtPrompt, 'dd-bench[data-drawn]');
  }

  /** Lets a command that goes on for ever begin in the chosen terminal, and ends it. */
  async interrupts(command: string): Promise<void> {
    const typed = command.replaceAll(/\s/g, '');
    await this.frame.waitForFunction((text) => {
      const rows = document.querySelector('dd-terminal[data-shown] .xterm-rows');
      return rows?.textContent?.replaceAll(/\s/g, '').includes(text);
    }, typed);
    // On a busy machine one may come before the program has begun, and then it ends nothing.
    do {
      await this.page.waitForTimeout(500);
      await this.page.keyboard.press('Control+c');
      await this.page.waitForTimeout(500);
    } while (!(await this.frame.evaluate(isAtPrompt, 'dd-bench')));
  }

  /** Waits until the device keeps a line that was typed: what a page is told to write it may write later. */
  async kept(line: string): Promise<void> {
    await expect.poll(async () => (await this.keptRun()).typed).toContain(`${line}\r`);
  }

  /** What the device keeps at this moment: all that was typed, and until when the clock has gone. */
  keptRun(): Promise<{ readonly typed: string; readonly endMs: number | undefined }> {
    return this.frame.evaluate(async () => {
      const database = await answerOf(indexedDB.open('drydock'));
      const transaction = database.transaction(['entries', 'runs']);
      const entries = answerOf(transaction.objectStore('entries').getAll());
      const [run] = await answerOf(transaction.objectStore('runs').getAll());
      const typed = (await entries).map(({ input }) => (input.kind === 'terminal.input' ? input.text : '')).join('');
      database.close();
      return { typed, endMs: run?.end?.timeMs };

      function answerOf<T>(request: IDBRequest<T>): Promise<T> {
        return new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      }
    });
  }

  /** Whether the clock's face shows the same for longer than a second. */
  async stands(): Promise<boolean> {
    const before = await this.clock.textContent();
    await this.page.waitForTimeout(1300);
    return (await this.clock.textContent()) === before;
  }

  async press(name: string | RegExp): Promise<void> {
    await this.frame.getByRole('button', { name }).first().click();
  }

  async sees(locator: Locator, text: string | RegExp): Promise<void> {
    await locator.filter({ hasText: text }).first().waitFor();
  }

  /** Replaces what the editor holds. */
  async write(text: string): Promise<void> {
    const editor = this.frame.locator('dd-editor .cm-content');
    await editor.click();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.page.keyboard.insertText(text);
  }

  /** What axe finds wrong with the page as it is now. */
  async flaws(): Promise<string[]> {
    // Evaluated from outside, so that the page's own policy stays as it is.
    await this.frame.evaluate(AXE);
    return this.frame.evaluate(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: axe puts itself on the window.
      const { violations } = await (window as any).axe.run(document, { resultTypes: ['violations'] });
      return violations.flatMap((rule: { id: string; nodes: { html: string; failureSummary: string }[] }) =>
        rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 160)} (${node.failureSummary})`),
      );
    });
  }
}

/** In the page: whether what is drawn of the bench's chosen terminal ends with a prompt, of a shell here or in a container. */
function isAtPrompt(bench: string): boolean {
  const rows = document.querySelectorAll(`${bench} dd-terminal[data-shown] .xterm-rows > *`);
  const lines = [...rows].map((row) => (row.textContent ?? '').trimEnd());
  return /[$#]$/.test(lines.findLast((line) => line !== '') ?? '');
}
