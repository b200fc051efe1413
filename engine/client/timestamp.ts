/** A `metav1.Time`: RFC 3339 in UTC with whole seconds. `wallMs` is in milliseconds since 1970. */
export function timestamp(wallMs: number): string {
  const date = new Date(wallMs);
  const day = `${date.getUTCFullYear()}-${TWO_DIGITS[date.getUTCMonth() + 1]}-${TWO_DIGITS[date.getUTCDate()]}`;
  const { [date.getUTCHours()]: hour, [date.getUTCMinutes()]: minute, [date.getUTCSeconds()]: second } = TWO_DIGITS;
  return `${day}T${hour}:${minute}:${second}Z`;
}

const TWO_DIGITS: readonly string[] = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** A `metav1.MicroTime`: RFC 3339 in UTC with six decimals, as in Leases and in an Event's `eventTime`. */
export function microTimestamp(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 23)}000Z`;
}
