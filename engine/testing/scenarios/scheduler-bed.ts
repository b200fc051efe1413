import type { Testbed } from './testbed.ts';

const MANIFEST = '/etc/kubernetes/manifests/kube-scheduler.yaml';
const FILE = '/etc/kubernetes/scheduler-config.yaml';

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';

/** Writes the scheduler's configuration, without its first two lines, on its machine, and has the static Pod name and mount it. */
export function configureScheduler(bed: Testbed, configuration: string): void {
  const script = `cat > ${FILE} <<'END'
${HEAD}${configuration}END
sed -e 's|    - --leader-elect=true|    - --leader-elect=true\\n    - --config=${FILE}|' \\
    -e 's|^    volumeMounts:|    volumeMounts:\\n    - {mountPath: ${FILE}, name: config, readOnly: true}|' \\
    -e 's|^  volumes:|  volumes:\\n  - {name: config, hostPath: {path: ${FILE}, type: File}}|' ${MANIFEST} > /root/next.yaml
mv /root/next.yaml ${MANIFEST}
`;
  const outcome = bed.run('control-plane', 'sh', '-c', script);
  if (outcome.exitCode !== 0) throw new Error(outcome.stderr);
}
