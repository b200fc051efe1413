import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Visit } from './visit.ts';

// A learner's way through the first lesson and the second.

const visit = (await Visit.begin())!;
const here = test.skipIf(visit === undefined);
const LESSON = 'lessons/pod-process-group/';
const PAUSE = 'lessons/pause-container/';

beforeAll(() => expect(visit).toBeDefined());
afterEach(() => visit?.leave());
afterAll(() => visit?.end());

here('apply, watch, exec: the terminal answers and the picture follows', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.prompt();
  await bench.sees(bench.picture, 'node-2');
  await bench.type('kubectl apply -f harbour.yaml');
  await bench.sees(bench.screen, 'pod/harbour created');
  await bench.type('kubectl get pods -w');
  await bench.sees(bench.screen, /harbour\s+0\/2\s+(Pending|ContainerCreating)/);
  await bench.sees(bench.screen, /harbour\s+2\/2\s+Running/);
  await bench.runs('harbour');
  expect(await bench.container('harbour', 'web').textContent()).toContain('running');
  expect(await bench.pod('harbour').locator('.cell').count()).toBe(3);
  await bench.page.keyboard.press('Control+c');
  await bench.type('clear; kubectl exec harbour -c web -- cat /etc/hostname');
  await bench.sees(bench.screen, /harbour\s*\S* ?\$/);
  await bench.sees(bench.page.locator('dd-check[goal=together]'), 'Done');
});

here('a shell in a container: line editing, Tab, Ctrl-C, and out again', async () => {
  const bench = await visit.open(await visit.reader(), 'playground/');
  await bench.type('kubectl run box --image=busybox:1.37 -- sleep 3600');
  await bench.runs('box');
  await bench.type('kubectl exec -it box -- sh');
  await bench.sees(bench.screen, '/ #');
  const { keyboard } = bench.page;
  await keyboard.type('echo helo');
  await keyboard.press('ArrowLeft');
  await keyboard.type('l');
  await keyboard.press('Enter');
  await bench.sees(bench.screen, /echo hello\s*hello/);
  await keyboard.type('cat /etc/hostn');
  await keyboard.press('Tab');
  await keyboard.press('Enter');
  await bench.sees(bench.screen, /cat \/etc\/hostname\s*box/);
  await keyboard.type('sleep 1000');
  await keyboard.press('Enter');
  await bench.interrupts('sleep 1000');
  await keyboard.type('echo after $?');
  await keyboard.press('Enter');
  await bench.sees(bench.screen, /after 130/);
  await keyboard.type('exit');
  await keyboard.press('Enter');
  await bench.sees(bench.screen, /exit\s*~ \$/);
});

here('text that comes without keys: from suggestions, emoji pickers and input methods', async () => {
  const bench = await visit.open(await visit.reader(), 'playground/');
  await bench.type('kubectl version');
  await bench.sees(bench.screen, 'Server Version');
  const { keyboard } = bench.page;
  await keyboard.type('echo ');
  await keyboard.insertText('quay 🚢');
  await keyboard.press('Enter');
  await bench.sees(bench.screen, /echo quay 🚢\s*quay 🚢/);
  await keyboard.type('echo ');
  const devTools = await bench.page.context().newCDPSession(bench.page);
  await devTools.send('Input.imeSetComposition', { text: 'ni hao', selectionStart: 6, selectionEnd: 6 });
  await devTools.send('Input.insertText', { text: '你好' });
  // A composition is taken over once the page has come to it.
  await bench.sees(bench.screen, 'echo 你好');
  await keyboard.press('Enter');
  await bench.sees(bench.screen, /echo 你好\s*你好/);
});

here('a terminal whose room has changed out of sight follows its output on a busy machine', async () => {
  const reader = await visit.reader();
  await reader.addInitScript(beBusy);
  const bench = await visit.open(reader, LESSON);
  await bench.answers(() => bench.type('seq 400'));
  await bench.press('New terminal');
  await bench.prompt();
  await bench.page.setViewportSize({ width: 1440, height: 820 });
  await bench.answers(() => bench.press('Run in the terminal: kubectl apply -f harbour.yaml'));
  await bench.sees(bench.screen, 'pod/harbour created');
});

here('who has gone up to read and then runs a command sees what it says', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.answers(() => bench.type('seq 400'));
  await bench.page.keyboard.press('Shift+PageUp');
  await bench.sees(bench.screen, '375');
  await bench.answers(() => bench.press('Run in the terminal: kubectl apply -f harbour.yaml'));
  await bench.sees(bench.screen, 'pod/harbour created');
});

here('what was done is there after a reload, on the screen and in the cluster', async () => {
  const reader = await visit.reader();
  const bench = await visit.open(reader, LESSON);
  await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await bench.runs('harbour');
  const address = await bench.pod('harbour').locator('.pod-ip').textContent();
  const time = (await bench.clock.textContent()) ?? '';
  const { endMs } = await bench.keptRun();
  await expect.poll(async () => (await bench.keptRun()).endMs).not.toBe(endMs);
  await bench.page.reload();
  await bench.runs('harbour');
  await bench.sees(bench.screen, 'pod/harbour created');
  expect(await bench.pod('harbour').locator('.pod-ip').textContent()).toBe(address);
  expect(((await bench.clock.textContent()) ?? '') >= time).toBe(true);
  await bench.sees(bench.page.locator('dd-check[goal=together]'), 'Done');
  await bench.type('kubectl get pods');
  await bench.sees(bench.screen, /harbour\s+2\/2\s+Running/);
});

here('killing pause gives the Pod a new sandbox and a new address', async () => {
  const bench = await visit.open(await visit.reader(), PAUSE);
  await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await bench.runs('harbour');
  const address = await bench.pod('harbour').locator('.pod-ip').textContent();
  expect(address).toMatch(/^10\.244\./);
  await bench.container('harbour', 'web').getByRole('button').click();
  await bench.press('Kill this process: web');
  await bench.sees(bench.container('harbour', 'web'), 'restarted 1×');
  expect(await bench.pod('harbour').locator('.pod-ip').textContent()).toBe(address);
  await bench.press('Kill this process: pause');
  // clerk does not heed the request to stop: the grace period passes, ten times as fast.
  await bench.page.getByLabel('Speed').selectOption('10');
  await bench.sees(bench.container('harbour', 'clerk'), 'restarted 1×');
  await bench.runs('harbour');
  expect(await bench.pod('harbour').locator('.pod-ip').textContent()).not.toBe(address);
  await bench.sees(bench.page.locator('dd-check[goal=new-sandbox]'), 'Done');
  await bench.page.getByRole('button', { name: 'Events', exact: true }).click();
  await bench.sees(bench.page.locator('dd-inspector'), 'SandboxChanged');
});

here('who looks for a program that is not here is told what to do instead', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.type('docker ps');
  await bench.sees(bench.screen, 'Containers run in Pods');
  await bench.type('man kubectl || echo status $?');
  await bench.sees(bench.screen, /There are no manual pages.*status 127|status 127.*There are no manual pages/s);
  // What is here is not answered for.
  await bench.type("ssh node-1 'echo here is $(hostname)'");
  await bench.sees(bench.screen, 'here is node-1');
});

here('the clock can be stopped, hurried, and sent to the next event', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.prompt();
  await bench.page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect.poll(() => bench.stands()).toBe(true);
  const stopped = await bench.clock.textContent();
  await bench.page.getByRole('button', { name: 'Play' }).click();
  await bench.page.getByLabel('Speed').selectOption('100');
  // Six minutes: longer than is waited for them, so that no clock that keeps pace with ours gets there.
  await expect.poll(async () => seconds(await bench.clock.textContent()) - seconds(stopped)).toBeGreaterThan(360);
  await bench.page.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect.poll(() => bench.stands()).toBe(true);
  const hurried = await bench.clock.textContent();
  await bench.press('Next event');
  await bench.sees(bench.page.locator('.clock-note'), 'Nothing happened in the next ten minutes');
  expect(seconds(await bench.clock.textContent()) - seconds(hurried)).toBeGreaterThanOrEqual(600);
});

here('words in the text light what they speak of, and open it', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await bench.runs('harbour');
  const words = bench.page.locator('dd-lit[of="container harbour pause"]').first();
  await words.hover();
  expect(await bench.container('harbour', 'pause').getAttribute('data-lit')).toBe('');
  await words.click();
  await bench.sees(bench.page.locator('dd-inspector [data-chosen]'), 'pause');
});

here('a question is answered before it is told', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  const question = bench.page.locator('dd-predict').first();
  await question.getByRole('button').click();
  await bench.sees(question, 'Choose one first');
  await question.getByLabel('One on each machine').check();
  await question.getByRole('button').click();
  await bench.sees(question, 'Not this time. It is: Both on the same machine');
});

here('a check of understanding may be tried again, and stays passed in every language', async () => {
  const reader = await visit.reader();
  const bench = await visit.open(reader, LESSON);
  const question = bench.page.locator('dd-predict[quiz]').first();
  const answer = question.locator('.predict-answer');
  const right = question.locator(`input[value="${await question.getAttribute('answer')}"]`);
  const check = question.getByRole('button', { name: 'Check' });
  await question.getByLabel('Both serve').check();
  await check.click();
  await bench.sees(question, 'That is not it. Choose again');
  expect(await answer.isVisible()).toBe(false);
  await question.getByRole('button', { name: 'Show the answer' }).click();
  await bench.sees(question, 'Not this time. It is: The second cannot take the port');
  expect(await answer.evaluate((element) => element === document.activeElement)).toBe(true);
  await right.check();
  await check.focus();
  await bench.page.keyboard.press('Enter');
  await bench.sees(question, 'You saw it coming');
  expect(await question.getByRole('button').count()).toBe(0);
  expect(await answer.evaluate((element) => element === document.activeElement)).toBe(true);
  await bench.page.reload();
  await bench.sees(question, 'You have passed this before');
  expect(await right.isChecked()).toBe(true);
  expect(await answer.isVisible()).toBe(true);
  const chinese = await visit.open(reader, `zh/${LESSON}`);
  await chinese.sees(chinese.page.locator('dd-predict[quiz]').first(), '这道题你以前答对过');
});

here('what is typed while a run begins anew is typed into its shell', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.type('echo from the first run');
  await bench.sees(bench.screen, /from the first run.*from the first run/s);
  await bench.press('Start over');
  await bench.page.getByRole('dialog').getByRole('button', { name: 'Yes, start over' }).click();
  await bench.frame.locator('dd-terminal[data-shown] .xterm-helper-textarea').focus();
  await bench.page.keyboard.type('echo $((6*7)) in the next');
  await bench.page.keyboard.press('Enter');
  await bench.sees(bench.screen, '42 in the next');
  expect(await bench.screen.innerText()).not.toContain('from the first run');
});

here('the second tab says so, and may take the lesson over', async () => {
  const reader = await visit.reader();
  const first = await visit.open(reader, LESSON);
  await first.prompt();
  await first.type('echo from the first tab');
  const second = await visit.open(reader, LESSON);
  await second.sees(second.notice, 'open in another tab');
  for (const hand of ['Pause', 'Next event'])
    expect(await second.page.getByRole('button', { name: hand, exact: true }).isEnabled(), hand).toBe(false);
  expect(await second.page.getByRole('slider').isEnabled()).toBe(false);
  await second.sees(second.page.locator('.terminal-wait'), 'open in another tab');
  // What the text has one press asks, too, and does nothing when it is to stay there.
  const dialog = second.page.getByRole('dialog');
  await second.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await second.sees(dialog, 'open in another tab');
  await dialog.getByRole('button', { name: 'Leave it there' }).click();
  await second.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await dialog.getByRole('button', { name: 'Move it here' }).click();
  await second.sees(second.screen, 'pod/harbour created');
  await second.sees(second.screen, 'from the first tab');
  await first.sees(first.notice, 'open in another tab');
  // Starting over takes the lesson along: two tabs would write on one run.
  await first.press('Start over');
  await first.press('Yes, start over');
  await second.sees(second.notice, 'open in another tab');
  await first.prompt();
});

here('what cannot be brought back is kept aside, and one may start over', async () => {
  const reader = await visit.reader();
  const bench = await visit.open(reader, LESSON);
  await bench.type('echo hello');
  await bench.kept('echo hello');
  await bench.page.goto(visit.url);
  await bench.page.evaluate(damage);
  await bench.page.goto(`${visit.url}/${LESSON}`);
  await bench.sees(bench.notice, 'cannot be brought back');
  const [download] = await Promise.all([bench.page.waitForEvent('download'), bench.press('Download what was left')]);
  expect(download.suggestedFilename()).toBe('drydock-lesson-pod-process-group.json');
  await bench.notice.getByRole('button', { name: 'Start over' }).click();
  await bench.prompt();
  await bench.sees(bench.picture, 'node-1');
});

function seconds(time: string | null): number {
  const [hours = 0, minutes = 0, rest = 0] = (time ?? '').split(':').map(Number);
  return (hours * 60 + minutes) * 60 + rest;
}

/** In the page: it learns late what has come into sight, and is never idle before, as on a busy machine. */
function beBusy(): void {
  const LATE_MS = 500;
  const whenIdle = window.requestIdleCallback;
  window.requestIdleCallback = (run) => window.setTimeout(() => whenIdle(run), LATE_MS);
  const Prompt = IntersectionObserver;
  window.IntersectionObserver = class extends Prompt {
    constructor(tell: IntersectionObserverCallback, options?: IntersectionObserverInit) {
      super((entries, observer) => {
        const seen = entries.some((entry) => entry.isIntersecting);
        setTimeout(() => tell(entries, observer), seen ? LATE_MS : 0);
      }, options);
    }
  };
}

/** Makes the kept run one that no engine ever wrote. */
function damage(): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.open('drydock');
    request.onsuccess = () => {
      const transaction = request.result.transaction('entries', 'readwrite');
      const entry = { timeMs: 20_000, step: 3, input: { kind: 'terminal.input', terminal: '1', text: 'x' } };
      transaction.objectStore('entries').put(entry, ['lesson/pod-process-group', 9999]);
      transaction.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });
}

here('words are found in what the terminal has shown', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.prompt();
  await bench.answers(() => bench.type('seq 1 400'));
  await bench.page.keyboard.press('Control+Shift+F');
  await bench.page.keyboard.type('137');
  await bench.sees(bench.screen, '137');
  await bench.page.keyboard.type('0');
  await bench.sees(bench.page.locator('.terminal-search'), 'Not on the screen');
  await bench.page.keyboard.press('Escape');
  await bench.page.keyboard.type('echo back');
  await bench.page.keyboard.press('Enter');
  await bench.sees(bench.screen, /back.*back/s);
});
