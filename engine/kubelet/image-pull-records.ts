/**
 * Which images of the node were pulled with which credentials: whoever cannot show any of them must pull anew, even if
 * the image is there. An image that was not pulled by the kubelet is everybody's. https://kep.k8s.io/2535
 */
export class ImagePullRecords {
  readonly #secrets = new Map<string, Set<string> | 'everybody'>();

  /** @param secret with whose credentials the image was pulled; undefined: none were needed */
  pulled(imageId: string, secret: string | undefined): void {
    const known = this.#secrets.get(imageId);
    if (known === 'everybody') return;
    if (secret === undefined) this.#secrets.set(imageId, 'everybody');
    else if (known === undefined) this.#secrets.set(imageId, new Set([secret]));
    else known.add(secret);
  }

  mayUse(imageId: string, secrets: readonly string[]): boolean {
    const known = this.#secrets.get(imageId) ?? 'everybody';
    return known === 'everybody' || secrets.some((secret) => known.has(secret));
  }

  forget(imageId: string): void {
    this.#secrets.delete(imageId);
  }
}
