import type { Transport } from '../../client/transport.ts';

/** Who asks by a kubeconfig: its name for them, and what it holds to prove it. */
export interface Asker {
  readonly name: string;
  /** PEM. */
  readonly certificate?: string;
  readonly token?: string;
}

/** The way to the API server, or to whoever serves at a URL, as the user of a kubeconfig. */
export type Connect = (server?: string, asker?: Asker) => Transport;
