import type { Container, LifecycleHandler } from '../api/kinds.ts';
import { CriError } from '../containerd/cri.ts';
import { Errno } from '../linux/errno.ts';
import { sleep, type Task } from '../sim/index.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { httpTarget, probeHttp } from './prober/http-probe.ts';

/**
 * Runs a postStart or preStop handler. Returns whether it succeeded.
 * https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/, after `pkg/kubelet/lifecycle/handlers.go`
 */
export function* runHook(
  context: KubeletContext,
  container: Container,
  containerId: string,
  handler: LifecycleHandler,
  podIp: string | undefined,
): Task<boolean> {
  const { exec, httpGet, sleep: pause } = handler;
  if (pause !== undefined) {
    yield* sleep(context.sim, pause.seconds * 1000, 'sleep hook');
    return true;
  }
  try {
    if (exec !== undefined) {
      const { exitCode } = yield* context.runtime.execSync(containerId, exec.command ?? [], 0);
      return exitCode === 0;
    }
    if (httpGet !== undefined && context.root !== undefined) {
      const target = httpTarget(container, httpGet, podIp ?? context.nodeAddress);
      return (yield* probeHttp(context.root, target, 30_000)).result !== 'failure';
    }
  } catch (error) {
    if (error instanceof CriError || error instanceof Errno) return false;
    throw error;
  }
  return httpGet !== undefined;
}
