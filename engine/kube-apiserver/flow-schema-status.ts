import type { FlowSchema } from '../api/extension-kinds.ts';
import type { ServerContext } from './context.ts';
import { followStores } from './follow-stores.ts';

/**
 * Says of each FlowSchema whether there is the priority level that it names; the returned function ends that. After
 * `apiserver/pkg/util/flowcontrol/apf_controller.go`.
 */
export function followFlowSchemas(server: ServerContext): () => void {
  const { resources, clock } = server;
  const storeOf = (plural: string) => resources.get(`flowcontrol.apiserver.k8s.io/v1/${plural}`)!.store;
  const [schemas, levels] = [storeOf('flowschemas'), storeOf('prioritylevelconfigurations')];
  const look = (): undefined => {
    for (const { metadata, spec, status } of schemas.all() as readonly FlowSchema[]) {
      const level = spec?.priorityLevelConfiguration?.name ?? '';
      const judged = judge(level, levels.find('', level) !== undefined);
      const conditions = status?.conditions ?? [];
      if (conditions.some(({ type, message }) => type === judged.type && message === judged.message)) continue;
      const told = { ...judged, lastTransitionTime: clock.timestamp() };
      const next = { ...status, conditions: [...conditions.filter(({ type }) => type !== judged.type), told] };
      const options = { dryRun: false, subresource: 'status' } as const;
      schemas.update('', metadata.name, (stored) => ({ ...stored, status: next }), options);
    }
  };
  look();
  return followStores(server, [schemas, levels], 'flow schemas', look);
}

function judge(level: string, exists: boolean) {
  const named = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)}`;
  return exists
    ? { type: 'Dangling', status: 'False', reason: 'Found', message: `${named} and it exists` }
    : { type: 'Dangling', status: 'True', reason: 'NotFound', message: `${named} but there is no such object` };
}
