import { humanDuration } from '../../api/duration.ts';
import type { Event } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { events } from '../../api/resources.ts';
import type { Invocation } from '../invocation.ts';
import type { DescriptionWriter } from './description-writer.ts';

/** The Events table at the end of a description. @param uid the object's own unless told */
export function describeEvents(
  invocation: Invocation,
  writer: DescriptionWriter,
  object: KubeObject,
  uid: string = object.metadata.uid,
): void {
  const flags = invocation.flags;
  if (flags.has('show-events') && !flags.bool('show-events')) return;
  const about = eventsAbout(invocation, object, uid);
  if (about.length === 0) {
    writer.line(0, 'Events:\t<none>');
    return;
  }
  writer.line(0, 'Events:');
  writer.line(1, 'Type\tReason\tAge\tFrom\tMessage');
  writer.line(1, '----\t------\t----\t----\t-------');
  for (const event of about) {
    const from = event.source?.component || event.reportingComponent || '';
    const { fieldPath = '' } = event.involvedObject;
    // Which container an event is about; kubectl says so since 1.35.
    const message = `${fieldPath === '' ? '' : `${fieldPath}: `}${(event.message ?? '').trim()}`;
    writer.line(
      1,
      `${event.type ?? ''}\t${event.reason ?? ''}\t${eventAge(event, invocation.now())}\t${from}\t${message}`,
    );
  }
}

/** An object's events, in the order in which they happened. */
function eventsAbout(invocation: Invocation, { metadata, kind }: KubeObject, uid: string): readonly Event[] {
  const { name, namespace } = metadata;
  // Events of nodes carry the node's name as its uid.
  const matching = kind === 'Node' ? '' : `,involvedObject.uid=${uid}`;
  const fieldSelector = `involvedObject.name=${name},involvedObject.namespace=${namespace ?? ''}${matching},involvedObject.kind=${kind}`;
  const listed = invocation.list(events, {
    fieldSelector:
      namespace === undefined ? `involvedObject.name=${name}${matching},involvedObject.kind=${kind}` : fieldSelector,
    ...(namespace === undefined ? {} : { namespace }),
  }) as unknown as readonly Event[];
  // Events that only have an eventTime (the scheduler's) count as the oldest.
  const time = (event: Event) => Date.parse(event.lastTimestamp ?? '') || 0;
  return [...listed].sort((left, right) => time(left) - time(right));
}

/** When an event last happened, in milliseconds since 1970. */
export function eventTime(event: Event): number {
  const time = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.firstTimestamp;
  return Date.parse(time ?? event.metadata.creationTimestamp);
}

/** `5s`, or `1s (x2 over 7s)` for an event that happened several times. */
export function eventAge(event: Event, nowMs: number): string {
  const since = (time: string | null | undefined) => {
    const then = Date.parse(time ?? '');
    return Number.isNaN(then) ? '<unknown>' : humanDuration(nowMs - then);
  };
  const first = event.firstTimestamp ?? event.eventTime;
  const { series } = event;
  if (series !== undefined) {
    return `${since(series.lastObservedTime)} (x${series.count ?? 0} over ${since(first)})`;
  }
  const last = event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
  if ((event.count ?? 1) > 1) return `${since(last)} (x${event.count} over ${since(first)})`;
  return since(first ?? last);
}
