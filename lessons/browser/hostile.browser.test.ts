import { afterAll, afterEach, expect, test } from 'vitest';
import { Visit } from './visit.ts';

// Bad input: the page stays alive, says what is the matter, and loses nothing.

const visit = (await Visit.begin())!;
const here = test.skipIf(visit === undefined);
const LESSON = 'lessons/pod-process-group/';

afterEach(() => visit?.leave());
afterAll(() => visit?.end());

here('a paste of 10 MB is refused in a sentence', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.prompt();
  await bench.page.locator('.xterm-helper-textarea').focus();
  await bench.page.evaluate(() => navigator.clipboard.writeText('x'.repeat(10_000_000)));
  await bench.page.keyboard.press('Control+v');
  await bench.sees(bench.page.locator('dd-terminal'), 'That paste is 10.0 MB');
  await bench.type('echo alive');
  await bench.sees(bench.screen, /alive.*alive/s);
});

here('a paste of a few lines arrives', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.prompt();
  await bench.page.locator('.xterm-helper-textarea').focus();
  await bench.page.evaluate(() => navigator.clipboard.writeText('echo pasted'));
  await bench.page.keyboard.press('Control+Shift+v');
  await bench.sees(bench.screen, 'echo pasted');
});

here('escape sequences neither type, nor rename the page, nor open anything', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  const title = await bench.page.title();
  await bench.type(
    "printf '\\033]0;pwned\\007\\033[c\\033[6n\\033[5n\\033]11;?\\007\\033[>q\\033P$q\"p\\033\\\\'; echo end",
  );
  await bench.sees(bench.screen, /end/);
  // What a sequence had typed would stand before this line.
  await bench.answers(() => bench.type("printf '\\033]8;;https://example.com/\\007link\\033]8;;\\007\\n'"));
  expect(await bench.page.title()).toBe(title);
  expect(await bench.screen.textContent()).not.toMatch(/\?1;2c|rgb:|XTerm/);
  await bench.page.locator('dd-terminal .screen').click({ position: { x: 30, y: 40 } });
  expect(bench.page.context().pages()).toHaveLength(1);
  await bench.press('Clean the screen');
  await bench.type('echo clean');
  await bench.sees(bench.screen, /clean.*clean/s);
});

here('a flood of output and an endless loop leave the page alive', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.type('yes');
  await bench.sees(bench.screen, /^(y\s*){10,}$/);
  await bench.page.getByLabel('Theme').selectOption('dark');
  await bench.page.locator('.xterm-helper-textarea').focus();
  await bench.page.keyboard.press('Control+c');
  await bench.type('echo endless; while true; do :; done');
  await bench.sees(bench.screen, /endless.*endless/s);
  await bench.page.keyboard.press('Control+c');
  await bench.type('clear; echo still here');
  await bench.sees(bench.screen, /still here\s*\S* ?\$/);
});

here('without locks, on an origin that is not secure, two tabs leave each other’s run alone', async () => {
  const reader = await visit.reader();
  await reader.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });
    document.addEventListener('test-deaf', () => {
      BroadcastChannel.prototype.postMessage = () => {};
    });
  });
  const first = await visit.open(reader, LESSON);
  await first.type('echo one');
  await first.kept('echo one');
  const second = await visit.open(reader, LESSON);
  await second.sees(second.notice, 'open in another tab');
  await second.press('Move it here');
  await second.type('echo two');
  await second.kept('echo two');
  await first.sees(first.notice, 'open in another tab');
  // A tab that answers nobody, as one that was frozen: it may not write over what was done since.
  await second.page.evaluate(() => document.dispatchEvent(new Event('test-deaf')));
  const third = await visit.open(reader, LESSON);
  await third.type('echo three');
  await third.kept('echo three');
  await second.page.locator('.xterm-helper-textarea').focus();
  await second.page.keyboard.type('echo late');
  await second.sees(second.notice, 'open in another tab');
  const { typed } = await third.keptRun();
  expect(typed).toMatch(/echo one\recho two\recho three\r$/);
  await third.page.reload();
  await third.sees(third.screen, /one.*two.*three/s);
});

here('markup in a name stays text', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.type('kubectl create namespace "<img src=x onerror=alert(1)>"');
  await bench.sees(bench.screen, /invalid|error/i);
  await bench.type("echo '<img src=x onerror=alert(2)>'");
  await bench.sees(bench.screen, '<img src=x onerror=alert(2)>');
  expect(await bench.page.locator('dd-bench img').count()).toBe(0);
});

here('a file that is too large is refused in a sentence', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.prompt();
  await bench.tab('Files').click();
  await bench.write('# '.concat('x'.repeat(2_000_000)));
  await bench.sees(bench.page.locator('dd-editor'), 'more than the 1 MB');
});

here('an engine that cannot be loaded is told in a sentence, with a way on', async () => {
  const reader = await visit.reader();
  await reader.route('**/engine.worker*.js', (route) => route.abort());
  const bench = await visit.open(reader, LESSON);
  await bench.sees(bench.notice, 'The cluster has stopped, through a fault of Drydock');
  await reader.unroute('**/engine.worker*.js');
  await bench.press('Go back to before your last action');
  await bench.prompt();
  expect(await bench.notice.isVisible()).toBe(false);
  visit.complaints.length = 0;
});

here('what has not come yet is said in the terminal; letters show at once and the command waits', async () => {
  const reader = await visit.reader();
  const come = Promise.withResolvers<void>();
  await reader.route('**/late-kubectl*.js', async (route) => {
    await come.promise;
    await route.continue();
  });
  const bench = await visit.open(reader, LESSON);
  const wait = bench.page.locator('.terminal-wait');
  await bench.sees(wait, 'kubectl and the other tools are on their way');
  await bench.type('kubectl get nodes');
  await bench.sees(bench.screen, 'kubectl get nodes');
  expect(await bench.flaws()).toEqual([]);
  come.resolve();
  await bench.sees(bench.screen, 'control-plane');
  await wait.waitFor({ state: 'hidden' });
});

here('an engine that breaks down in the middle is told, and all but the last action comes back', async () => {
  const reader = await visit.reader();
  await reader.addInitScript(() => {
    globalThis.Worker = class extends Worker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        document.addEventListener('test-breakdown', () => {
          this.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
        });
      }
    };
  });
  const bench = await visit.open(reader, LESSON);
  await bench.type('kubectl create namespace first');
  await bench.sees(bench.screen, 'namespace/first created');
  await bench.type('kubectl create namespace second');
  await bench.sees(bench.screen, 'namespace/second created');
  await bench.kept('kubectl create namespace second');
  await bench.page.evaluate(() => document.dispatchEvent(new Event('test-breakdown')));
  await bench.sees(bench.notice, 'The cluster has stopped, through a fault of Drydock and not of yours');
  await bench.sees(bench.notice, 'out of memory');
  await bench.press('Go back to before your last action');
  await bench.notice.waitFor({ state: 'hidden' });
  await bench.sees(bench.screen, 'namespace/first created');
  await bench.type('kubectl get namespaces second');
  await bench.sees(bench.screen, '"second" not found');
});

here('a full disk is told of when the lesson begins, and one may work, undo and start over', async () => {
  const reader = await visit.reader();
  await reader.addInitScript(fillDisk);
  const bench = await visit.open(reader, LESSON);
  await bench.sees(bench.notice, 'does not let us keep your work');
  await bench.type('kubectl get nodes');
  await bench.sees(bench.screen, 'node-2');
  await bench.press('Start over');
  await bench.press('Yes, start over');
  await bench.promptAfter('node-2');
  await bench.type('echo anew');
  await bench.sees(bench.screen, /anew.*anew/s);
  await bench.sees(bench.notice, 'does not let us keep your work');
});

here('a disk that fills up in the middle is told of, and what was kept before is there', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.type('echo kept');
  await bench.sees(bench.screen, /kept.*kept/s);
  await bench.kept('echo kept');
  await bench.page.evaluate(fillDisk);
  await bench.type('echo lost');
  await bench.sees(bench.notice, 'does not let us keep your work');
  await bench.page.reload();
  await bench.sees(bench.screen, /kept.*kept/s);
});

here('a lesson that has changed goes on as it was begun, says so, and may be had anew', async () => {
  const reader = await visit.reader();
  const bench = await visit.open(reader, LESSON);
  await bench.type('echo begun');
  await bench.sees(bench.screen, /begun.*begun/s);
  await bench.kept('echo begun');
  await reader.route(`${visit.url}/${LESSON}`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: (await response.text()).replaceAll('nginx:1.29', 'nginx:1.28') });
  });
  await bench.page.reload();
  await bench.sees(bench.notice, 'has changed since you began');
  await bench.sees(bench.screen, /begun.*begun/s);
  await bench.type('grep nginx harbour.yaml');
  await bench.sees(bench.screen, 'image: nginx:1.29');
  await bench.press('Go on with them');
  expect(await bench.notice.isVisible()).toBe(false);
  await bench.page.reload();
  await bench.notice.getByRole('button', { name: 'Start over' }).click();
  await bench.promptAfter('begun');
  await bench.type('grep nginx harbour.yaml');
  await bench.sees(bench.screen, 'image: nginx:1.28');
  expect(await bench.notice.isVisible()).toBe(false);
});

here('a browser that keeps nothing is told of, and everything else works', async () => {
  const reader = await visit.reader();
  await reader.addInitScript(() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined }));
  const bench = await visit.open(reader, LESSON);
  await bench.sees(bench.notice, 'does not let us keep your work');
  await bench.type('kubectl get nodes');
  await bench.sees(bench.screen, 'node-2');
});

/** From now on the device takes nothing more. */
function fillDisk(): void {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...given) {
    const request = put.apply(this, given);
    const { transaction } = this;
    queueMicrotask(() => transaction.error === null && transaction.abort());
    return request;
  };
}
