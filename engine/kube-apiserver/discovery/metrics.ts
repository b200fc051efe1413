import type { ApiResponse } from '../../api/request.ts';
import type { ServerContext } from '../context.ts';
import { versionInfo } from './version.ts';

const EXPOSITION = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores' };

/**
 * `/metrics`: what follows from the store alone. Requests are not counted: those who look on from outside would change
 * the count, and a run could not be replayed.
 */
export function serveMetrics(server: ServerContext, serverVersion: string): ApiResponse {
  const { gitVersion, gitCommit, major, minor, platform } = versionInfo(serverVersion);
  const objects = Array.from(server.resources.values(), ({ kind, store }) => {
    return [`group="${kind.group}",resource="${kind.plural}"`, store.count()] as const;
  });
  const build = `git_commit="${gitCommit}",git_version="${gitVersion}",major="${major}",minor="${minor}",platform="${platform}"`;
  const body = [
    gauge('apiserver_resource_objects', 'Number of stored objects at the time of last check, by resource.', objects),
    gauge('apiserver_storage_revision', 'Revision of the last write to the store.', [['', server.etcd.revision]]),
    gauge('kubernetes_build_info', 'Constant 1, labelled with the version served.', [[build, 1]]),
    gauge('process_start_time_seconds', 'Start of the cluster, seconds since 1970.', [['', server.startedAtSeconds]]),
  ].join('');
  return { status: 200, headers: EXPOSITION, body };
}

/** One family in Prometheus' text format. */
function gauge(name: string, help: string, values: readonly (readonly [labels: string, value: number])[]): string {
  const lines = values.map(([labels, value]) => `${name}${labels === '' ? '' : `{${labels}}`} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}
