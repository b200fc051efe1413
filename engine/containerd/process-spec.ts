import type { ContainerConfig } from './cri.ts';
import type { Image } from './image.ts';
import { DEFAULT_PATH } from './oci-runtime.ts';

/**
 * What a container runs. A Pod's `command` takes the place of the image's entrypoint and drops its command; `args` take
 * the place of the image's command.
 * https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/
 */
export function containerArgv(image: Image, config: ContainerConfig): readonly string[] {
  if (config.command.length > 0) return [...config.command, ...config.args];
  const args = config.args.length > 0 ? config.args : (image.command ?? []);
  return [...(image.entrypoint ?? []), ...args];
}

/** The environment: the image's, then the Pod's, over what the runtime always sets. */
export function containerEnvironment(
  image: Image,
  config: ContainerConfig,
  hostname: string,
  home: string,
): Record<string, string> {
  const env: Record<string, string> = { PATH: DEFAULT_PATH, HOSTNAME: hostname };
  if (config.tty) env['TERM'] = 'xterm';
  Object.assign(env, image.env);
  for (const { name, value } of config.env) env[name] = value;
  env['HOME'] ??= home;
  return env;
}
