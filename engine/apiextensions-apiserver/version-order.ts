/** Versions as Kubernetes ranks them: stable ones first, then betas, then alphas, each by number; any other name last. */
export function byPreference<T extends { readonly name: string }>(versions: readonly T[]): readonly T[] {
  return [...versions].sort((left, right) => compareVersions(left.name, right.name));
}

const VERSION = /^v(\d+)(?:(alpha|beta)(\d+))?$/;

/** After k8s.io/apimachinery pkg/version CompareKubeAwareVersionStrings, newest first. */
function compareVersions(left: string, right: string): number {
  const [a, b] = [VERSION.exec(left), VERSION.exec(right)];
  if (a === null || b === null) {
    if (a !== b) return a === null ? 1 : -1;
    return left < right ? -1 : left > right ? 1 : 0;
  }
  return rank(b) - rank(a) || Number(b[1]) - Number(a[1]) || Number(b[3] ?? 0) - Number(a[3] ?? 0);
}

function rank([, , stage]: RegExpExecArray): number {
  return stage === undefined ? 2 : stage === 'beta' ? 1 : 0;
}
