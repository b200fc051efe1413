import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../../lessons/browser/chromium.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { findBinary } from './testing/kubectl-binary.ts';
import { serveCluster, until } from './testing/serve.ts';

// A page that nginx serves in a simulated Pod, in a real browser.

const served = await serveCluster();
const browser = await launchChromium();
const home = mkdtempSync(join(tmpdir(), 'drydock-browser-'));
afterAll(async () => {
  await browser?.close();
  await served.close();
  rmSync(home, { recursive: true });
});

const NAMESPACE = '/api/v1/namespaces/default';
const INDEX = '<title>Front</title><h1>Shipped</h1><img src="/logo.svg"><a href="/more.html">more</a>';
const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"/>';

beforeAll(async () => {
  const data = { 'index.html': INDEX, 'more.html': '<h1>More</h1>', 'logo.svg': LOGO };
  await served.request('POST', `${NAMESPACE}/configmaps`, { metadata: { name: 'site' }, data });
  const container = {
    name: 'nginx',
    image: 'nginx:1.29',
    ports: [{ containerPort: 80 }],
    volumeMounts: [{ name: 'site', mountPath: '/usr/share/nginx/html' }],
  };
  const spec = { containers: [container], volumes: [{ name: 'site', configMap: { name: 'site' } }] };
  await served.request('POST', `${NAMESPACE}/pods`, { metadata: { name: 'web' }, spec });
  await until(
    () => served.request('GET', `${NAMESPACE}/pods/web/log`),
    ({ text }) => text.includes('start worker process'),
  );
});

/** What a browser shows of a page: heading, picture's width, and the heading behind its link. */
async function visit(url: string): Promise<readonly unknown[]> {
  const page = await browser!.newPage();
  onTestFinished(() => page.close());
  await page.goto(url);
  const heading = await page.textContent('h1');
  const width = await page.evaluate('document.querySelector("img").naturalWidth');
  await page.click('text=more');
  await page.waitForFunction('document.querySelector("h1").textContent === "More"');
  return [heading, width, await page.textContent('h1')];
}

test('Chromium reaches a Pod through kubectl port-forward', async (context) => {
  const kubectl = findBinary('kubectl');
  if (browser === undefined) return context.skip('no Chromium on this machine');
  if ('missing' in kubectl) return context.skip(`no kubectl: ${kubectl.missing}`);
  const kubeconfig = join(home, 'config');
  writeKubeconfig(served.url, served.port, kubeconfig);
  const env = { ...process.env, HOME: home, KUBECONFIG: kubeconfig };
  const child = spawn(kubectl.path, ['port-forward', 'pod/web', ':80'], { env });
  onTestFinished(() => {
    child.kill();
  });
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  const port = await until(
    () => /127\.0\.0\.1:(\d+)/.exec(said)?.[1],
    (found) => found !== undefined,
  );
  expect(await visit(`http://127.0.0.1:${port}/`)).toEqual(['Shipped', 40, 'More']);
});

test('Chromium reaches a Pod through the API server, whose links lead back through it', async (context) => {
  if (browser === undefined) return context.skip('no Chromium on this machine');
  expect(await visit(`${served.url}${NAMESPACE}/pods/web/proxy`)).toEqual(['Shipped', 40, 'More']);
});
