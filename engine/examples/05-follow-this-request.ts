import { createCluster, type RequestPath } from '../index.ts';

// The way of a request through a Service, rule by rule, and where another one dies:
// `node engine/examples/05-follow-this-request.ts`

function show(request: RequestPath): void {
  const { source, destination, lookups, hops, choice, outcome } = request;
  console.log(`${source.address}:${source.port} -> ${destination.address}:${destination.port}: ${outcome.kind}`);
  for (const { name, code, tookMs } of lookups) console.log(`  asked for ${name}: ${code} after ${tookMs} ms`);
  for (const { place, arrivedMs, inInterface, hooks, route } of hops) {
    const by = inInterface === undefined ? '' : ` by ${inInterface}`;
    console.log(`  ${place.kind} ${place.name}${by}, after ${arrivedMs} ms`);
    for (const { hook, rules, destination: to } of hooks) {
      console.log(`    ${hook} -> ${to.address}:${to.port}`);
      for (const { table, chain, number, text, packets } of rules)
        console.log(`      ${table} ${chain} ${number} [${packets}] ${text}`);
    }
    if (route !== undefined) console.log(`    out by ${route.outInterface} to ${route.to?.name ?? 'nobody'}`);
  }
  if (choice !== undefined) {
    const chances = choice.candidates.map(({ comment, probability }) => `${comment} (${probability.toFixed(3)})`);
    console.log(`  chosen by ${choice.reason} among ${chances.join(', ')}`);
  }
  if (outcome.kind === 'failed') console.log(`  ${outcome.reason}: ${outcome.message}`);
}

const cluster = createCluster({ seed: 'example' });
const kubectl = (...args: string[]) => cluster.run('workstation', ['kubectl', ...args], 60_000);

kubectl('create', 'deployment', 'web', '--image=nginx:1.29', '--replicas=3');
kubectl('expose', 'deployment', 'web', '--port=80');
kubectl('run', 'box', '--image=busybox:1.37', '--', 'sleep', '100000');
cluster.sim.runFor(20_000);

// What has been sent is remembered.
kubectl('exec', 'box', '--', 'wget', '-qO-', 'http://web');
for (const request of cluster.requests({ command: 'wget', protocol: 'tcp' })) show(request);

// What would be sent is tried in a second cluster, so that this one does not change.
show(cluster.followRequest({ from: { pod: 'box' }, host: 'web', port: 81, timeoutMs: 2000 }));
