import type { CertificateSigningRequest } from '../../api/extension-kinds.ts';
import { certificateSigningRequests, resourcePath } from '../../api/resources.ts';
import type { Client } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import type { ControllerContext } from '../controller-context.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { checkKubeletClient, hasCondition, KUBELET_CLIENT, requestText } from './signers.ts';

/**
 * Approves the client certificates of kubelets whose requesters may have them. Everything else waits for a person.
 * After `pkg/controller/certificates/approver/sarapprove.go`.
 */
export class ApprovingController {
  readonly #client: Client;
  readonly #authority: CertificateAuthority | undefined;
  readonly #requests: Informer<CertificateSigningRequest>;
  readonly #controller: Controller;

  constructor({ sim, client, informers, certificateAuthority }: ControllerContext) {
    this.#client = client;
    this.#authority = certificateAuthority;
    this.#requests = informers.for(certificateSigningRequests);
    this.#controller = new Controller(sim, {
      name: 'certificatesigningrequest-approving-controller',
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
    const { spec } = request ?? {};
    if (request === undefined || spec === undefined || spec.signerName !== KUBELET_CLIENT) return;
    if (
      (request.status?.certificate ?? '') !== '' ||
      hasCondition(request, 'Approved') ||
      hasCondition(request, 'Denied')
    )
      return;
    const subject = this.#authority?.read(requestText(request));
    if (subject === undefined || checkKubeletClient(subject, spec.usages ?? []) !== undefined) return;
    if (subject.commonName === spec.username && this.#may(spec, 'selfnodeclient')) {
      this.#approve(request, 'Auto approving self kubelet client certificate after SubjectAccessReview.');
    } else if (this.#may(spec, 'nodeclient')) {
      this.#approve(request, 'Auto approving kubelet client certificate after SubjectAccessReview.');
    }
  }

  #may({ username, uid, groups, extra }: NonNullable<CertificateSigningRequest['spec']>, subresource: string): boolean {
    const resourceAttributes = {
      group: 'certificates.k8s.io',
      resource: 'certificatesigningrequests',
      verb: 'create',
      version: '*',
      subresource,
    };
    const body = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      metadata: {},
      spec: { user: username, uid, groups, extra, resourceAttributes },
    };
    const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
    const review = this.#client.request({ method: 'POST', path, body }).body as { status?: { allowed?: boolean } };
    return review.status?.allowed === true;
  }

  #approve(request: CertificateSigningRequest, message: string): void {
    const condition = { type: 'Approved', status: 'True', reason: 'AutoApproved', message };
    const conditions = [...(request.status?.conditions ?? []), condition];
    const path = resourcePath(certificateSigningRequests, undefined, request.metadata.name, 'approval');
    this.#client.request({ method: 'PUT', path, body: { ...request, status: { ...request.status, conditions } } });
  }
}
