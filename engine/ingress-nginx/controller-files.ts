import { Errno } from '../linux/errno.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import { CERTIFICATES, certificateOf, FAKE_CERTIFICATE } from './certificates.ts';
import type { Paths } from './location-text.ts';
import type { HostLocation, HostServer, Model } from './model.ts';
import type { WatchedCluster } from './watched-cluster.ts';

const PASSWORDS = '/etc/ingress-controller/auth';

type Say = (line: readonly [severity: 'I' | 'W' | 'E', place: string, text: string]) => void;

/** What nginx reads besides its configuration, written from Secrets. */
export class ControllerFiles {
  readonly #process: Process;
  readonly #cluster: WatchedCluster;
  readonly #say: Say;

  constructor(process: Process, cluster: WatchedCluster, say: Say) {
    this.#process = process;
    this.#cluster = cluster;
    this.#say = say;
  }

  /** Writes what a model needs, and tells where it is. */
  prepare(model: Model): Paths {
    const passwords = new Map<string, string | undefined>();
    for (const { locations } of model.servers)
      for (const { annotations } of locations)
        if (annotations?.auth !== undefined)
          passwords.set(annotations.auth.secret, this.#passwordFile(annotations.auth.secret));
    const certificates = new Map(model.servers.map((server) => [server.host, this.#certificateFile(server)]));
    return {
      passwords: ({ annotations }: HostLocation) => passwords.get(annotations?.auth?.secret ?? ''),
      certificate: (host) => certificates.get(host) ?? FAKE_CERTIFICATE,
    };
  }

  /** A Secret's `auth` is a file as htpasswd writes it. */
  #passwordFile(secret: string): string | undefined {
    const auth = this.#cluster.secret(secret)?.data?.['auth'];
    if (auth === undefined) {
      this.#say([
        'E',
        'annotations.go:218',
        `"error reading Ingress annotation" name="BasicDigestAuth" err="unexpected error reading secret ${secret}: no object matching key \\"${secret}\\" in local store"`,
      ]);
      return undefined;
    }
    const path = `${PASSWORDS}/${secret.replace('/', '-')}.passwd`;
    this.#write(path, decode(Uint8Array.from(atob(auth), (character) => character.charCodeAt(0))));
    return path;
  }

  #certificateFile(server: HostServer): string {
    const found = certificateOf(this.#cluster, server);
    if ('complaints' in found) {
      for (const text of found.complaints) this.#say(['W', 'controller.go:1540', text]);
      return FAKE_CERTIFICATE;
    }
    const path = `${CERTIFICATES}/${server.tlsSecret!.replace('/', '-')}.pem`;
    this.#write(path, found.pem);
    return path;
  }

  /** Only what has changed. */
  #write(path: string, text: string): void {
    try {
      if (decode(this.#process.readFile(path)) === text) return;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
    this.#process.writeFile(path, text, { mode: 0o600 });
  }
}
