export { type GatewaySurroundings, nginxGatewayProgram } from './controller.ts';
