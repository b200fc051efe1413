import { expect, test } from 'vitest';
import type { Event, Pod } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { events, RESOURCES } from '../api/resources.ts';
import { startScheduler } from '../kube-scheduler/index.ts';
import { readSchedule } from './cronjob/cron-times.ts';
import { startControllerManager } from './index.ts';
import { ControlPlane } from './testing/control-plane.ts';
import { GOLDEN_CLUSTER_HISTORIES } from './testing/golden-cluster-histories.ts';
import { GOLDEN_HISTORIES } from './testing/golden-histories.ts';

function setUp(): ControlPlane {
  const controlPlane = new ControlPlane('golden');
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false, readSchedule });
  startScheduler({ sim, transport, leaderElect: false });
  for (const name of ['node-1', 'node-2', 'node-3']) {
    controlPlane.createNode(name);
    controlPlane.startHeartbeat(name);
  }
  // Pods of Jobs end well unless they are told otherwise.
  const exit = ({ metadata }: Pod) => metadata.annotations?.['oracle/exit'];
  const end = (pod: Pod) => {
    if (pod.spec.restartPolicy !== 'Never' || exit(pod) === 'never') return undefined;
    return exit(pod) === '1' ? 'Failed' : 'Succeeded';
  };
  controlPlane.startKubelets({ end });
  sim.runFor(2_000);
  return controlPlane;
}

const LETTERS = '[bcdfghjklmnpqrstvwxz2456789]';

function masked(text: string): string {
  return text
    .replaceAll(new RegExp(`-${LETTERS}{8,10}(?=[-" ]|$)`, 'g'), '-<hash>')
    .replaceAll(new RegExp(`-${LETTERS}{5}(?=[" ]|$)`, 'g'), '-<rand>')
    .replaceAll(/-[0-9]{8}\b/g, '-<unix>');
}

/** The events of a component in the order they came, those in a row counted together. */
function history({ client }: ControlPlane, component: string): string[] {
  const all = client
    .resource<Event>(events)
    .list()
    .items.filter((event) => event.source?.component === component)
    .toSorted((a, b) => Number(firstVersion(a)) - Number(firstVersion(b)));
  const lines: { readonly text: string; count: number }[] = [];
  for (const { involvedObject, reason, message } of all) {
    const text = masked(`${involvedObject.kind} ${involvedObject.name} ${reason}: ${message}`);
    const last = lines.at(-1);
    if (last?.text === text) last.count += 1;
    else lines.push({ text, count: 1 });
  }
  return lines.map(({ text, count }) => (count === 1 ? text : `${text} × ${count}`));
}

/** Events are named by the moment they first came. */
function firstVersion({ metadata }: Event): number {
  return Number.parseInt(metadata.name.slice(metadata.name.lastIndexOf('.') + 1), 16);
}

function conditions({ client }: ControlPlane, which: string): string[] {
  const [kind, name] = which.split(' ');
  const resource = RESOURCES.find((each) => each.kind === kind)!;
  const object = client.resource(resource).get(name!, 'default') as KubeObject & {
    status?: { conditions?: { type: string; status: string; reason?: string }[] };
  };
  return (object.status?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`);
}

const ALL = [...GOLDEN_HISTORIES, ...GOLDEN_CLUSTER_HISTORIES];

test.each(ALL)('$name', ({ objects, steps, events: expected, conditions: final = {} }) => {
  const controlPlane = setUp();
  for (const object of objects) controlPlane.apply(object);
  for (const [seconds, act] of steps) {
    controlPlane.sim.runFor(seconds * 1_000);
    act?.(controlPlane);
  }
  const actual = Object.fromEntries(Object.keys(expected).map((each) => [each, history(controlPlane, each)]));
  expect(actual).toEqual(expected);
  for (const [which, list] of Object.entries(final)) {
    expect(conditions(controlPlane, which).toSorted()).toEqual([...list].toSorted());
  }
});
