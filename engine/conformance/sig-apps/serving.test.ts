import { expect, test } from 'vitest';
import { Testbed } from '../../testing/scenarios/testbed.ts';

// Replicas that serve, each its own name. After test/e2e/apps/replica_set.go and rc.go, which ask through the API server
// what a node asks here.

const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.59';
const REPLICAS = 2;

function expectServed(manifest: string, controller: string): void {
  const bed = new Testbed();
  bed.apply(manifest);
  bed.until(`${REPLICAS} replicas`, () => {
    return bed.kubectl('get', controller, '-o', 'jsonpath={.status.readyReplicas}') === String(REPLICAS);
  });
  const columns = 'jsonpath={range .items[*]}{.metadata.name} {.status.podIP}{"\\n"}{end}';
  const pods = bed.kubectl('get', 'pods', '-l', 'name=basic', '-o', columns).trim().split('\n');
  expect(pods).toHaveLength(REPLICAS);
  for (const pod of pods) {
    const [name, address] = pod.split(' ');
    expect(bed.run('node-1', 'curl', '-s', `http://${address}:9376/`).stdout).toBe(name);
  }
}

const SPEC = `  replicas: ${REPLICAS}
  template:
    metadata: {labels: {name: basic}}
    spec:
      containers: [{name: basic, image: "${AGNHOST}", args: [serve-hostname], ports: [{containerPort: 9376}]}]
`;

test('Replica Set, run basic image', () => {
  const head = 'apiVersion: apps/v1\nkind: ReplicaSet\nmetadata: {name: basic}\nspec:\n';
  expectServed(`${head}  selector: {matchLabels: {name: basic}}\n${SPEC}`, 'replicaset/basic');
});

test('Replication Controller, run basic image', () => {
  const head = 'apiVersion: v1\nkind: ReplicationController\nmetadata: {name: basic}\nspec:\n';
  expectServed(`${head}  selector: {name: basic}\n${SPEC}`, 'replicationcontroller/basic');
});
