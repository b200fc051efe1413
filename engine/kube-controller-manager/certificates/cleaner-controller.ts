import type { CertificateSigningRequest } from '../../api/extension-kinds.ts';
import { certificateSigningRequests } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';

const HOUR_MS = 3600 * 1000;
/** How long a request stays once it has come to an end, and one about which nobody has decided. */
const DECIDED_MS = HOUR_MS;
const PENDING_MS = 24 * HOUR_MS;

/**
 * Deletes requests that have served their purpose. After `pkg/controller/certificates/cleaner/cleaner.go`; the real one looks at
 * all of them every hour, this one at each when its time has come.
 */
export class CleanerController {
  readonly #sim: Simulation;
  readonly #client: ResourceClient<CertificateSigningRequest>;
  readonly #requests: Informer<CertificateSigningRequest>;
  readonly #controller: Controller;

  constructor({ sim, client, informers }: ControllerContext) {
    this.#sim = sim;
    this.#client = client.resource(certificateSigningRequests);
    this.#requests = informers.for(certificateSigningRequests);
    this.#controller = new Controller(sim, {
      name: 'certificatesigningrequest-cleaner-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#requests],
    });
    this.#controller.watch(this.#requests);
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(key: string): void {
    const request = this.#requests.lister.byKey(key);
    if (request === undefined) return;
    const leftMs = endMs(request) - this.#sim.wallMs;
    if (leftMs > 0) this.#controller.queue.addAfter(key, leftMs);
    else unlessGone(() => this.#client.delete(request.metadata.name));
  }
}

/** When a request may go, in milliseconds since 1970. */
function endMs({ metadata, status }: CertificateSigningRequest): number {
  const decided = (status?.conditions ?? []).map(
    ({ lastUpdateTime }) => Date.parse(String(lastUpdateTime ?? metadata.creationTimestamp)) + DECIDED_MS,
  );
  if (decided.length > 0) return Math.min(...decided);
  return Date.parse(metadata.creationTimestamp) + PENDING_MS;
}
