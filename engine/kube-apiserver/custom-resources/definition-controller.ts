import {
  CLEANUP_FINALIZER,
  type CustomResourceDefinition,
  isConditionTrue,
} from '../../api/apiextensions/custom-resource-definition.ts';
import { sameValue } from '../../api/copy-on-write.ts';
import type { KindDescriptor } from '../../api/descriptor.ts';
import type { Timer } from '../../sim/index.ts';
import type { ServerContext } from '../context.ts';
import { deleteObject } from '../registry/deletion.ts';
import type { Store } from '../registry/store.ts';
import { wroteLater } from '../writing-later.ts';
import type { ApiExtensions, NewCondition } from './extensions.ts';

/** From the write of a definition to the controllers that watch it. */
const NOTICE_MS = 2;
/** How often a definition that goes is looked at while its objects hold on. */
const FINALIZE_RETRY_MS = 5_000;

const DELETION_IN_PROGRESS: NewCondition = {
  type: 'Terminating',
  status: 'True',
  reason: 'InstanceDeletionInProgress',
  message: 'CustomResource deletion is in progress',
};
const DELETION_COMPLETED: NewCondition = {
  type: 'Terminating',
  status: 'False',
  reason: 'InstanceDeletionCompleted',
  message: 'removed all instances',
};

/** What is served for a definition, and what it said when it came to be served. */
interface Installed {
  readonly definition: CustomResourceDefinition;
  readonly kinds: readonly KindDescriptor[];
}

/**
 * Serves what CustomResourceDefinitions define: gives them their names, serves their kinds as soon as they are
 * established, takes their objects away when they go. In the real server these are controllers of their own (naming,
 * establishing, discovery, finalizing) in the process of the API server, as they are here.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
 */
export class DefinitionController {
  readonly #server: ServerContext;
  readonly #store: Store;
  readonly #extensions: () => ApiExtensions;
  readonly #installed = new Map<string, Installed>();
  readonly #timers = new Map<string, Timer>();
  #stopWatch: (() => void) | undefined;

  constructor(server: ServerContext, store: Store, extensions: () => ApiExtensions) {
    this.#server = server;
    this.#store = store;
    this.#extensions = extensions;
  }

  /** Serves what was established before, then follows every change. */
  start(): void {
    const { etcd } = this.#server;
    for (const definition of this.#definitions()) {
      if (isConditionTrue(definition, 'Established')) this.#install(definition);
      this.#schedule(definition.metadata.name, NOTICE_MS);
    }
    const watch = etcd.watch(this.#store.prefix, etcd.revision + 1, {
      event: ({ key }) => this.#schedule(key.slice(this.#store.prefix.length), NOTICE_MS),
      // The watch began in the present, where no compaction reaches it.
      cancelled: () => {},
    });
    this.#stopWatch = () => watch.cancel();
  }

  stop(): void {
    this.#stopWatch?.();
    for (const timer of this.#timers.values()) timer.cancel();
  }

  #definitions(): readonly CustomResourceDefinition[] {
    return this.#store.all() as readonly CustomResourceDefinition[];
  }

  #schedule(name: string, delayMs: number): void {
    if (this.#timers.has(name)) return;
    const { sim } = this.#server;
    const timer = sim.schedule(delayMs, `customresourcedefinition ${name}`, () => {
      this.#timers.delete(name);
      sim.trace.during({ component: 'kube-apiserver', key: name }, () => {
        if (!wroteLater(() => this.#reconcile(name))) this.#schedule(name, FINALIZE_RETRY_MS);
      });
    });
    this.#timers.set(name, timer);
  }

  #reconcile(name: string): void {
    const definition = this.#store.find('', name) as CustomResourceDefinition | undefined;
    if (definition === undefined) {
      this.#uninstall(name);
      // A name that is free again may be what another has been waiting for.
      for (const other of this.#definitions()) {
        if (!isConditionTrue(other, 'NamesAccepted')) this.#schedule(other.metadata.name, NOTICE_MS);
      }
      return;
    }
    if (definition.metadata.deletionTimestamp !== undefined) {
      this.#finalize(definition);
      return;
    }
    const named = this.#acceptNames(definition);
    if (named !== definition) return;
    if (!isConditionTrue(named, 'NamesAccepted')) return;
    // Whoever waits for the condition finds the kind served.
    const isEstablished = isConditionTrue(named, 'Established');
    this.#install(isEstablished ? named : this.#writeConditions(named, [this.#extensions().established]));
  }

  /** Returns another definition when it had to write; then it will be called again. */
  #acceptNames(definition: CustomResourceDefinition): CustomResourceDefinition {
    const { acceptNames, withConditions } = this.#extensions();
    const { names, conditions } = acceptNames(definition, this.#definitions());
    const before = definition.status ?? {};
    const named = sameValue(before.acceptedNames, names) ? before : { ...before, acceptedNames: names };
    const status = withConditions(named, conditions, this.#server.clock.timestamp());
    return status === before ? definition : this.#write({ ...definition, status });
  }

  #writeConditions(
    definition: CustomResourceDefinition,
    conditions: readonly NewCondition[],
  ): CustomResourceDefinition {
    const before = definition.status ?? {};
    const status = this.#extensions().withConditions(before, conditions, this.#server.clock.timestamp());
    return status === before ? definition : this.#write({ ...definition, status });
  }

  #write(definition: CustomResourceDefinition): CustomResourceDefinition {
    return this.#store.write(this.#store.key('', definition.metadata.name), definition) as CustomResourceDefinition;
  }

  #install(definition: CustomResourceDefinition): void {
    const { name } = definition.metadata;
    const installed = this.#installed.get(name);
    if (installed !== undefined && servesTheSame(installed.definition, definition)) return;
    this.#uninstall(name);
    const kinds = this.#extensions().kinds(definition, this.#server.convert);
    for (const kind of kinds) this.#server.served.add(kind);
    this.#installed.set(name, { definition, kinds });
  }

  #uninstall(name: string): void {
    const installed = this.#installed.get(name);
    if (installed === undefined) return;
    this.#installed.delete(name);
    for (const kind of installed.kinds) this.#server.served.remove(kind);
  }

  /** Deletes all objects, then lets the definition go. */
  #finalize(definition: CustomResourceDefinition): void {
    const { name, finalizers = [] } = definition.metadata;
    if (!finalizers.includes(CLEANUP_FINALIZER)) return;
    const marked = this.#writeConditions(definition, [DELETION_IN_PROGRESS]);
    // Before the kind is served anew without its verbs for writing: that ends the watches, which shall tell of the deletions.
    const left = this.#deleteObjects(name);
    this.#install(marked);
    if (left > 0) {
      this.#schedule(name, FINALIZE_RETRY_MS);
      return;
    }
    const done = this.#writeConditions(marked, [DELETION_COMPLETED]);
    const others = finalizers.filter((finalizer) => finalizer !== CLEANUP_FINALIZER);
    if (others.length > 0) {
      this.#write({ ...done, metadata: { ...done.metadata, finalizers: others } });
      return;
    }
    this.#uninstall(name);
    this.#server.etcd.delete(this.#store.key('', name));
  }

  /** How many are still there, held by finalizers of their own. */
  #deleteObjects(name: string): number {
    const kind = this.#installed.get(name)?.kinds[0];
    const resource = kind && this.#server.resources.get(`${kind.group}/${kind.version}/${kind.plural}`);
    if (resource === undefined) return 0;
    // As they are stored: nobody has to be asked for a deletion.
    const store = resource.store.undecoded();
    for (const { metadata } of store.all()) {
      if (metadata.deletionTimestamp === undefined) {
        deleteObject(store, metadata.namespace ?? '', metadata.name, {});
      }
    }
    return resource.store.count();
  }
}

/** Whether two states of a definition lead to the same kinds. */
function servesTheSame(left: CustomResourceDefinition, right: CustomResourceDefinition): boolean {
  return (
    sameValue(left.spec, right.spec) &&
    sameValue(left.status?.acceptedNames, right.status?.acceptedNames) &&
    isConditionTrue(left, 'Terminating') === isConditionTrue(right, 'Terminating')
  );
}
