const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

/**
 * Whether JSON is laid out, for those who are likely to look at it: k8s.io/apiserver pkg/endpoints/handlers/negotiation
 * (isPrettyPrint).
 *
 * @param pretty what the query says, if it says anything
 */
export function isForPeople(userAgent: string, pretty: string | null): boolean {
  return pretty === null || pretty === '' ? /^(curl|Wget|Mozilla\/5\.0)/.test(userAgent) : TRUE.has(pretty);
}
