import type { KubeObject } from '../../../api/object.ts';
import type { ServerContext } from '../../context.ts';

/** What the server says of an object of its own accord. */
interface Warning {
  readonly component: string;
  readonly reason: string;
  readonly note: string;
  /** What it was about to do; those that tell of it write their events in the form of `events.k8s.io`. */
  readonly action?: string;
}

/** Puts a warning about an object among the events, unless it has been told already. */
export function tell({ resources, lookup, clock }: ServerContext, object: KubeObject, warning: Warning): void {
  const { component, reason, note, action } = warning;
  const { name, namespace = '', uid, resourceVersion } = object.metadata;
  const at = namespace === '' ? 'default' : namespace;
  const isTold = (lookup.all('events', at) as readonly Told[]).some(
    (event) => event.involvedObject.uid === uid && event.reason === reason && event.message === note,
  );
  if (isTold) return;
  const { apiVersion, kind } = object;
  const time = clock.timestamp();
  const when =
    action === undefined
      ? { source: { component }, firstTimestamp: time, lastTimestamp: time, count: 1, reportingComponent: component }
      : {
          action,
          eventTime: time.replace('Z', '.000000Z'),
          reportingComponent: component,
          reportingInstance: component,
        };
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${(clock.nowMs * 1_000_000).toString(16)}`, namespace: at },
    involvedObject: { apiVersion, kind, name, uid, resourceVersion, ...(namespace !== '' && { namespace }) },
    type: 'Warning',
    reason,
    message: note,
    ...when,
  };
  const { store } = resources.get('/v1/events')!;
  const key = store.key(at, event.metadata.name);
  if (store.environment.etcd.get(key) !== undefined) return;
  store.create(at, event as unknown as KubeObject, { dryRun: false, admit: (same) => same });
}

interface Told extends KubeObject {
  readonly involvedObject: { readonly uid?: string };
  readonly reason?: string;
  readonly message?: string;
}
