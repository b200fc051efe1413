const NONE: readonly string[] = [];

/** No part of the path may be `..`. */
export function checkNoBacksteps(path: string): readonly string[] {
  return path.includes('..') && path.split('/').includes('..') ? ["must not contain '..'"] : NONE;
}

export function checkRelativePath(path: string): readonly string[] {
  return path.startsWith('/') ? ['must be a relative path'] : NONE;
}

/** A path below a volume's root. */
export function checkDescendingPath(path: string): readonly string[] {
  return [...checkRelativePath(path), ...checkNoBacksteps(path)];
}

/** A file below a volume's root. Names that begin with `..` are kept for the kubelet's own links. */
export function checkFilePath(path: string): readonly string[] {
  const details = checkDescendingPath(path);
  if (details.length > 0 || !path.startsWith('..')) return details;
  return ["must not start with '..'"];
}
