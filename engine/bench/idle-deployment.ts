/** A Deployment of Pods that do nothing, as most of the benchmarks start. */
export function idleDeployment(replicas: number, container: { readonly image: string; readonly command?: string[] }) {
  const labels = { app: 'idle' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'idle', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'idle', ...container }] } },
    },
  };
}
