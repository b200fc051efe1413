import { unauthorized } from '../../api/errors.ts';
import { ANONYMOUS, type UserInfo } from '../../api/request.ts';
import type { Transport } from '../../client/transport.ts';
import type { Asker } from '../component/asker.ts';
import { withToken } from '../component/token-transport.ts';
import { kubeadmUser, USERS } from './control-plane.ts';

/**
 * Asks as whoever a kubeconfig proves to be: by a certificate, which comes before a token as on a real connection; as one of
 * kubeadm's own users, whose certificates are left out of their files; by a token, which the API server looks into; or as
 * nobody in particular.
 *
 * @param asker absent for the administrator
 * @param ofCertificate undefined for one that is not believed
 * @param connect the way, for whom it is
 */
export function askAs(
  asker: Asker | undefined,
  ofCertificate: (certificate: string) => UserInfo | undefined,
  connect: (user: UserInfo) => Transport,
): Transport {
  if (asker === undefined) return connect(USERS.admin);
  const { name, certificate, token } = asker;
  if (certificate !== undefined) {
    const user = ofCertificate(certificate);
    return user === undefined ? refused(connect(ANONYMOUS)) : connect(user);
  }
  const known = kubeadmUser(name);
  if (known !== undefined || token === undefined) return connect(known ?? ANONYMOUS);
  return withToken(connect(ANONYMOUS), () => token);
}

/** Where nobody answers that is said first. */
function refused(transport: Transport): Transport {
  return () => {
    transport({ method: 'GET', path: '/livez' });
    throw unauthorized();
  };
}
