import { changeField, changeItems, mapItems, withDefaults, withField } from '../copy-on-write.ts';
import type { Container, Pod, PodSpec, PodTemplateSpec } from '../kinds.ts';
import { defaultContainer, defaultHostPorts, defaultRequests, defaultResources } from './container-defaults.ts';
import { defaultPodResources } from './pod-level-resources.ts';
import { storedResourceList } from './resource-list.ts';
import { defaultVolume } from './volume-defaults.ts';

const SPEC: Partial<PodSpec> = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: Object.freeze({}),
  schedulerName: 'default-scheduler',
};
const POD: Partial<PodSpec> = { enableServiceLinks: true };

/** A Pod or template without a spec gets as far as validation, which then asks for containers. */
const NO_SPEC = Object.freeze({}) as PodSpec;

/** What Pods and Pod templates share. After kubernetes/kubernetes pkg/apis/core/v1/defaults.go. */
function defaultPodSpec(given: PodSpec): PodSpec {
  let spec = withDefaults(given, SPEC);
  spec = mirrorServiceAccount(spec);
  if (spec.containers !== undefined) {
    spec = withField(spec, 'containers', mapItems(spec.containers, defaultContainer));
  }
  if (spec.initContainers !== undefined) {
    spec = withField(spec, 'initContainers', mapItems(spec.initContainers, defaultContainer));
  }
  if (spec.ephemeralContainers !== undefined) {
    spec = withField(spec, 'ephemeralContainers', mapItems(spec.ephemeralContainers, defaultContainer));
  }
  if (spec.volumes !== undefined) spec = withField(spec, 'volumes', mapItems(spec.volumes, defaultVolume));
  if (spec.resources !== undefined) spec = changeField(spec, 'resources', defaultResources);
  return spec.overhead === undefined ? spec : changeField(spec, 'overhead', storedResourceList);
}

/** `serviceAccount` is the old name of `serviceAccountName`; the server keeps both alike. */
function mirrorServiceAccount(spec: PodSpec): PodSpec {
  const name = spec.serviceAccountName ?? spec.serviceAccount;
  if (name === undefined || (name === spec.serviceAccountName && name === spec.serviceAccount)) return spec;
  return { ...spec, serviceAccountName: name, serviceAccount: name };
}

export function defaultPodTemplate(template: PodTemplateSpec): PodTemplateSpec {
  return withField(template, 'spec', defaultPodSpec(template.spec ?? NO_SPEC));
}

/** Fills in what a Pod leaves out: what any template gets, and what a template does not show. */
export function defaultPod(pod: Pod): Pod {
  const complete = withDefaults(defaultPodSpec(pod.spec ?? NO_SPEC), POD);
  const change = complete.hostNetwork === true ? defaultOnHostNetwork : defaultRequests;
  const spec = changeItems(changeItems(complete, 'containers', change), 'initContainers', change);
  return withField(pod, 'spec', defaultPodResources(spec));
}

function defaultOnHostNetwork(container: Container): Container {
  return defaultHostPorts(defaultRequests(container));
}
