import type { ServerContext } from '../context.ts';
import { DefinitionController } from './definition-controller.ts';
import type { ApiExtensions } from './extensions.ts';

const DEFINITIONS = 'apiextensions.k8s.io/v1/customresourcedefinitions';

/** Serves what is defined; nothing is started where definitions mean nothing. Returns what stops it. */
export function startDefinitions(server: ServerContext, extensions: (() => ApiExtensions) | undefined): () => void {
  const resource = server.resources.get(DEFINITIONS);
  if (resource === undefined || extensions === undefined) return () => {};
  const controller = new DefinitionController(server, resource.store, extensions);
  controller.start();
  return () => controller.stop();
}
