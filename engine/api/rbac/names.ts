/** Names of roles and bindings: whatever can stand between two slashes of a path. */
export function checkPathSegmentName(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  const problems: string[] = [];
  for (const letter of ['/', '%']) if (name.includes(letter)) problems.push(`may not contain '${letter}'`);
  return problems;
}

export const RBAC_GROUP = 'rbac.authorization.k8s.io';
