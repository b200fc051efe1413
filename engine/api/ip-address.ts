const HINT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const MAPPED = /^(0*:)*:?ffff:\d+\./i;
const octet = /^(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])$/;
const group = /^[0-9a-fA-F]{1,4}$/;

export function isIPv4(text: string): boolean {
  if (text.length > 15) return false;
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => octet.test(part));
}

export function isIPv6(text: string): boolean {
  if (text.length > 45 || !text.includes(':')) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  let count = 0;
  const all = groups.flat();
  for (const [index, part] of all.entries()) {
    if (index === all.length - 1 && part.includes('.')) {
      if (!isIPv4(part)) return false;
      count += 2;
    } else if (group.test(part)) count += 1;
    else return false;
  }
  return halves.length === 2 ? count < 8 : count === 8;
}

/** The real server's sentence for what is no IP address; none when it is one. */
export function checkIpAddress(text: string): readonly string[] {
  return isIPv4(text) || isIPv6(text) ? [] : [HINT];
}

/** The same for fields that came late enough to be strict: every address has one way to be written in its family. */
export function checkStrictIpAddress(text: string): readonly string[] {
  if (isIPv4(text)) return [];
  if (isIPv6(text)) return MAPPED.test(text) ? ['must not be an IPv4-mapped IPv6 address'] : [];
  const isPadded = text.length <= 15 && isIPv4(text.replace(/(^|\.)0+(?=\d)/g, '$1'));
  return [isPadded ? 'must not have leading 0s' : HINT];
}

/** Addresses at which nothing can be reached from elsewhere. After ValidateNonSpecialIP. */
const SPECIAL: readonly (readonly [RegExp, string])[] = [
  [/^(0\.0\.0\.0|::)$/, 'may not be unspecified (0.0.0.0 or ::)'],
  [/^(127\.|::1$)/, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [/^(169\.254\.|fe[89ab][0-9a-f]:)/i, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [/^(224\.0\.0\.|ff02:)/i, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
];

/** The real server's sentences for what cannot be an endpoint's address. */
export function checkEndpointAddress(text: string): readonly string[] {
  const problems = checkIpAddress(text);
  if (problems.length > 0) return problems;
  return SPECIAL.filter(([pattern]) => pattern.test(text)).map(([, detail]) => detail);
}
