/** A `metav1.Time`: RFC 3339 in UTC with whole seconds. `wallMs` is in milliseconds since 1970. */
export function timestamp(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19)}Z`;
}

/** A `metav1.MicroTime`: RFC 3339 in UTC with six decimals, as in Leases and in an Event's `eventTime`. */
export function microTimestamp(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 23)}000Z`;
}
