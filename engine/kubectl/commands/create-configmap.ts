import type { Command } from '../command.ts';
import { APPEND_HASH_FLAG, GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import { configMapData, KEY_SOURCE_FLAGS, keyedConfigMap, readKeySources } from '../key-sources.ts';
import { withNameHash } from '../name-hash.ts';
import type { Unstructured } from '../unstructured.ts';

export const createConfigMap: Command = {
  name: 'configmap',
  aliases: ['cm'],
  summary: 'Create a config map from a local file, directory or literal value',
  usage: 'create configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1]',
  examples: ['kubectl create configmap web --from-literal=color=blue --from-file=index.html'],
  operand: 'none',
  flags: [...GENERATOR_FLAGS, ...KEY_SOURCE_FLAGS, APPEND_HASH_FLAG],
  *run(invocation) {
    const { flags, process } = invocation;
    const name = oneName(invocation);
    const values = yield* readKeySources(process, flags, keyedConfigMap(name));
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...configMapData(values) };
    const object = configMap as unknown as Unstructured;
    return yield* generate(
      invocation,
      flags.bool('append-hash') ? withNameHash(object) : object,
      'failed to create configmap: ',
    );
  },
};
