import type { CertificateSigningRequest } from '../../api/extension-kinds.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import { FILE_FLAGS, OUTPUT_FLAGS } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { givesFiles } from '../manifest-files.ts';
import { Report } from '../output/report.ts';
import { collect, type Found, findObjects } from '../resource-finder.ts';

// https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/

type Decision = 'Approved' | 'Denied';

function decide(name: string, decision: Decision, operation: string, reason: string): Command {
  return {
    name,
    summary: `${name === 'approve' ? 'Approve' : 'Deny'} a certificate signing request`,
    usage: `certificate ${name} (-f FILENAME | NAME)`,
    operand: 'none',
    flags: [
      ...FILE_FLAGS,
      ...OUTPUT_FLAGS,
      { name: 'force', type: 'bool', help: 'Update the request even if it has been decided already' },
    ],
    *run(invocation) {
      const { args, flags } = invocation;
      if (args.length === 0 && !givesFiles(flags)) {
        throw new CommandError('one or more CSRs must be specified as <name> or -f <filename>');
      }
      const names = args.map((arg) => `certificatesigningrequests/${arg}`);
      const { found, errors: missing } = yield* findObjects(invocation, { args: names });
      const report = new Report(invocation, true);
      const errors: Error[] = [...missing];
      for (const one of found) {
        yield* collect(invocation, errors, () =>
          report.done(update(invocation, one, decision, reason) as never, operation),
        );
      }
      throwCollected(errors);
      return 0;
    },
  };
}

/** A request that has the condition already is left as it is, unless that is forced. */
function update(invocation: Invocation, { resource, name, object }: Found, decision: Decision, reason: string) {
  if (resource.plural !== 'certificatesigningrequests') {
    throw new CommandError(`can only approve certificate signing requests, not ${resource.kind}`);
  }
  const request = object as unknown as CertificateSigningRequest;
  const conditions = request.status?.conditions ?? [];
  const decided = conditions.some(({ type }) => type === decision);
  if (decided && !invocation.flags.bool('force')) return request;
  const now = new Date(invocation.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const message = `This CSR was ${decision === 'Approved' ? 'approved' : 'denied'} by kubectl certificate ${decision === 'Approved' ? 'approve' : 'deny'}.`;
  const condition = { lastUpdateTime: now, message, reason, status: 'True', type: decision };
  const others = conditions.filter(({ type }) => type !== decision);
  const body = { ...request, status: { ...request.status, conditions: [...others, condition] } };
  return invocation.client.request({
    method: 'PUT',
    path: invocation.path(resource, undefined, name, 'approval'),
    body,
  }).body;
}

export const certificate: Command = {
  name: 'certificate',
  summary: 'Modify certificate resources',
  section: 'Cluster Management Commands',
  usage: 'certificate SUBCOMMAND [options]',
  subcommands: [
    decide('approve', 'Approved', 'approved', 'KubectlApprove'),
    decide('deny', 'Denied', 'denied', 'KubectlDeny'),
  ],
};
