/** An object of the cluster, as whoever points at one names it. */
export interface Reference {
  /** As in a manifest: `Pod`, `Deployment`. */
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}
