import type { Namespace } from '../linux/host.ts';
import { CriError } from './cri.ts';
import type { Container, ProcessEnvironment } from './records.ts';
import type { ContainerdContext } from './sandbox.ts';
import { requireContainer } from './state.ts';

/** What a container's processes see: most of it is its sandbox's. */
export function namespacesOf(context: ContainerdContext, container: Container): ProcessEnvironment['namespaces'] {
  const { sandbox, config } = container;
  const { host } = context;
  return {
    ...sandbox.namespaces,
    pid: pidNamespace(context, container),
    mnt: container.root,
    // Only a privileged container sees the control groups of its machine.
    ...(config.linux.security.privileged === true ? {} : { cgroup: host.createNamespace('cgroup') }),
  };
}

function pidNamespace({ host, state }: ContainerdContext, { sandbox, config }: Container): Namespace {
  const { pidNamespace: mode, targetId = '' } = config.linux.security;
  switch (mode) {
    case 'NODE':
      return host.namespaces.pid;
    case 'POD':
      return sandbox.namespaces.pid;
    case 'TARGET': {
      const target = requireContainer(state, targetId).environment;
      if (target !== undefined) return target.namespaces.pid;
      throw new CriError('Unknown', `invalid target container: container "${targetId}" is not running`);
    }
    case 'CONTAINER':
      return host.createNamespace('pid');
  }
}
