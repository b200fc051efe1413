import type { KindDescriptor, VersionCodec } from '../../api/descriptor.ts';
import { expired } from '../../api/errors.ts';
import type { KubeObject } from '../../api/object.ts';
import type { StartWatch, WatchEvent } from '../../api/request.ts';
import { StatusError } from '../../api/status-error.ts';
import { CompactedError, type EtcdClient, type Watch } from '../../etcd/index.ts';
import type { Random, Simulation, Timer } from '../../sim/index.ts';
import { storagePrefix } from '../registry/storage-key.ts';
import type { RequestScope } from '../request-scope.ts';
import type { BookmarkTimer } from './bookmark-timer.ts';
import { ObjectEvent } from './object-event.ts';
import { isSelective, type ObjectFilter, seenThrough, selects } from './object-filter.ts';
import { Watcher } from './watcher.ts';
import { WatcherIndex } from './watcher-index.ts';

/** How long an event is on its way to a client; each watcher has its own distance in this range, drawn once. */
export interface WatchLatency {
  readonly minMs: number;
  readonly maxMs: number;
}

export interface WatchCacheOptions {
  readonly sim: Simulation;
  readonly etcd: EtcdClient;
  readonly kind: KindDescriptor;
  readonly latency: WatchLatency;
  readonly random: Random;
  readonly scope: RequestScope;
  readonly bookmarks: BookmarkTimer;
}

export interface WatchRequest {
  readonly filter: ObjectFilter;
  /** Tell of changes after this revision; undefined or 0: begin with the present objects. */
  readonly revision: number | undefined;
  readonly allowBookmarks: boolean;
  /** Begin with the present objects and mark their end by a bookmark: https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists */
  readonly sendInitialEvents: boolean;
  readonly timeoutSeconds: number | undefined;
  readonly present: (event: WatchEvent, first: boolean) => WatchEvent;
}

/** What kubelets follow object by object, for Pods that refer to it. */
const REFERENCED: readonly string[] = ['configmaps', 'secrets'];

const INITIAL_EVENTS_END = { 'k8s.io/initial-events-end': 'true' };

/**
 * Fans the changes of one kind out to its watchers. The real server keeps a window of recent events in memory; here
 * etcd's own history, shared and in the same memory, serves as that window.
 */
export class WatchCache {
  readonly #options: WatchCacheOptions;
  readonly #prefix: string;
  readonly #index = new WatcherIndex();
  readonly #source: Watch;
  /** The server's window begins with what it found; only who looks from outside sees further back. */
  readonly #sinceRevision: number;
  /** Changes whose objects are being converted. */
  readonly #unconverted: ObjectEvent[] = [];
  #closed = false;

  constructor(options: WatchCacheOptions) {
    this.#options = options;
    this.#prefix = storagePrefix(options.kind);
    this.#sinceRevision = options.etcd.revision;
    this.#source = options.etcd.watch(this.#prefix, options.etcd.revision + 1, {
      event: (change) => {
        if (options.kind.codec !== undefined) this.#convert(options.kind.codec, new ObjectEvent(options.kind, change));
        else if (!this.#index.isEmpty) this.#index.dispatch(new ObjectEvent(options.kind, change));
      },
      // The watch began in the present, where no compaction reaches it.
      cancelled: () => this.close(),
    });
  }

  /** A webhook converts each change once, whoever watches, before any watcher hears of it; none overtakes another. */
  #convert(codec: VersionCodec, event: ObjectEvent): void {
    this.#unconverted.push(event);
    if (this.#unconverted.length > 1) return;
    const next = (): void => {
      const [first] = this.#unconverted;
      if (first === undefined || this.#closed) return;
      const objects = first.previous === undefined ? [first.object] : [first.previous, first.departed, first.object];
      this.#options.scope.whenDone(
        () => codec.prepare(objects),
        () => {
          this.#unconverted.shift();
          if (!this.#index.isEmpty) this.#index.dispatch(first);
          next();
        },
      );
    };
    next();
  }

  /** The watch as a response carries it: it begins when the transport is ready for it. */
  watch(request: WatchRequest): StartWatch {
    return (sink) => {
      const { sim, kind } = this.#options;
      const watcher = new Watcher(
        sim,
        {
          filter: request.filter,
          afterRevision: request.revision ?? 0,
          bookmarks: request.allowBookmarks,
          latencyMs: sink.outside === true ? 0 : this.#drawLatency(request.filter),
          present: request.present,
          label: `watch ${kind.plural}`,
        },
        sink,
      );
      if (this.#closed) {
        watcher.end();
        return () => watcher.stop();
      }
      const timer = this.#begin(watcher, request, sink.outside === true);
      return () => {
        timer?.cancel();
        this.#index.delete(watcher);
        watcher.stop();
      };
    };
  }

  /** Those who follow single objects draw for themselves: how many they are changes nothing for the others. */
  #drawLatency({ fields }: ObjectFilter): number {
    const { sim, latency, kind } = this.#options;
    const isOfOne = REFERENCED.includes(kind.plural) && fields.requiredValue('metadata.name') !== undefined;
    const random = isOfOne ? sim.random('kube-apiserver/watch of one') : this.#options.random;
    return latency.minMs + random.float() * (latency.maxMs - latency.minMs);
  }

  /** Ends all watches, as a server does that goes down. */
  close(): void {
    this.#closed = true;
    this.#source.cancel();
    this.#options.bookmarks.delete(this.#mark);
    for (const watcher of [...this.#index.all()]) {
      this.#index.delete(watcher);
      watcher.end();
    }
  }

  #begin(watcher: Watcher, request: WatchRequest, outside: boolean): Timer | undefined {
    try {
      this.#sendPast(watcher, request, outside);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      watcher.send({ type: 'ERROR', object: error.status as unknown as KubeObject });
      watcher.end();
      return undefined;
    }
    this.#index.add(watcher);
    if (outside) return undefined;
    if (request.allowBookmarks) this.#options.bookmarks.add(this.#mark);
    if (request.timeoutSeconds === undefined || request.timeoutSeconds <= 0) return undefined;
    return this.#options.sim.schedule(request.timeoutSeconds * 1000, 'watch times out', () => {
      this.#index.delete(watcher);
      watcher.end();
    });
  }

  #sendPast(watcher: Watcher, request: WatchRequest, outside: boolean): void {
    const { revision, sendInitialEvents } = request;
    if (sendInitialEvents || revision === undefined || revision === 0) {
      this.#sendPresentObjects(watcher);
      if (sendInitialEvents && request.allowBookmarks) watcher.send(this.#bookmark(INITIAL_EVENTS_END));
      return;
    }
    if (!outside && revision < this.#sinceRevision) throw tooOld(revision, this.#sinceRevision);
    for (const event of this.#changesAfter(revision)) {
      const seen = seenThrough(watcher.filter, event);
      if (seen !== undefined) watcher.send(seen);
    }
  }

  #sendPresentObjects(watcher: Watcher): void {
    const { etcd, kind } = this.#options;
    const { filter } = watcher;
    const prefix = filter.namespace === '' ? this.#prefix : `${this.#prefix}${filter.namespace}/`;
    const selective = isSelective(filter);
    for (const { value } of etcd.range(prefix).keyValues) {
      const object = value as KubeObject;
      if (!selective || selects(filter, kind, object)) watcher.send({ type: 'ADDED', object });
    }
  }

  #changesAfter(revision: number): ObjectEvent[] {
    const { etcd, kind } = this.#options;
    try {
      return etcd.changes(this.#prefix, revision + 1).map((change) => new ObjectEvent(kind, change));
    } catch (error) {
      if (!(error instanceof CompactedError)) throw error;
      throw tooOld(revision, error.compactRevision);
    }
  }

  #bookmark(annotations?: Readonly<Record<string, string>>): WatchEvent {
    const { etcd, kind } = this.#options;
    const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
    const metadata = {
      resourceVersion: String(etcd.revision),
      creationTimestamp: null,
      ...(annotations === undefined ? {} : { annotations }),
    };
    return { type: 'BOOKMARK', object: { kind: kind.kind, apiVersion, metadata } as unknown as KubeObject };
  }

  /** Tells those who want it how far they have heard; returns whether there are any. */
  readonly #mark = (): boolean => {
    const wanting = [...this.#index.all()].filter(({ bookmarks }) => bookmarks);
    // What is still being converted nobody has heard of.
    if (wanting.length === 0 || this.#unconverted.length > 0) return wanting.length > 0;
    const bookmark = this.#bookmark();
    for (const watcher of wanting) watcher.mark(bookmark, this.#options.etcd.revision);
    return true;
  };
}

function tooOld(revision: number, oldest: number): StatusError {
  return expired(`too old resource version: ${revision} (${oldest})`);
}
