import { pods } from '../../api/resources.ts';
import type { PluginFactory } from '../handle.ts';

/** Writes the decision down: a POST to the Pod's `binding` subresource. */
export const defaultBinder: PluginFactory = ({ client }) => {
  const resource = client.resource(pods);
  return {
    name: 'DefaultBinder',

    bind(_state, { pod }, nodeName) {
      const { name, namespace, uid } = pod.metadata;
      resource.createSubresource(name, namespace, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: nodeName },
      });
      return undefined;
    },
  };
};
