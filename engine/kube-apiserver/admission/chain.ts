import type { KindDescriptor } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/object.ts';
import type { AdmissionPlugin, AdmissionRequest, Lookup } from './admission.ts';

/** The plugins that have a say about one resource. */
interface Concerned {
  readonly mutating: readonly AdmissionPlugin[];
  readonly validating: readonly AdmissionPlugin[];
}

/** The plugins of a server in their order. Which of them a resource concerns is found out once. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #lookup: Lookup;
  readonly #concerned = new WeakMap<KindDescriptor, Map<string, Concerned>>();

  constructor(plugins: readonly AdmissionPlugin[], lookup: Lookup) {
    this.#plugins = plugins;
    this.#lookup = lookup;
  }

  /** Passes an object (none for a deletion) through all that may change it. @throws StatusError from one that refuses. */
  admit<T extends KubeObject | undefined>(request: AdmissionRequest, object: T): T {
    const { mutating } = this.#for(request);
    const admitted = this.#mutate(mutating, request, object);
    if (request.reinvocation?.wanted !== true) return admitted as T;
    request.reinvocation.isAgain = true;
    return this.#mutate(mutating, request, admitted) as T;
  }

  #mutate(
    plugins: readonly AdmissionPlugin[],
    request: AdmissionRequest,
    object: KubeObject | undefined,
  ): KubeObject | undefined {
    let admitted = object;
    for (const plugin of plugins) {
      if (this.#isConfigured(plugin)) admitted = plugin.admit!(request, admitted, this.#lookup);
    }
    return admitted;
  }

  /** Asks all that judge. @throws StatusError from the first that refuses. */
  validate(request: AdmissionRequest, object: KubeObject | undefined): void {
    for (const plugin of this.#for(request).validating) {
      if (this.#isConfigured(plugin)) plugin.validate!(request, object, this.#lookup);
    }
  }

  #isConfigured({ configuredBy }: AdmissionPlugin): boolean {
    return configuredBy === undefined || this.#lookup.all(configuredBy).length > 0;
  }

  #for({ kind, subresource }: AdmissionRequest): Concerned {
    let ofKind = this.#concerned.get(kind);
    if (ofKind === undefined) {
      ofKind = new Map();
      this.#concerned.set(kind, ofKind);
    }
    let found = ofKind.get(subresource);
    if (found === undefined) {
      found = this.#find(kind, subresource);
      ofKind.set(subresource, found);
    }
    return found;
  }

  #find({ plural }: KindDescriptor, subresource: string): Concerned {
    const resource = subresource === '' ? plural : `${plural}/${subresource}`;
    const plugins = this.#plugins.filter(({ resources, subresources, everything }) =>
      resources === undefined
        ? everything === true || subresource === '' || subresources?.includes(resource) === true
        : resources.includes(resource),
    );
    return {
      mutating: plugins.filter(({ admit }) => admit !== undefined),
      validating: plugins.filter(({ validate }) => validate !== undefined),
    };
  }
}
