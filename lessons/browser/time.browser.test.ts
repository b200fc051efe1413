import { afterAll, afterEach, expect, test } from 'vitest';
import { Visit } from './visit.ts';

// The cluster's time, and what can be seen of it: going back, going on from there, causes, etcd, a state by link.

const visit = (await Visit.begin())!;
const here = test.skipIf(visit === undefined);
const LESSON = 'lessons/pod-process-group/';

afterEach(() => visit?.leave());
afterAll(() => visit?.end());

async function withDeployment() {
  const bench = await visit.open(await visit.reader(), 'playground/');
  await bench.type('kubectl create deployment web --image=nginx:1.29');
  await bench.page.locator('dd-cluster .pod[data-pod^=web][data-tone=good]').waitFor();
  return bench;
}

here('going back shows the cluster as it was; typing is always in the present', async () => {
  const bench = await withDeployment();
  const pod = bench.page.locator('dd-cluster .room > .pods .pod');
  await bench.tab('History').click();
  await bench.page.locator('dd-history li', { hasText: 'kubectl create' }).getByRole('button').click();
  await bench.sees(bench.page.locator('.past'), 'You are looking at');
  await pod.waitFor({ state: 'detached' });
  await bench.press('Back to now');
  await pod.waitFor();
  await bench.page.locator('dd-history li', { hasText: 'kubectl create' }).getByRole('button').click();
  await pod.waitFor({ state: 'detached' });
  await bench.tab('Terminal').click();
  await bench.type('echo present');
  await pod.waitFor();
  expect(await bench.page.locator('.past').isVisible()).toBe(false);
});

here('one may go on from a moment of the past', async () => {
  const bench = await withDeployment();
  await bench.tab('History').click();
  await bench.page.locator('dd-history li', { hasText: 'Scheduled' }).getByRole('button').click();
  await bench.sees(bench.page.locator('.past'), 'You are looking at');
  const late = await bench.clock.textContent();
  await bench.press('Go on from here');
  await bench.page.locator('dd-cluster .pod[data-pod^=web]').first().waitFor();
  await bench.page.locator('.past').waitFor({ state: 'hidden' });
  expect((await bench.clock.textContent())! < late!).toBe(true);
  await bench.page.locator('dd-cluster .pod[data-pod^=web][data-tone=good]').waitFor();
});

here('objects hang below their owners, say why they are there, and etcd shows their keys', async () => {
  const bench = await withDeployment();
  await bench.tab('Objects').click();
  const outline = bench.page.locator('dd-outline');
  await bench.sees(outline, 'Deployment web 1/1');
  await outline.getByRole('button', { name: /^Pod web-/ }).click();
  await bench.press('Why');
  await bench.sees(
    bench.page.locator('dd-inspector'),
    /was made by replicaset-controller.*Deployment web was made by kubectl/s,
  );
  await bench.tab('etcd').click();
  const keys = bench.page.locator('dd-etcd');
  await keys.getByRole('button', { name: /pods\/default\/web-/ }).click();
  await bench.sees(keys.locator('.yaml'), 'kind: Pod');
  expect(await bench.flaws()).toEqual([]);
});

here('a state goes into a link, and comes out of it on another device', async () => {
  const bench = await visit.open(await visit.reader(), LESSON);
  await bench.press('Run in the terminal: kubectl apply -f harbour.yaml');
  await bench.runs('harbour');
  await bench.press(/^Share$/);
  await bench.press('Copy a link');
  await bench.sees(bench.page.locator('dialog[open]'), 'on the clipboard');
  const link = await bench.page.evaluate(() => navigator.clipboard.readText());
  const other = await visit.open(await visit.reader(), link.slice(visit.url.length + 1));
  await other.press('Bring it here');
  await other.runs('harbour');
  expect(new URL(other.page.url()).hash).toBe('');
});

here('a link that is damaged, or for another lesson, is refused and the lesson goes on', async () => {
  for (const fragment of ['#run=AAAA', '#run=%20', `#run=${'x'.repeat(100)}`]) {
    const bench = await visit.open(await visit.reader(), LESSON + fragment);
    await bench.sees(bench.page.locator('dialog[open]'), 'cannot be used');
    await bench.press('Go on without it');
    await bench.prompt();
  }
});

here('the way of a request is drawn through node, Service and Pod, and told rule by rule', async () => {
  const bench = await visit.open(await visit.reader(), 'lessons/behind-the-address/');
  await bench.prompt();
  await bench.answers(() => bench.type('kubectl apply -f shop.yaml && kubectl rollout status deployment shop'));
  await bench.answers(() => bench.type('kubectl run asker --image=busybox:1.37 -- sleep 1000'));
  await bench.runs('asker');
  await bench.answers(() => bench.type('kubectl exec asker -- wget -qO- http://shop/hostname'));
  await bench.tab('Requests').click();
  const requests = bench.page.locator('dd-bench dd-requests');
  await requests.getByRole('button', { name: /asker → shop\.default\.svc\.cluster\.local:80 connected/ }).click();
  await bench.sees(requests.locator('.stops'), /Pod asker.*Node node-\d.*Service shop.*Pod shop-/);
  await requests
    .getByText(/rules fitted/)
    .first()
    .click();
  await bench.sees(requests.locator('.rules'), '-j DNAT --to-destination');
  // One number a stop; the Pod that answers may be on another node, which is a stop too.
  const stops = await requests.locator('.stops > li').count();
  expect(await bench.page.locator('.request-way g').count()).toBe(stops);
  await requests.locator('.request').click();
  expect(await bench.page.locator('.request-way g').count()).toBe(0);
});
