const PROXIED = /^\/api\/v1\/(?:namespaces\/[^/]+\/(?:pods|services)|nodes)\/[^/]+\/proxy(?:\/|$)/;

/** Whether a request to this path is handed on to somebody else in the cluster as it is, whatever its method. */
export function isProxied(path: string): boolean {
  return PROXIED.test(path);
}
