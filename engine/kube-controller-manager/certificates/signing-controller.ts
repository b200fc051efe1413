import type { CertificateSigningRequest } from '../../api/extension-kinds.ts';
import { certificateSigningRequests } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import type { CertificateAuthority, Terms } from './certificate-authority.ts';
import { hasCondition, requestText, signerOf } from './signers.ts';

/** `--cluster-signing-duration`: a year. */
const DURATION_MS = 365 * 24 * 3600 * 1000;
/** Clocks may be behind. */
const BACKDATE_MS = 5 * 60 * 1000;
const MIN_DURATION_SECONDS = 600;

type Spec = NonNullable<CertificateSigningRequest['spec']>;
type Status = NonNullable<CertificateSigningRequest['status']>;

/**
 * Signs what has been approved for one of the cluster's own signers, or says why not.
 * After `pkg/controller/certificates/signer/signer.go`.
 */
export class SigningController {
  readonly #sim: Simulation;
  readonly #client: ResourceClient<CertificateSigningRequest>;
  readonly #authority: CertificateAuthority | undefined;
  readonly #requests: Informer<CertificateSigningRequest>;
  readonly #controller: Controller;

  constructor({ sim, client, informers, certificateAuthority }: ControllerContext) {
    this.#sim = sim;
    this.#client = client.resource(certificateSigningRequests);
    this.#authority = certificateAuthority;
    this.#requests = informers.for(certificateSigningRequests);
    this.#controller = new Controller(sim, {
      name: 'certificatesigningrequest-signing-controller',
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
    const { spec, status } = request ?? {};
    if (request === undefined || spec === undefined || this.#authority === undefined) return;
    const check = signerOf(spec);
    if (check === undefined || !hasCondition(request, 'Approved') || hasCondition(request, 'Denied')) return;
    if (hasCondition(request, 'Failed') || (status?.certificate ?? '') !== '') return;
    const text = requestText(request);
    const subject = this.#authority.read(text);
    const problem =
      subject === undefined ? 'unable to parse csr: asn1: structure error' : check(subject, spec.usages ?? []);
    if (problem !== undefined) this.#write(request, failed(status, problem));
    else this.#write(request, { ...status, certificate: btoa(this.#authority.sign(text, this.#terms(spec))) });
  }

  #terms({ expirationSeconds, usages = [] }: Spec): Terms {
    const nowMs = this.#sim.wallMs;
    const wantedMs =
      expirationSeconds === undefined ? DURATION_MS : Math.max(expirationSeconds, MIN_DURATION_SECONDS) * 1000;
    return {
      notBeforeMs: nowMs - BACKDATE_MS,
      notAfterMs: nowMs + Math.min(wantedMs, DURATION_MS) - (wantedMs < DURATION_MS ? 0 : BACKDATE_MS),
      usages: [
        ...(usages.includes('server auth') ? (['serverAuth'] as const) : []),
        ...(usages.includes('client auth') ? (['clientAuth'] as const) : []),
      ],
    };
  }

  #write(request: CertificateSigningRequest, status: Status): void {
    unlessGone(() => this.#client.updateStatus({ ...request, status }));
  }
}

function failed(status: Status | undefined, message: string): Status {
  const condition = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message };
  return { ...status, conditions: [...(status?.conditions ?? []), condition] };
}
