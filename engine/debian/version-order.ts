/** Which of two versions is the later: https://www.debian.org/doc/debian-policy/ch-controlfields.html#version */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  return (
    left.epoch - right.epoch || comparePart(left.upstream, right.upstream) || comparePart(left.revision, right.revision)
  );
}

function partsOf(version: string) {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/.exec(version)!;
  const dash = rest.lastIndexOf('-');
  return {
    epoch: Number(epoch),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? '0' : rest.slice(dash + 1),
  };
}

/** Text and numbers by turns: text by its characters, `~` before all and even the end, letters before the rest. */
function comparePart(a: string, b: string): number {
  const [left, right] = [a.match(/\D*\d*/g) ?? [], b.match(/\D*\d*/g) ?? []];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [, leftText = '', leftNumber = ''] = /^(\D*)(\d*)$/.exec(left[at] ?? '')!;
    const [, rightText = '', rightNumber = ''] = /^(\D*)(\d*)$/.exec(right[at] ?? '')!;
    const difference = compareText(leftText, rightText) || Number(leftNumber) - Number(rightNumber);
    if (difference !== 0) return difference;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = weightOf(a[at]) - weightOf(b[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function weightOf(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === '~') return -1;
  return /[A-Za-z]/.test(character) ? character.charCodeAt(0) : character.charCodeAt(0) + 256;
}
