const HINT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
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
