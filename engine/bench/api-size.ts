import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { KINDS } from '../api/kind-list.ts';
import { SCHEMA } from '../api/schema/generated/schema.ts';
import { Etcd } from '../etcd/index.ts';
import { createApiServer } from '../kube-apiserver/index.ts';
import { Simulation } from '../sim/index.ts';

// What the API server weighs: memory for its objects, and bytes of its code in the browser.
// `node --expose-gc engine/bench/api-size.ts`

const PODS = [5_000, 10_000];

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

function pod(index: number) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `web-${index}`, labels: { app: 'web' } },
    spec: { nodeName: `node-${index % 100}`, containers: [{ name: 'web', image: 'nginx:1.29' }] },
  };
}

function measureMemory(pods: number): void {
  const before = heapBytes();
  const sim = new Simulation({ seed: 'bench' });
  const options = { sim, etcd: new Etcd(sim), kinds: KINDS, dialNode: () => undefined, serverVersion: 'v1.36.2' };
  const { handle } = createApiServer(options);
  const accounts = '/api/v1/namespaces/default/serviceaccounts';
  handle({ method: 'POST', path: accounts, body: { metadata: { name: 'default' } } });
  const empty = heapBytes();
  const path = '/api/v1/namespaces/default/pods';
  for (let index = 0; index < pods; index++) {
    const { status } = handle({ method: 'POST', path, body: pod(index) });
    if (status !== 201) throw new Error(`Pod ${index}: ${status}`);
  }
  const full = heapBytes();
  console.log(`an empty API server: ${megabytes(empty - before)}`);
  console.log(`${pods} Pods as created, with etcd's history and the trace: ${megabytes(full - empty)}`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

async function measureBundle(): Promise<void> {
  const contents = `
    export { KINDS } from './api/kind-list.ts';
    export { Etcd } from './etcd/index.ts';
    export { createApiServer } from './kube-apiserver/index.ts';
    export { Simulation } from './sim/index.ts';`;
  const resolveDir = new URL('..', import.meta.url).pathname;
  const result = await build({
    stdin: { contents, resolveDir, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const [output] = Object.values(result.metafile.outputs);
  const part = (pattern: RegExp) =>
    Object.entries(output!.inputs).reduce(
      (sum, [name, { bytesInOutput }]) => sum + (pattern.test(name) ? bytesInOutput : 0),
      0,
    );
  const code = result.outputFiles[0]!.contents;
  console.log(
    `API server with etcd, kinds and schema: ${kilobytes(code.length)}, ${kilobytes(gzipSync(code, { level: 9 }).length)} gz`,
  );
  console.log(
    `  of which kinds ${kilobytes(part(/\/?api\/(?!schema)/))}, schema ${kilobytes(part(/api\/schema/))}, packages ${kilobytes(part(/node_modules/))}`,
  );
  // The aim for the core schema is 25 KB; descriptions are loaded when somebody asks for them.
  const schema = gzipSync(JSON.stringify(SCHEMA), { level: 9 }).length;
  console.log(`  the schema by itself: ${(schema / 1000).toFixed(1)} KB gz`);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KiB`;
}

for (const pods of PODS) measureMemory(pods);
await measureBundle();
