import { expect, test } from 'vitest';
import type { Pod, ResourceQuota } from '../kinds.ts';
import type { KubeObject } from '../object.ts';
import { isCounted, missingAmounts, quotaUsage, resourcesOf, usedOfQuota } from './usage.ts';

const PODS = { group: '', plural: 'pods' };

function pod(spec: object, status: object = {}): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec, status } as unknown as Pod;
}

function quota(spec: object): ResourceQuota {
  return { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec } as unknown as ResourceQuota;
}

function object(spec: object): KubeObject {
  return { metadata: { name: 'x' }, spec } as unknown as KubeObject;
}

const WEB = { name: 'web', resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } } };

test('a Pod uses what its containers ask for; init containers count only where they ask for more', () => {
  const init = { name: 'init', resources: { requests: { cpu: '500m', 'example.com/gpu': '1' } } };
  expect(quotaUsage(PODS, pod({ containers: [WEB, WEB], initContainers: [init] }), 0)).toEqual({
    'count/pods': '1',
    pods: '1',
    cpu: '500m',
    'requests.cpu': '500m',
    memory: '128Mi',
    'requests.memory': '128Mi',
    'requests.example.com/gpu': '1',
    'limits.memory': '256Mi',
  });
});

test('a Pod that has ended counts only as an object', () => {
  expect(quotaUsage(PODS, pod({ containers: [WEB] }, { phase: 'Succeeded' }), 0)).toEqual({ 'count/pods': '1' });
});

test('other kinds count as objects, Services and claims also by what they are', () => {
  const usage = (plural: string, spec: object, group = '') => quotaUsage({ group, plural }, object(spec), 0);
  expect(usage('deployments', {}, 'apps')).toEqual({ 'count/deployments.apps': '1' });
  expect(usage('configmaps', {})).toEqual({ 'count/configmaps': '1', configmaps: '1' });
  const ports = [{ port: 80 }, { port: 81 }];
  expect(usage('services', { type: 'LoadBalancer', ports })).toEqual({
    'count/services': '1',
    services: '1',
    'services.nodeports': '2',
    'services.loadbalancers': '1',
  });
  const claim = { storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } };
  expect(usage('persistentvolumeclaims', claim)).toEqual({
    'count/persistentvolumeclaims': '1',
    persistentvolumeclaims: '1',
    'requests.storage': '1Gi',
    'fast.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
    'fast.storageclass.storage.k8s.io/requests.storage': '1Gi',
  });
});

test('a quota is about the kinds that can use what it limits', () => {
  expect(resourcesOf(PODS, ['pods', 'requests.cpu', 'requests.storage', 'count/jobs.batch'])).toEqual([
    'pods',
    'requests.cpu',
  ]);
  expect(resourcesOf({ group: 'batch', plural: 'jobs' }, ['pods', 'count/jobs.batch'])).toEqual(['count/jobs.batch']);
});

test.each([
  [{ scopes: ['BestEffort'] }, {}, true],
  [{ scopes: ['NotBestEffort'] }, {}, false],
  [{ scopes: ['Terminating'] }, { activeDeadlineSeconds: 5 }, true],
  [{ scopes: ['Terminating'] }, {}, false],
  [{ scopes: ['NotTerminating'] }, {}, true],
  [selector('In', ['high']), { priorityClassName: 'high' }, true],
  [selector('NotIn', ['high']), { priorityClassName: 'high' }, false],
  [selector('Exists'), { priorityClassName: 'low' }, true],
  [selector('DoesNotExist'), {}, true],
  [{ scopes: ['CrossNamespacePodAffinity'] }, crossing(), true],
  [{ scopes: ['CrossNamespacePodAffinity'] }, {}, false],
])('the scopes of %j cover a Pod with %j: %s', (spec, more, covered) => {
  const counted = isCounted(
    quota({ hard: { pods: '1' }, ...spec }),
    PODS,
    pod({ containers: [{ name: 'c' }], ...more }),
  );
  expect(counted).toBe(covered);
});

function selector(operator: string, values?: string[]) {
  return { scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator, values }] } };
}

function crossing() {
  const required = [{ topologyKey: 'zone', namespaces: ['other'] }];
  return { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } };
}

test('what a quota counts must be said by every container', () => {
  const two = pod({ containers: [WEB, { name: 'bare' }] });
  expect(missingAmounts(PODS, ['requests.cpu', 'limits.memory', 'pods'], two)).toBe(
    'limits.memory for: bare; requests.cpu for: bare',
  );
  const whole = pod({ containers: [{ name: 'bare' }], resources: { requests: { cpu: '1' } } });
  expect(missingAmounts(PODS, ['requests.cpu', 'limits.memory'], whole)).toBeUndefined();
});

test('devices, huge pages and ephemeral storage are counted, and need not be asked for', () => {
  const counted = [
    'requests.nvidia.com/gpu',
    'hugepages-2Mi',
    'requests.ephemeral-storage',
    'limits.ephemeral-storage',
  ];
  expect(missingAmounts(PODS, counted, pod({ containers: [{ name: 'bare' }] }))).toBeUndefined();
});

test('a claim counts by the classes of attributes that it has, is to have, and is being given', () => {
  const classed = (values: string[]) =>
    quota({
      hard: { 'requests.storage': '1Gi' },
      scopeSelector: { matchExpressions: [{ scopeName: 'VolumeAttributesClass', operator: 'In', values }] },
    });
  const claim = {
    metadata: { name: 'c' },
    spec: { volumeAttributesClassName: 'next' },
    status: {
      currentVolumeAttributesClassName: 'now',
      modifyVolumeStatus: { targetVolumeAttributesClassName: 'target', status: 'InProgress' },
    },
  } as unknown as KubeObject;
  const covers = (...values: string[]) =>
    isCounted(classed(values), { group: '', plural: 'persistentvolumeclaims' }, claim);
  expect([covers('next'), covers('now'), covers('target'), covers('other')]).toEqual([true, true, true, false]);
});

test('a claim that is being made larger or smaller counts with the larger of what is asked for and allocated', () => {
  const claim = {
    metadata: { name: 'c' },
    spec: { resources: { requests: { storage: '1Gi' } } },
    status: { allocatedResources: { storage: '2Gi' } },
  } as unknown as KubeObject;
  const usage = quotaUsage({ group: '', plural: 'persistentvolumeclaims' }, claim, 0);
  expect(usage['requests.storage']).toBe('2Gi');
});

test('what all objects use is counted from nothing', () => {
  const limited = quota({ hard: { pods: '5', 'requests.cpu': '1', secrets: '3', 'requests.storage': '1Gi' } });
  const objects = [
    [PODS, pod({ containers: [WEB] })],
    [PODS, pod({ containers: [WEB] })],
    [{ group: '', plural: 'secrets' }, object({})],
    [{ group: 'apps', plural: 'deployments' }, object({})],
  ] as const;
  expect(usedOfQuota(limited, objects, 0)).toEqual({
    pods: '2',
    'requests.cpu': '200m',
    secrets: '1',
    'requests.storage': '0',
  });
});
