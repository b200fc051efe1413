import { expect, test } from 'vitest';
import type { Container } from '../../api/kinds.ts';
import { isReady, type NodeFixture } from '../../kubelet/testing/node-fixture.ts';
import { podOf, sh, startNode } from '../testing/pod-runner.ts';

function start(container: Partial<Container>): NodeFixture {
  const node = startNode();
  node.run('pod', podOf(container, { restartPolicy: 'Always', terminationGracePeriodSeconds: 1 }));
  node.untilPhase('pod', 'Running');
  return node;
}

const restarts = (node: NodeFixture) => node.pod('pod').status?.containerStatuses?.[0]?.restartCount ?? 0;

/** Whether the container is ever restarted within four minutes. */
function isRestarted(container: Partial<Container>): boolean {
  const node = start(container);
  node.sim.runFor(240_000);
  return restarts(node) > 0;
}

const file = { exec: { command: ['cat', '/tmp/health'] }, initialDelaySeconds: 15, failureThreshold: 1 };
const http = { httpGet: { path: '/', port: 8080 }, initialDelaySeconds: 15, failureThreshold: 1 };

test('Pod liveness probe, using local file, restart', () => {
  const script = sh('echo ok > /tmp/health; sleep 10; rm -f /tmp/health; sleep 600');
  expect(isRestarted({ ...script, livenessProbe: file })).toBe(true);
});

test('Pod liveness probe, using local file, no restart', () => {
  expect(isRestarted({ ...sh('echo ok > /tmp/health; sleep 3600'), livenessProbe: file })).toBe(false);
});

test('Pod liveness probe, using http endpoint, restart', () => {
  expect(isRestarted({ image: 'tools:1', command: ['serve', '8080', '/nothing'], livenessProbe: http })).toBe(true);
});

test('Pod liveness probe, using http endpoint, failure', () => {
  expect(isRestarted({ image: 'tools:1', command: ['serve', '8080'], livenessProbe: http })).toBe(false);
});

test('Pod liveness probe, using http endpoint, multiple restarts (slow)', () => {
  const livenessProbe = { ...http, initialDelaySeconds: 5, periodSeconds: 5 };
  const node = start({ image: 'tools:1', command: ['serve', '8080', '/nothing'], livenessProbe });
  let last = 0;
  node.until(() => {
    expect(restarts(node)).toBeGreaterThanOrEqual(last);
    last = restarts(node);
    return last >= 5;
  }, 600_000);
});

test('Pod liveness probe, using tcp socket, no restart', () => {
  const livenessProbe = { tcpSocket: { port: 8080 }, initialDelaySeconds: 15, failureThreshold: 1 };
  expect(isRestarted({ image: 'tools:1', command: ['serve', '8080'], livenessProbe })).toBe(false);
});

test('Pod liveness probe, using grpc call, success', () => {
  const livenessProbe = { grpc: { port: 5000 }, initialDelaySeconds: 10, failureThreshold: 1 };
  expect(isRestarted({ image: 'tools:1', command: ['health', '5000', '3600'], livenessProbe })).toBe(false);
});

test('Pod liveness probe, using grpc call, failure', () => {
  const livenessProbe = { grpc: { port: 2333 }, initialDelaySeconds: 10, failureThreshold: 1 };
  expect(isRestarted({ image: 'tools:1', command: ['health', '5000', '3600'], livenessProbe })).toBe(true);
});

test('Pod readiness probe, with initial delay', () => {
  const readinessProbe = { ...http, initialDelaySeconds: 30 };
  const node = start({ image: 'tools:1', command: ['serve', '8080'], readinessProbe });
  node.sim.runFor(25_000);
  expect(isReady(node.pod('pod'))).toBe(false);
  node.untilReady('pod', 20_000);
  expect(restarts(node)).toBe(0);
});

test('Pod readiness probe, failure', () => {
  const node = start({ ...sh('sleep 3600'), readinessProbe: { exec: { command: ['false'] }, periodSeconds: 1 } });
  node.sim.runFor(60_000);
  expect(isReady(node.pod('pod'))).toBe(false);
  expect(restarts(node)).toBe(0);
});
