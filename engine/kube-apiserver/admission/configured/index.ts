/**
 * What admission does because of its configuration file, and plugins that are off unless asked for. Loaded late; a server
 * without those flags never sees it.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
 */

import type { WebhookTarget } from '../../webhook-client.ts';
import { initializing } from './admission-file.ts';
import { alwaysPullImages } from './always-pull-images.ts';
import type { ConfiguredAdmission } from './configured-admission.ts';
import { eventRateLimit, readEventRateLimits } from './event-rate-limit.ts';
import { readImagePolicy } from './image-policy-file.ts';
import { imagePolicyWebhook } from './image-policy-webhook.ts';
import { readLimitedResources } from './limited-resources.ts';
import { readPodSecurity } from './pod-security-file.ts';

export { readAdmissionFile } from './admission-file.ts';

/**
 * What the plugins that are on make of their configurations.
 *
 * @param texts by the plugins' names
 * @param backendOf where the server is that a kubeconfig names
 * @throws ConfigurationError in the words of the real server
 */
export function configureAdmission(
  texts: ReadonlyMap<string, string>,
  enabled: readonly string[],
  backendOf: (kubeConfigFile: string) => WebhookTarget,
): ConfiguredAdmission {
  const plugins: Record<string, NonNullable<ConfiguredAdmission['plugins']>[string]> = {};
  const configure = <T>(name: string, read: (text: string) => T): T | undefined => {
    const text = texts.get(name);
    return text === undefined ? undefined : initializing(name, () => read(text));
  };
  if (enabled.includes('AlwaysPullImages')) plugins['AlwaysPullImages'] = alwaysPullImages;
  if (enabled.includes('ImagePolicyWebhook')) {
    const name = 'ImagePolicyWebhook';
    const configuration = initializing(name, () => readImagePolicy(texts.get(name)));
    const backend = initializing(name, () => backendOf(configuration.kubeConfigFile));
    plugins[name] = (services) => imagePolicyWebhook(configuration, backend, services);
  }
  if (enabled.includes('EventRateLimit')) {
    const limits = initializing('EventRateLimit', () => readEventRateLimits(texts.get('EventRateLimit')));
    plugins['EventRateLimit'] = (services) => eventRateLimit(limits, services);
  }
  const podSecurity = configure('PodSecurity', readPodSecurity);
  const limitedResources = configure('ResourceQuota', readLimitedResources);
  return { plugins, ...(podSecurity && { podSecurity }), ...(limitedResources && { limitedResources }) };
}
