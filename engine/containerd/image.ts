import type { Layer } from '../linux/host.ts';

/** An image: layers of files and how to run them. After the OCI image configuration. */
export interface Image {
  /** Canonical, with registry and tag: `docker.io/library/nginx:1.29`. */
  readonly reference: string;
  /** Other tags of the same image: `docker.io/library/nginx:latest`. */
  readonly aliases?: readonly string[];
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** Compressed, as pulled and as `crictl images` shows. */
  readonly sizeBytes: number;
  readonly layers: readonly Layer[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** `uid`, `uid:gid` or a name from the image's /etc/passwd. */
  readonly user?: string;
  readonly exposedPorts?: readonly string[];
  /** TERM unless told. */
  readonly stopSignal?: string;
  /** Who may pull it; everybody unless told. */
  readonly login?: RegistryLogin;
}

/** How one signs in at a registry. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
}

/** What the registries of the simulated world hold. */
export interface Registry {
  /** Looks a canonical reference up. */
  find(reference: string): Image | undefined;
  /** Whether there is a repository (`docker.io/library/nginx`) or a registry (`registry.k8s.io`) of this name. */
  hasRepository(repository: string): boolean;
}
