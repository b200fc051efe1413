export { type IngressNginxSurroundings, ingressNginxProgram } from './controller.ts';
