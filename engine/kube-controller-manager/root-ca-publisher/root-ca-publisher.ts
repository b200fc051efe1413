import { sameValue } from '../../api/copy-on-write.ts';
import type { ConfigMap, Namespace } from '../../api/kinds.ts';
import { configMaps, namespaces } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import type { ControllerContext } from '../controller-context.ts';
import { isNamespaceTerminating } from '../pod-control.ts';

const NAME = 'kube-root-ca.crt';
const ANNOTATIONS = {
  'kubernetes.io/description':
    'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
};

/**
 * Puts the cluster's CA into every Namespace, where Pods mount it beside their token.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume, after
 * `pkg/controller/certificates/rootcacertpublisher`.
 */
export class RootCaPublisher {
  readonly #rootCa: string;
  readonly #client: ResourceClient<ConfigMap>;
  readonly #namespaces: Informer<Namespace>;
  readonly #configMaps: Informer<ConfigMap>;
  readonly #controller: Controller;

  constructor({ sim, client, informers, rootCa }: ControllerContext) {
    this.#rootCa = rootCa;
    this.#client = client.resource(configMaps);
    this.#namespaces = informers.for(namespaces);
    this.#configMaps = informers.for(configMaps);
    this.#controller = new Controller(sim, {
      name: 'root-ca-certificate-publisher-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#namespaces, this.#configMaps],
    });
    this.#controller.watch(this.#namespaces);
    const changed = (configMap: ConfigMap) => {
      if (configMap.metadata.name === NAME) this.#controller.enqueueKey(configMap.metadata.namespace!, configMap);
    };
    this.#configMaps.addHandlers({ update: (_, configMap) => changed(configMap), delete: changed });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(namespaceName: string): void {
    const namespace = this.#namespaces.lister.get(namespaceName);
    if (namespace === undefined || namespace.status?.phase === 'Terminating') return;
    const current = this.#configMaps.lister.get(NAME, namespaceName);
    const data = { 'ca.crt': this.#rootCa };
    try {
      if (current === undefined) {
        const metadata = { name: NAME, namespace: namespaceName, annotations: ANNOTATIONS };
        this.#client.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
        return;
      }
      const { annotations } = current.metadata;
      const isRight = Object.entries(ANNOTATIONS).every(([name, text]) => annotations?.[name] === text);
      if (isRight && sameValue(current.data, data)) return;
      const metadata = { ...current.metadata, annotations: { ...annotations, ...ANNOTATIONS } };
      unlessGone(() => this.#client.update({ ...current, metadata, data }));
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    }
  }
}
