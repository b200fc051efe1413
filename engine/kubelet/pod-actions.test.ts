import { expect, test } from 'vitest';
import type { Container, Pod } from '../api/kinds.ts';
import type { ContainerStatus, PodSandboxStatus } from '../containerd/cri.ts';
import { computePodActions, containerHash, type PodActions } from './pod-actions.ts';
import type { PodRuntimeStatus } from './runtime-cache.ts';

const A: Container = { name: 'a', image: 'one' };
const B: Container = { name: 'b', image: 'two' };
const INIT: Container = { name: 'init', image: 'one' };
const DEBUG: Container = { name: 'debug', image: 'one' };
const RETRY_ON_42 = [{ action: 'Restart', exitCodes: { operator: 'In' as const, values: [42] } }];
const SIDE: Container = { name: 'side', image: 'one', restartPolicy: 'Always' };

function podOf(spec: Partial<Pod['spec']> = {}): Pod {
  const metadata = { name: 'p', namespace: 'default', uid: 'u', resourceVersion: '1', creationTimestamp: '' };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [A, B], restartPolicy: 'Always', ...spec } };
}

function sandbox(attempt: number, ready = true, ip: string | undefined = '10.0.0.2'): PodSandboxStatus {
  return {
    id: `s${attempt}`,
    metadata: { name: 'p', namespace: 'default', uid: 'u', attempt },
    state: ready ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
    createdAtMs: 0,
    ip,
    pid: 1,
    labels: {},
    annotations: {},
  };
}

/** `running`, or an exit code. */
function instance(container: Container, state: 'running' | number, sandboxId = 's0'): ContainerStatus {
  const running = state === 'running';
  return {
    id: `${container.name}-id`,
    podSandboxId: sandboxId,
    metadata: { name: container.name, attempt: 0 },
    state: running ? 'CONTAINER_RUNNING' : 'CONTAINER_EXITED',
    createdAtMs: 0,
    startedAtMs: 0,
    finishedAtMs: 0,
    exitCode: running ? 0 : state,
    reason: '',
    message: '',
    image: '',
    imageRef: '',
    labels: {},
    annotations: { 'io.kubernetes.container.hash': containerHash(container) },
    logPath: '',
    pid: 0,
  };
}

function runtime(sandboxes: PodSandboxStatus[], ...instances: ContainerStatus[]): PodRuntimeStatus {
  return { sandboxes, containers: new Map(instances.map((each) => [each.metadata.name, [each]])) };
}

interface Case {
  readonly what: string;
  readonly pod?: Pod;
  readonly runtime: PodRuntimeStatus;
  readonly liveness?: Record<string, boolean>;
  readonly startup?: Record<string, boolean>;
  readonly kill?: boolean;
  readonly create?: boolean;
  readonly attempt?: number;
  readonly ephemeral?: string[];
  readonly init?: string[];
  readonly start?: string[];
  readonly end?: string[];
}

const up = [sandbox(0)];
const once = (spec: Partial<Pod['spec']> = {}) => podOf({ restartPolicy: 'Never', ...spec });
const onFailure = podOf({ restartPolicy: 'OnFailure' });
const withInit = podOf({ initContainers: [INIT] });
const withSide = podOf({ initContainers: [SIDE, INIT] });
const debugged = podOf({ ephemeralContainers: [{ name: 'debug', image: 'one' }] });
const slowSide = podOf({ initContainers: [{ ...SIDE, startupProbe: {} }, INIT] });

const CASES: Case[] = [
  { what: 'a new Pod', runtime: runtime([]), kill: true, create: true, start: ['a', 'b'] },
  {
    what: 'a new Pod with init containers',
    pod: withInit,
    runtime: runtime([]),
    kill: true,
    create: true,
    init: ['init'],
  },
  { what: 'all is well', runtime: runtime(up, instance(A, 'running'), instance(B, 'running')) },
  { what: 'one container is missing', runtime: runtime(up, instance(A, 'running')), start: ['b'] },
  { what: 'one has ended', runtime: runtime(up, instance(A, 'running'), instance(B, 0)), start: ['b'] },
  {
    what: 'one has failed, OnFailure',
    pod: onFailure,
    runtime: runtime(up, instance(A, 0), instance(B, 1)),
    start: ['b'],
  },
  {
    what: 'all have succeeded, OnFailure',
    pod: onFailure,
    runtime: runtime(up, instance(A, 0), instance(B, 0)),
    kill: true,
  },
  { what: 'one has ended, Never', pod: once(), runtime: runtime(up, instance(A, 'running'), instance(B, 1)) },
  { what: 'all have ended, Never', pod: once(), runtime: runtime(up, instance(A, 0), instance(B, 1)), kill: true },
  {
    what: 'the sandbox has died',
    runtime: runtime([sandbox(0, false)], instance(A, 'running'), instance(B, 'running')),
    kill: true,
    create: true,
    attempt: 1,
    start: ['a', 'b'],
  },
  {
    what: 'the sandbox has lost its address',
    runtime: runtime([sandbox(2, true, '')], instance(A, 'running')),
    kill: true,
    create: true,
    attempt: 3,
    start: ['a', 'b'],
  },
  {
    what: 'host network needs no address',
    pod: podOf({ hostNetwork: true }),
    runtime: runtime([sandbox(0, true, '')]),
    start: ['a', 'b'],
  },
  {
    what: 'the sandbox has died, Never, after containers ran',
    pod: once(),
    runtime: runtime([sandbox(0, false)], instance(A, 137), instance(B, 137)),
    kill: true,
    attempt: 1,
  },
  {
    what: 'the sandbox has died, OnFailure, some succeeded',
    pod: onFailure,
    runtime: runtime([sandbox(0, false)], instance(A, 0), instance(B, 137)),
    kill: true,
    create: true,
    attempt: 1,
    start: ['b'],
  },
  {
    what: 'a new sandbox begins with the init containers',
    pod: withInit,
    runtime: runtime([sandbox(0, false)], instance(INIT, 0), instance(A, 'running'), instance(B, 'running')),
    kill: true,
    create: true,
    attempt: 1,
    init: ['init'],
  },
  { what: 'the init container runs', pod: withInit, runtime: runtime(up, instance(INIT, 'running')) },
  { what: 'the init container has failed', pod: withInit, runtime: runtime(up, instance(INIT, 1)), init: ['init'] },
  {
    what: 'the init container has failed, Never',
    pod: once({ initContainers: [INIT] }),
    runtime: runtime(up, instance(INIT, 1)),
    kill: true,
  },
  { what: 'the init container is done', pod: withInit, runtime: runtime(up, instance(INIT, 0)), start: ['a', 'b'] },
  {
    what: 'the init container was done in an earlier sandbox',
    pod: withInit,
    runtime: runtime([sandbox(1)], instance(INIT, 0, 's0'), instance(A, 137, 's0')),
    attempt: 1,
    init: ['init'],
  },
  { what: 'the sidecar comes first', pod: withSide, runtime: runtime(up), init: ['side'] },
  {
    what: 'the sidecar runs, so the next init container starts',
    pod: withSide,
    runtime: runtime(up, instance(SIDE, 'running')),
    init: ['init'],
  },
  {
    what: 'a sidecar that has not started holds the others back',
    pod: slowSide,
    runtime: runtime(up, instance(SIDE, 'running')),
  },
  {
    what: 'a sidecar that has started does not',
    pod: slowSide,
    runtime: runtime(up, instance(SIDE, 'running')),
    startup: { 'side-id': true },
    init: ['init'],
  },
  {
    what: 'a sidecar that ends is started again beside the others',
    pod: withSide,
    runtime: runtime(up, instance(SIDE, 1), instance(INIT, 0), instance(A, 'running'), instance(B, 'running')),
    init: ['side'],
  },
  {
    what: 'a sidecar does not keep a finished Pod alive',
    pod: once({ initContainers: [SIDE] }),
    runtime: runtime(up, instance(SIDE, 'running'), instance(A, 0), instance(B, 0)),
    kill: true,
  },
  {
    what: 'liveness has failed',
    runtime: runtime(up, instance(A, 'running'), instance(B, 'running')),
    liveness: { 'a-id': false },
    start: ['a'],
    end: ['Container a failed liveness probe, will be restarted'],
  },
  {
    what: 'liveness has failed, Never',
    pod: once(),
    runtime: runtime(up, instance(A, 'running'), instance(B, 'running')),
    liveness: { 'a-id': false },
    end: ['Container a failed liveness probe'],
  },
  {
    what: 'startup has failed',
    runtime: runtime(up, instance(A, 'running'), instance(B, 'running')),
    startup: { 'b-id': false },
    start: ['b'],
    end: ['Container b failed startup probe, will be restarted'],
  },
  {
    what: 'the image has been changed',
    pod: podOf({ containers: [{ ...A, image: 'new' }, B] }),
    runtime: runtime(up, instance(A, 'running'), instance(B, 'running')),
    start: ['a'],
    end: ['Container a definition changed, will be restarted'],
  },
  {
    what: 'an ephemeral container is started beside the others',
    pod: debugged,
    runtime: runtime(up, instance(A, 'running'), instance(B, 'running')),
    ephemeral: ['debug'],
  },
  {
    what: 'an ephemeral container that has ended stays ended',
    pod: debugged,
    runtime: runtime(up, instance(A, 'running'), instance(B, 'running'), instance(DEBUG, 0)),
  },
  {
    what: 'a finished Pod gets no ephemeral container',
    pod: { ...debugged, spec: { ...debugged.spec, restartPolicy: 'Never' } },
    runtime: runtime(up, instance(A, 0), instance(B, 0)),
    kill: true,
  },
  {
    what: "a container's own policy comes before the Pod's",
    pod: once({ containers: [{ ...A, restartPolicy: 'OnFailure' }, B] }),
    runtime: runtime(up, instance(A, 1), instance(B, 1)),
    start: ['a'],
  },
  {
    what: 'a rule restarts what its policy would not',
    pod: once({ containers: [{ ...A, restartPolicy: 'Never', restartPolicyRules: RETRY_ON_42 }, B] }),
    runtime: runtime(up, instance(A, 42), instance(B, 'running')),
    start: ['a'],
  },
  {
    what: 'a rule says nothing of other exit codes',
    pod: once({ containers: [{ ...A, restartPolicy: 'Never', restartPolicyRules: RETRY_ON_42 }, B] }),
    runtime: runtime(up, instance(A, 41), instance(B, 'running')),
  },
  {
    what: 'an init container that must not fail ends the Pod',
    pod: podOf({ initContainers: [{ ...INIT, restartPolicy: 'Never' }] }),
    runtime: runtime(up, instance(INIT, 1)),
    kill: true,
  },
  {
    what: 'an init container with a policy of its own is tried again',
    pod: once({ initContainers: [{ ...INIT, restartPolicy: 'OnFailure' }] }),
    runtime: runtime(up, instance(INIT, 1)),
    init: ['init'],
  },
];

const NOTHING = { kill: false, create: false, attempt: 0, ephemeral: [], init: [], start: [], end: [] };

test.each(CASES)('$what', ({ pod = podOf(), runtime: status, liveness = {}, startup = {}, ...expected }) => {
  const probes = { liveness: (id: string) => liveness[id], startup: (id: string) => startup[id] };
  const actions: PodActions = computePodActions(pod, status, probes);
  expect({
    kill: actions.killPod,
    create: actions.createSandbox,
    attempt: actions.attempt,
    ephemeral: actions.ephemeralContainersToStart.map(({ name }) => name),
    init: actions.initContainersToStart.map(({ name }) => name),
    start: actions.containersToStart.map(({ name }) => name),
    end: actions.containersToKill.map(({ message }) => message),
  }).toEqual({ ...NOTHING, ...expected, what: undefined });
});
