import { expect, test } from 'vitest';
import type { ConfigMap } from '../../api/kinds.ts';
import type { KubeObject, Manifest } from '../../api/object.ts';
import { configMaps, type Resource } from '../../api/resources.ts';
import type { DeleteOptions } from '../../client/client.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';

// The collector learns of kinds while it runs: custom objects own, and are owned, as all others.

const DEFINITIONS: Resource = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
};
const GROUP = 'example.com';
const WIDGETS: Resource = { group: GROUP, version: 'v1', plural: 'widgets', kind: 'Widget', namespaced: true };
const FLEETS: Resource = { group: GROUP, version: 'v1', plural: 'fleets', kind: 'Fleet', namespaced: false };

/** The collector looks for new kinds this often. */
const DISCOVERY_MS = 30_000;

function setUp() {
  const controlPlane = new ControlPlane('custom kinds');
  const { sim, transport, client, etcd } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false });
  sim.runFor(1_000);
  for (const resource of [WIDGETS, FLEETS]) define(controlPlane, resource);
  sim.runFor(DISCOVERY_MS + 1_000);
  const create = (resource: Resource, name: string, owners: readonly KubeObject[] = []): KubeObject =>
    client.resource(resource).create({
      apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
      kind: resource.kind,
      metadata: {
        name,
        ...(resource.namespaced && { namespace: 'default' }),
        ownerReferences: owners.map(({ apiVersion, kind, metadata }) => {
          return { apiVersion, kind, name: metadata.name, uid: metadata.uid, blockOwnerDeletion: true };
        }),
      },
    } as Manifest<KubeObject>);
  const remove = (resource: Resource, name: string, propagationPolicy?: DeleteOptions['propagationPolicy']) =>
    client.resource(resource).delete(name, resource.namespaced ? 'default' : undefined, { propagationPolicy });
  const names = (resource: Resource): string[] =>
    client
      .resource(resource)
      .list()
      .items.map(({ metadata }) => metadata.name)
      .filter((name) => name !== 'kube-root-ca.crt' && name !== 'extension-apiserver-authentication');
  return { controlPlane, sim, client, etcd, create, remove, names };
}

function define({ client }: ControlPlane, { group, version, plural, kind, namespaced }: Resource): void {
  client.resource(DEFINITIONS).create({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: { plural, kind },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  } as never);
}

test('what a custom object owns goes with it, built-in or custom', () => {
  const { sim, create, remove, names } = setUp();
  const owner = create(WIDGETS, 'owner');
  create(WIDGETS, 'part', [owner]);
  create(configMaps, 'settings', [owner]);
  sim.runFor(1_000);
  remove(WIDGETS, 'owner');
  sim.runFor(1_000);
  expect([...names(WIDGETS), ...names(configMaps)]).toEqual([]);
});

test('a custom object goes with the built-in one that owns it', () => {
  const { sim, create, remove, names } = setUp();
  create(WIDGETS, 'part', [create(configMaps, 'owner')]);
  sim.runFor(1_000);
  remove(configMaps, 'owner');
  sim.runFor(1_000);
  expect(names(WIDGETS)).toEqual([]);
});

test('an object of the whole cluster owns others of the cluster, and such in Namespaces', () => {
  const { sim, create, remove, names } = setUp();
  const fleet = create(FLEETS, 'fleet');
  create(FLEETS, 'squadron', [fleet]);
  create(WIDGETS, 'ship', [fleet]);
  sim.runFor(1_000);
  remove(FLEETS, 'fleet', 'Foreground');
  expect(names(FLEETS)).toContain('fleet');
  sim.runFor(1_000);
  expect([...names(FLEETS), ...names(WIDGETS)]).toEqual([]);
});

test('an object in a Namespace cannot own one of the cluster: that stays, and an event says why', () => {
  const { controlPlane, sim, create, remove, names } = setUp();
  const owner = create(WIDGETS, 'owner');
  create(FLEETS, 'fleet', [owner]);
  sim.runFor(1_000);
  remove(WIDGETS, 'owner');
  sim.runFor(1_000);
  expect(names(FLEETS)).toEqual(['fleet']);
  expect(controlPlane.eventsOf('Fleet')).toEqual([
    `OwnerRefInvalidNamespace: ownerRef [example.com/v1/Widget, namespace: , name: owner, uid: ${owner.metadata.uid}] ` +
      'does not exist in namespace ""',
  ]);
});

test('orphans of a custom object stay, without their owner', () => {
  const { sim, client, create, remove } = setUp();
  create(configMaps, 'settings', [create(WIDGETS, 'owner')]);
  sim.runFor(1_000);
  remove(WIDGETS, 'owner', 'Orphan');
  sim.runFor(1_000);
  const { metadata } = client.resource<ConfigMap>(configMaps).get('settings', 'default');
  expect(metadata.ownerReferences ?? []).toEqual([]);
});

test('a definition that is deleted takes its objects, and those take what they own', () => {
  const { sim, etcd, create, names, remove } = setUp();
  create(configMaps, 'settings', [create(WIDGETS, 'owner')]);
  create(configMaps, 'other', [create(FLEETS, 'fleet')]);
  sim.runFor(1_000);
  remove(DEFINITIONS, 'widgets.example.com');
  sim.runFor(2 * DISCOVERY_MS);
  expect(names(configMaps)).toEqual(['other']);
  const before = etcd.revision;
  sim.runFor(60_000);
  expect(etcd.revision - before).toBeLessThanOrEqual(60);
});

test('a definition that comes back under its name is followed again', () => {
  const { controlPlane, sim, create, remove, names } = setUp();
  remove(DEFINITIONS, 'widgets.example.com');
  sim.runFor(2 * DISCOVERY_MS);
  define(controlPlane, WIDGETS);
  sim.runFor(DISCOVERY_MS + 1_000);
  create(configMaps, 'settings', [create(WIDGETS, 'owner')]);
  sim.runFor(1_000);
  remove(WIDGETS, 'owner');
  sim.runFor(1_000);
  expect(names(configMaps)).toEqual([]);
});
