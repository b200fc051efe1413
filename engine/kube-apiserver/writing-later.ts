import { EtcdError } from '../etcd/index.ts';

/** Writes outside of any request; false when etcd takes no writes now. */
export function wroteLater(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof EtcdError) return false;
    throw error;
  }
}
