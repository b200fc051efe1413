import { flagValue } from '../linux/programs/go/runtime.ts';
import type { Process } from '../linux/syscalls.ts';

export const VERSION = 'v1.14.1';

export interface Flags {
  readonly configMap: string | undefined;
  readonly publishService: string | undefined;
  readonly electionId: string;
  readonly controllerClass: string;
  readonly ingressClass: string;
  readonly watchWithoutClass: boolean;
  readonly healthPort: number;
  /** At most one change of the configuration in so long. */
  readonly syncEveryMs: number;
}

/** https://kubernetes.github.io/ingress-nginx/user-guide/cli-arguments/ */
export function readFlags(process: Process): Flags {
  const value = (name: string) => flagValue(process.argv, name);
  const inNamespace = (text: string | undefined) =>
    text?.replace('$(POD_NAMESPACE)', process.env['POD_NAMESPACE'] ?? '');
  const withoutClass =
    process.argv.includes('--watch-ingress-without-class') || value('watch-ingress-without-class') === 'true';
  const perSecond = Number(value('sync-rate-limit') ?? 0.3);
  return {
    configMap: inNamespace(value('configmap')),
    publishService: inNamespace(value('publish-service')),
    electionId: value('election-id') ?? 'ingress-controller-leader',
    controllerClass: value('controller-class') ?? 'k8s.io/ingress-nginx',
    ingressClass: value('ingress-class') ?? 'nginx',
    watchWithoutClass: withoutClass,
    healthPort: Number(value('healthz-port') ?? 10254),
    syncEveryMs: perSecond > 0 ? 1000 / perSecond : 3333,
  };
}

export function banner(): string {
  const line = '-'.repeat(79);
  return `${line}\nNGINX Ingress controller\n  Release:       ${VERSION}\n  Repository:    https://github.com/kubernetes/ingress-nginx\n  nginx version: nginx/1.27.1\n\n${line}\n`;
}
