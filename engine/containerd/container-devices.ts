import { Errno } from '../linux/errno.ts';
import type { ContainerDevice as DeviceNode, Host } from '../linux/host.ts';
import { withCdiDevices } from './cdi.ts';
import { type ContainerConfig, CriError } from './cri.ts';
import type { Image } from './image.ts';
import { NVIDIA } from './runtime-handlers.ts';

/**
 * The configuration with the devices that it names through the Container Device Interface, and with those that the
 * runtime handler adds: `nvidia` goes by the variable NVIDIA_VISIBLE_DEVICES, the image's or the container's.
 * https://github.com/NVIDIA/nvidia-container-toolkit
 *
 * @throws CriError
 */
export function resolveDevices(host: Host, config: ContainerConfig, image: Image, handler: string): ContainerConfig {
  const names = (config.CDIDevices ?? []).map(({ name }) => name);
  for (const [key, value] of Object.entries(config.annotations)) {
    if (key.startsWith(ANNOTATION_PREFIX)) names.push(...value.split(',').filter((name) => !names.includes(name)));
  }
  if (handler === NVIDIA) names.push(...visibleDevices(config, image).map((device) => `nvidia.com/gpu=${device}`));
  return withCdiDevices(host.root, config, names);
}

/** The older way to name devices of the Container Device Interface. */
const ANNOTATION_PREFIX = 'cdi.k8s.io/';

function visibleDevices({ env }: ContainerConfig, image: Image): readonly string[] {
  const name = 'NVIDIA_VISIBLE_DEVICES';
  const value = env.findLast((each) => each.name === name)?.value ?? image.env?.[name] ?? 'void';
  return value === 'void' || value === 'none' || value === '' ? [] : value.split(',');
}

/** The device nodes that a container is to have; a directory stands for all devices in it. @throws CriError */
export function deviceNodes({ root }: Host, { devices }: ContainerConfig): readonly DeviceNode[] {
  const find = (hostPath: string, containerPath: string, readOnly: boolean): readonly DeviceNode[] => {
    const { type, mode, deviceNumber } = statDevice(hostPath);
    if (type === 'directory') {
      return root.readdir(hostPath).flatMap(({ name, type: kind }) => {
        return kind === 'character' || kind === 'block'
          ? find(`${hostPath}/${name}`, `${containerPath}/${name}`, readOnly)
          : [];
      });
    }
    if (deviceNumber === undefined) throw new CriError('Unknown', `failed to generate spec: not a device node`);
    return [{ path: containerPath, type: type as 'character' | 'block', deviceNumber, mode, readOnly }];
  };
  const statDevice = (path: string) => {
    try {
      return root.stat(path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new CriError('Unknown', `failed to generate spec: lstat ${path}: ${error.message.toLowerCase()}`);
    }
  };
  return devices.flatMap(({ hostPath, containerPath, permissions }) =>
    find(hostPath, containerPath, !permissions.includes('w')),
  );
}
